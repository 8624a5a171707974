"""What `streamlit run app.py` serves: the pages, the routes beside them, and the jobs' life."""

from __future__ import annotations

import streamlit as st

from gan_demo.server import lifespan, routes

app = st.App("gan_demo/ui/main.py", lifespan=lifespan.lifespan, routes=routes.ROUTES, middleware=routes.MIDDLEWARE)
