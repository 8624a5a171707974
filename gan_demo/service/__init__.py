"""What a button does: job manager, run actions, trash. No Streamlit, no HTTP."""
