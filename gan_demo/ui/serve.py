"""The start of the app from anywhere: ``streamlit run`` on the ``app.py`` of the checkout or of the wheel."""

from __future__ import annotations

import signal
from pathlib import Path

import streamlit as st
from streamlit import file_util

from gan_demo.support.top_level import TOP_LEVEL

APP_SCRIPT = TOP_LEVEL / "app.py"  # Streamlit reads the settings in .streamlit/config.toml beside it
MAIN_PAGE = Path(__file__).parent / "main.py"  # Streamlit serves the static/ folder beside it


def base_path() -> str:
    """Return ``server.baseUrlPath`` with a slash before it and none behind; "" without one."""
    path = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{path}" if path else ""


def streamlit_folder() -> Path:
    """Return the folder of Streamlit's page, scripts and stylesheets."""
    return Path(file_util.get_static_dir())


def index() -> bytes:
    """Return Streamlit's page, which draws every page of the app."""
    return (streamlit_folder() / "index.html").read_bytes()


def serve(port: int | None = None, address: str | None = None) -> None:
    """Serve the app until SIGTERM or Ctrl-C, which raise SystemExit(0) once trainings are saved.

    ``port`` and ``address`` of None leave Streamlit's setting or default (8501, all addresses).
    """
    from streamlit.web import cli

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _exit)  # uvicorn ends the app, then raises the signal again for this handler
    flags = {"--server.port": port, "--server.address": address}
    words = ["run", str(APP_SCRIPT), *(f"{flag}={value}" for flag, value in flags.items() if value is not None)]
    cli.main(words, prog_name="streamlit", standalone_mode=False)


def _exit(number: int, frame: object) -> None:
    raise SystemExit(0)
