"""Weights that somebody brought, for the explorer in their own browser.

They have an address that can't be guessed, for as long as their session holds them: nothing else keeps them alive. Who
shows a cookie must show that of the session; where cookies are refused, as in another site's frame, the address does.
"""

from __future__ import annotations

import json
import secrets
import threading
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from gan_demo.errors import RunError
from gan_demo.explorer import artifacts
from gan_demo.runs.explorer_cache import packed
from gan_demo.runs.ownership import digest, has_digest, valid_token

if TYPE_CHECKING:
    from gan_demo.weights.load import Loaded

NAMES = ("generator.onnx", "space.json")


class Upload:
    """``id`` and ``title`` are what the page calls it, ``owner`` is who brought it. All is made when asked for."""

    def __init__(self, id: str, title: str, loaded: Loaded, owner: str) -> None:
        self.id = id
        self.title = title
        self.loaded = loaded
        self.secret = secrets.token_urlsafe(24)
        self.space: bytes | None = None  # what ``measure`` made
        self._owner = digest(owner)
        self._network: bytes | None = None
        self._lock = threading.Lock()
        _known[self.secret] = self

    def is_for(self, token: str) -> bool:
        """May a browser with this cookie, or without any, have it?"""
        return not valid_token(token) or has_digest(token, self._owner)

    def network(self) -> bytes:
        """The generator as ONNX, gzipped."""
        from gan_demo.gan import onnx_export  # torch comes with it

        with self._lock:
            if self._network is None:
                self._network = packed(onnx_export.generator_onnx(self.loaded.generator, self.loaded.config))
            return self._network

    def outline(self) -> bytes:
        """As much of space.json, gzipped, as takes no time; see ``explorer_files.outline``."""
        return self._told(artifacts.outline_of(self.loaded.config, "") | {"pending": True})

    def measure(self) -> bytes:
        """All of it."""
        if self.space is None:  # one thread does it
            self.space = self._told(artifacts.space_of(self.loaded.generator, self.loaded.config, ""))
        return self.space

    def _told(self, found: dict[str, Any]) -> bytes:
        facts = {"format": 1, "id": self.id, "title": self.title, "step": None, "steps": []}
        return packed(json.dumps(facts | found, ensure_ascii=False, separators=(",", ":")).encode())


_known: WeakValueDictionary[str, Upload] = WeakValueDictionary()


def find(secret: str, token: str) -> Upload:
    """The upload of this address, for a browser with this cookie. Raises RunError."""
    found = _known.get(secret)
    if found is None or not found.is_for(token):
        raise RunError("run", secret, "is not known here", "The link may be old, or its run was deleted")
    return found
