"""The app, as `streamlit run app.py` and `python -m gan_demo serve` start it. The wheel carries this file along."""

from __future__ import annotations

import streamlit as st

from gan_demo.server import lifespan, routes
from gan_demo.ui import serve

# Streamlit looks for this very assignment in the file's source.
app = st.App(
    serve.MAIN_PAGE,
    lifespan=lifespan.lifespan,
    routes=routes.served(serve.base_path(), serve.index()),
    middleware=routes.middleware(serve.base_path(), serve.streamlit_folder()),
)
