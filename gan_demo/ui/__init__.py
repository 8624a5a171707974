"""The pages. Streamlit lives only here and in ``app.py``."""
