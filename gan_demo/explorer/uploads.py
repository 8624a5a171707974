"""Uploaded weights, served to the explorer in the browser of whoever uploaded them.

Each upload has an address with an unguessable secret, valid as long as its session holds the ``Upload``: the table of
uploads has only weak references. A browser that sends an owner cookie must send the uploader's; browsers that refuse
cookies, as in another site's frame, are trusted by the secret alone.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from gan_demo.errors import RunError
from gan_demo.explorer import artifacts, drawing, style_layers
from gan_demo.runs.ownership import digest, has_digest, valid_token
from gan_demo.runs.parts.explorer_cache import packed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from gan_demo.pictures.images import Picture
    from gan_demo.weights.recognised import Loaded

NAMES = ("generator.onnx", "space.json")  # files of an upload


class Upload:
    """Uploaded weights with a title and a secret address; their files are computed on first use."""

    def __init__(self, id: str, title: str, loaded: Loaded, owner: str, query: Mapping[str, str] | None = None) -> None:
        """``query``: what a link to these weights adds to the page's address; None where no link leads to them."""
        self.id = id
        self.title = title
        self.loaded = loaded
        self.query = dict(query) if query else None
        self.secret = secrets.token_urlsafe(24)
        self.drawn_here = not _suits_browser(loaded)  # by the server: too large or too slow for a browser
        self.space: bytes | None = None  # space.json, gzipped, once ``measure`` has run
        self._owner = digest(owner)
        self._network: bytes | None = None
        self._lock = threading.Lock()
        _uploads[self.secret] = self

    @property
    def stem(self) -> str:
        """The name of downloaded files, without an extension: that of the weights file, without unusual characters."""
        name = PurePosixPath(self.title.rpartition(": ")[2]).stem
        return "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in name) or "generator"

    def is_for(self, token: str) -> bool:
        """Return whether a browser with this owner token may have it; without a valid token the secret is enough."""
        return not valid_token(token) or has_digest(token, self._owner)

    def network(self) -> bytes:
        """Return the generator as ONNX, gzipped."""
        from gan_demo.gan import onnx_export  # torch comes with it

        with self._lock:
            if self._network is None:
                self._network = packed(onnx_export.explorer_onnx(self.loaded.generator, self.loaded.config))
            return self._network

    def outline(self) -> bytes:
        """Return the part of space.json that is known at once, gzipped; see ``artifacts.outline``."""
        outline = artifacts.model_outline(self.loaded.config, "") | style_layers.styles_of(self.loaded.generator)
        return self._packed_json(outline | {"pending": True})

    @property
    def row_width(self) -> int:
        """Numbers in a row that ``draw`` takes."""
        return drawing.row_width(self.loaded.generator, self.loaded.config)

    def draw(self, rows: NDArray[np.float32], psi: float, noise: int) -> Picture:
        """Draw samples, as ``drawing.draw`` does. Raises GanDemoError."""
        return drawing.draw(self.loaded.generator, self.loaded.config, rows, psi, noise)

    def measure(self) -> bytes:
        """Return the whole space.json, gzipped; measuring its directions takes seconds."""
        if self.space is None:  # no lock, as the server calls this in one thread only
            self.space = self._packed_json(artifacts.generator_space(self.loaded.generator, self.loaded.config, ""))
        return self.space

    def _packed_json(self, space: dict[str, Any]) -> bytes:
        head = {"format": 1, "id": self.id, "title": self.title, "step": None, "steps": []}
        if self.drawn_here:
            space |= {"shape": list(drawing.preview_shape(self.loaded.config.shape))}
        if self.drawn_here and "styles" in space:
            space |= {"styles": space["styles"] | {"preview": None}}  # the server sends one size alone
        return packed(json.dumps(head | space, ensure_ascii=False, separators=(",", ":")).encode())


def _suits_browser(loaded: Loaded) -> bool:
    from gan_demo.explorer.directions import sample_budget
    from gan_demo.gan.models.build import parameter_count

    size = len(loaded.generator.onnx) or 4 * parameter_count(loaded.generator)
    return drawing.suits_browser(size, sample_budget.multiply_adds(loaded.generator, loaded.config))


_uploads: WeakValueDictionary[str, Upload] = WeakValueDictionary()  # by secret


def find(secret: str, token: str) -> Upload:
    """Return the upload with this secret, for a browser with this owner token. Raises RunError."""
    upload = _uploads.get(secret)
    if upload is None or not upload.is_for(token):
        raise RunError("run", secret, "is not known here", "The link may be old, or its run was deleted")
    return upload
