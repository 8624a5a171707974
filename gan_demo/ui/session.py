"""Everything kept between two runs of a page: what this session knows, what its address says, what all sessions share.

The only file that touches Streamlit's session state, query parameters and caches.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from gan_demo.i18n import text
from gan_demo.runs import library, ownership
from gan_demo.runs.run_dir import RunDir

if TYPE_CHECKING:  # torch takes seconds to import, which no page shall wait for
    from gan_demo.gan.models.base import Generator

T = TypeVar("T")


# ---- who is here


def owner() -> str:
    """This browser's token (its cookie), or this session's where cookies are refused, as in another site's frame."""
    token = str(st.context.cookies.get(ownership.OWNER_COOKIE, ""))
    if ownership.valid_token(token):
        return token
    if "owner" not in st.session_state:
        st.session_state["owner"] = secrets.token_urlsafe(32)
    return str(st.session_state["owner"])


def language() -> str:
    """Return the session's language: the chosen one, else the address's, else the browser's; English outside a session.

    Streamlit finds the session by the thread, so callbacks and reruns of fragments get their own session's language.
    """
    if get_script_run_ctx(suppress_warning=True) is None:
        return text.DEFAULT_LANGUAGE
    chosen = st.session_state.get("language") or st.query_params.get("lang")
    if chosen in text.LANGUAGES:
        return str(chosen)
    return "zh" if str(st.context.locale).lower().startswith("zh") else text.DEFAULT_LANGUAGE


text.set_language_provider(language)


# ---- the address


def linked_run() -> str:
    """The run in the address, or ""."""
    return st.query_params.get("run", "")


def link_run(run_id: str) -> None:
    """Put a run into the address; "" takes it out."""
    if run_id:
        st.query_params["run"] = run_id
    else:
        st.query_params.pop("run", None)


def query(name: str, default: str = "") -> str:
    """Any other part of the address."""
    return st.query_params.get(name, default)


def set_query(name: str, value: str) -> None:
    """Put any other part into the address; "" takes it out."""
    if value:
        st.query_params[name] = value
    else:
        st.query_params.pop(name, None)


# ---- what this session remembers


def get(name: str, default: Any = None) -> Any:
    """A value that this session keeps, or a widget's by its key."""
    return st.session_state.get(name, default)


def put(name: str, value: Any) -> None:
    """Keep a value, or set a widget before it is drawn."""
    st.session_state[name] = value


def pop(name: str, default: Any = None) -> Any:
    """Take a value out."""
    return st.session_state.pop(name, default)


@dataclass
class Draft:
    """The settings being put together. ``generation`` is part of the widgets' keys, so a new draft refills them all."""

    preset: str = "digits"
    values: dict[str, Any] = field(default_factory=dict)
    generation: int = 0

    def replace(self, preset: str, values: Mapping[str, Any]) -> None:
        """Start over from other settings."""
        self.preset, self.values = preset, dict(values)
        self.generation += 1


def draft() -> Draft:
    """This session's one draft."""
    if "draft" not in st.session_state:
        st.session_state["draft"] = Draft()
    kept: Draft = st.session_state["draft"]
    return kept


# ---- what all sessions share


def run(run_id: str) -> RunDir:
    """The run of that id, shared: its rows are read on from anyone's last look. Raises RunError if there is none."""
    found = library.find(run_id)
    return _opened(str(found.path), changed(found))  # training fills in what follows from the data


@st.cache_resource(max_entries=256, show_spinner=False)
def _opened(path: str, changed: int) -> RunDir:
    return RunDir(path)


def generator(run_id: str, step: int) -> Generator:
    """The generator of a kept step of a run, to look at. Raises RunError if there is none."""
    found = library.find(run_id)
    return _generator(str(found.path), changed(found), step)


@st.cache_resource(max_entries=16, show_spinner=False)
def _generator(path: str, changed: int, step: int) -> Generator:
    return _opened(path, changed).generator(step)


def changed(run: RunDir) -> int:
    """When the run was begun (another may have been in its folder before), for what is kept of its checkpoints."""
    return (run.path / "config.json").stat().st_mtime_ns


class _Latest:
    """The newest version of something, made once however many look at it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.version: Hashable = None
        self.value: Any = None

    def of(self, version: Hashable, make: Callable[[], T]) -> T:
        with self.lock:
            if self.version != version:
                self.value, self.version = make(), version
            value: T = self.value
            return value


@st.cache_resource(max_entries=512, show_spinner=False)
def _latest(name: str) -> _Latest:
    return _Latest()


def shared(name: str, version: Hashable, make: Callable[[], T]) -> T:
    """``make()``, called again only when ``version`` is another than at the last call with this ``name``."""
    return _latest(name).of(version, make)
