"""Links to weights of the Hugging Face Hub, with the network and the options that were chosen."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from gan_demo.i18n.text import t
from gan_demo.ui import session

WEIGHTS, NETWORK, OPTIONS = "weights", "network", "options"  # parameters of the address
_PARAMETERS = (WEIGHTS, NETWORK, OPTIONS)
_MAX_CHARACTERS = 2_000
_NOT_NOW = "explore.link-left"  # the link that the visitor did not want to open


def parameters(address: str, network: str, chosen: Mapping[str, str]) -> dict[str, str]:
    """Return the parameters of a link; none without an address."""
    if not address:
        return {}
    values = {WEIGHTS: address, NETWORK: network, OPTIONS: ",".join(f"{k}:{v}" for k, v in sorted(chosen.items()))}
    return {name: value for name, value in values.items() if value}


def show(values: Mapping[str, str]) -> None:
    """Put the parameters of a link into the address, or take them off."""
    for name in _PARAMETERS:
        session.set_query(name, values.get(name, ""))


def address() -> str:
    """Return the weights that the address leads to, or ""."""
    text = session.query(WEIGHTS)
    return text if len(text) <= _MAX_CHARACTERS else ""


def chosen() -> tuple[str | None, dict[str, str]]:
    """Return the network and the options of the address."""
    pairs = (part.partition(":") for part in session.query(OPTIONS)[:_MAX_CHARACTERS].split(",") if ":" in part)
    return session.query(NETWORK) or None, {name: value for name, _, value in pairs}


def offer(open_addresses: set[str]) -> str:
    """Ask whether the weights of the address are to be downloaded; return their address once they are.

    A link alone downloads nothing: whoever follows it decides.
    """
    wanted = address()
    if not wanted or wanted in open_addresses or wanted == session.get(_NOT_NOW):
        return ""
    with st.container(border=True, key="explore-weights-link"):
        st.write(t("explore.link", address=wanted))
        with st.container(horizontal=True):
            is_wanted = st.button(t("explore.hub.open"), icon=":material/download:", type="primary", key="explore.link")
            st.button(t("explore.link_later"), key="explore.link_later", on_click=session.put, args=(_NOT_NOW, wanted))
    return wanted if is_wanted else ""
