"""State that outlives one run of a page: the session's values, the address, and caches shared by all sessions.

The only file that touches Streamlit's session state, query parameters and caches.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import tzinfo
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from gan_demo.boards import titles
from gan_demo.i18n import text
from gan_demo.runs import library, ownership
from gan_demo.runs.run_dir import RunDir
from gan_demo.support import numbers
from gan_demo.ui.customise.draft import Draft

if TYPE_CHECKING:  # torch takes seconds to import, which no page shall wait for
    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from gan_demo.gan.models.base import Generator

T = TypeVar("T")
LANGUAGE_KEPT = "language-kept"  # value of the session: the language that was shown last
_LANGUAGE_LINKED = "language-linked"  # value of the session: whether the visitor's address said a language


# ---- the visitor


def owner() -> str:
    """Return the browser's owner token, from its cookie; where cookies are refused, a token of this session.

    Browsers refuse them for example where another site shows the app in a frame.
    """
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
    chosen = st.session_state.get("language") or get(LANGUAGE_KEPT) or st.query_params.get("lang")
    if chosen in text.LANGUAGES:
        return str(chosen)
    locale = str(st.context.locale).lower()
    return next((name for name in text.LANGUAGES if locale.startswith(name)), text.DEFAULT_LANGUAGE)


def keep_language() -> None:
    """Keep the language that is shown for the session.

    Streamlit forgets the widget's when another page is chosen before the browser has answered with it.
    """
    put(LANGUAGE_KEPT, language())


def time_zone() -> tzinfo | None:
    """Return the browser's time zone; None outside a session, and for a zone that this machine does not know."""
    name = st.context.timezone if get_script_run_ctx(suppress_warning=True) is not None else None
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a folder of zones, or a path, is an OSError or ValueError
        return None


text.set_language_provider(language)
titles.set_time_zone_provider(time_zone)


# ---- the address


def linked_run() -> str:
    """Return the id of the run in the address, or ""."""
    return st.query_params.get("run", "")


def linked_step() -> int | None:
    """Return the step of that run in the address, or None."""
    return numbers.from_digits(st.query_params.get("step", ""), 11)


def link_run(run_id: str) -> None:
    """Put a run into the address, without a step; "" removes it."""
    st.query_params.pop("step", None)
    if run_id:
        st.query_params["run"] = run_id
    else:
        st.query_params.pop("run", None)


def query(name: str, default: str = "") -> str:
    """Return another query parameter of the address."""
    return st.query_params.get(name, default)


def set_query(name: str, value: str) -> None:
    """Set another query parameter of the address; "" removes it."""
    if value:
        st.query_params[name] = value
    else:
        st.query_params.pop(name, None)


def address_language() -> str:
    """Return the language if the visitor's address said one, else "": an address that was shared keeps it."""
    if query("lang") in text.LANGUAGES:
        put(_LANGUAGE_LINKED, True)
    return language() if get(_LANGUAGE_LINKED) else ""


def with_language(query: Mapping[str, str]) -> dict[str, str]:
    """Return the parameters of a link to another page: these, and the language if the visitor's address said one."""
    known = address_language()
    return ({"lang": known} if known else {}) | dict(query)


def go_to(page: str, **query: str) -> NoReturn:
    """Show another page of the app, such as ``train.py``, with these parameters; the address keeps its language."""
    st.switch_page(page, query_params=with_language(query))


# ---- values of this session


def get(name: str, default: Any = None) -> Any:
    """Return a value of this session, or the value of a widget by its key."""
    return st.session_state.get(name, default)


def put(name: str, value: Any) -> None:
    """Set a value of this session, or the value of a widget that is not drawn yet."""
    st.session_state[name] = value


def pop(name: str, default: Any = None) -> Any:
    """Remove a value from this session and return it."""
    return st.session_state.pop(name, default)


def forget_files(files: Iterable[UploadedFile]) -> None:
    """Delete uploaded files from Streamlit's memory, which would keep them as long as the session."""
    context = get_script_run_ctx()
    if context is not None and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        for file in files:
            context.uploaded_file_mgr.remove_file(context.session_id, file.file_id)


def draft() -> Draft:
    """Return the draft of this session."""
    if "draft" not in st.session_state:
        st.session_state["draft"] = Draft()
    current: Draft = st.session_state["draft"]
    return current


# ---- caches that all sessions share


def run(run_id: str) -> RunDir:
    """Return the run of that id. Raises RunError if there is none."""
    return library.find(run_id)


def generator(run_id: str, step: int) -> Generator:
    """Return the generator of a checkpoint of a run. Raises RunError if there is none."""
    run = library.find(run_id)
    return _generator(str(run.path), config_version(run), step)


@st.cache_resource(max_entries=16, show_spinner=False)
def _generator(path: str, version: int, step: int) -> Generator:
    from gan_demo.runs import networks  # torch comes with it

    return networks.generator(RunDir(path), step)


def config_version(run: RunDir) -> int:
    """Return when the run's config.json was written, in nanoseconds: a part of the keys of what is cached of a run.

    It changes when training completes the config from the data, and when another run takes the folder's name.
    """
    return (run.path / "config.json").stat().st_mtime_ns


class _NewestVersion:
    """Cache of one value that keeps its newest version; concurrent requests compute it once."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.version: Hashable = None
        self.value: Any = None

    def get_or_make(self, version: Hashable, make: Callable[[], T]) -> T:
        with self.lock:
            if self.version != version:
                self.value, self.version = make(), version
            value: T = self.value
            return value


@st.cache_resource(max_entries=512, show_spinner=False)
def _newest_version(name: str) -> _NewestVersion:
    return _NewestVersion()


def shared(name: str, version: Hashable, make: Callable[[], T]) -> T:
    """Return ``make()``, called again only when ``version`` differs from that of the last call with this ``name``."""
    return _newest_version(name).get_or_make(version, make)
