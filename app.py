"""What `streamlit run app.py` serves: the pages, the routes beside them, and the jobs' life."""

from __future__ import annotations

import streamlit as st

from gan_demo import server

app = st.App("gan_demo/ui/main.py", lifespan=server.lifespan, routes=server.ROUTES, middleware=server.MIDDLEWARE)
