"""What a class looks at: a page with its query, and the state behind the "#" of its address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from gan_demo.errors import ConfigError

MAX_HASH_LENGTH = 8000  # characters; a lab with as many own points as a link holds has some 6,600
_RUN = "[A-Za-z0-9][A-Za-z0-9_.-]{0,80}"
_QUERIES: dict[str, dict[str, str]] = {  # by page: its parameters and their form; the first is required
    "train": {"run": _RUN},
    "compare": {"runs": f"{_RUN}(,{_RUN}){{0,5}}", "by": "[a-z]{1,20}"},
    "explore": {"run": _RUN, "step": "[0-9]{1,15}"},
    "analyse": {"run": _RUN, "part": "[a-z]{1,20}", "step": "[0-9]{1,15}"},
    "lab": {},
}
_HASH = re.compile(rf"#[!-~]{{0,{MAX_HASH_LENGTH - 1}}}", re.ASCII)


@dataclass(frozen=True)
class PageLocation:
    """A page that a class can be shown."""

    page: str
    query: Mapping[str, str] = field(default_factory=dict)
    hash: str = ""

    @property
    def run_id(self) -> str:
        """The run whose training is shown, or ""."""
        return self.query["run"] if self.page == "train" else ""

    def is_same_page(self, other: PageLocation) -> bool:
        """Return whether both are one page, in whatever state."""
        return (self.page, self.query) == (other.page, other.query)

    def address(self, more: Mapping[str, str] | None = None) -> str:
        """Return the page's address, relative to the app's, with more query parameters."""
        return f"{self.page}?{urlencode({**self.query, **(more or {})}, safe=',')}{self.hash}"

    def to_dict(self) -> dict[str, Any]:
        """Return the location as plain JSON types."""
        return {"page": self.page, "query": dict(self.query), "hash": self.hash}


def training(run_id: str) -> PageLocation:
    """Return the location of a run's training."""
    return PageLocation("train", {"run": run_id})


def from_dict(raw: object) -> PageLocation:
    """Return the location that ``to_dict`` described, checked completely. Raises ConfigError for anything else."""
    if not isinstance(raw, dict) or not {"page", "query"} <= set(raw) <= {"page", "query", "hash"}:
        raise ConfigError("place", "", "has a page and a query")
    page, query, state = raw["page"], raw["query"], raw.get("hash", "")
    forms = _QUERIES.get(page) if isinstance(page, str) else None
    if forms is None or not isinstance(query, dict) or not {*list(forms)[:1]} <= set(query):
        raise ConfigError("place", str(page)[:80], "can't be shown to a class")
    for name, value in query.items():
        if name not in forms or not isinstance(value, str) or not re.fullmatch(forms[name], value):
            raise ConfigError("place", str(name)[:80], "can't be shown to a class")
    if not isinstance(state, str) or (state and not _HASH.fullmatch(state)):
        raise ConfigError("place", "", "can't be shown to a class")
    return PageLocation(page, dict(query), state)
