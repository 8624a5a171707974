"""Options of an exported script, and the data files beside it; needs no torch."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gan_demo.errors import ConfigError
from gan_demo.i18n.text import DEFAULT_LANGUAGE, LANGUAGES

# Samples beside a script, by the name of their data set: built-in images, and own points.
DATA_FILES = {"digits": "digits.npz", "faces": "faces.npz", "own_points": "own_points.npz"}


@dataclass(frozen=True)
class ScriptOptions:
    """The file's ``name``, which ends in .ipynb for a notebook, and the ``language`` of a notebook's explanations."""

    name: str = "train.py"
    language: str = DEFAULT_LANGUAGE

    def __post_init__(self) -> None:
        if self.language not in LANGUAGES:
            known = ", ".join(LANGUAGES)
            raise ConfigError("language", self.language, "is not known", "Known: {known}", known=known)

    @property
    def notebook(self) -> bool:
        """Whether the export is a notebook."""
        return self.name.endswith(".ipynb")

    @property
    def out(self) -> str:
        """The folder that the script writes to by default."""
        return f"{without_quotes(self.name.rpartition('.')[0] or self.name)}-out"


def without_quotes(name: str) -> str:
    """Return a file's or folder's name without the characters that could end a string or a docstring."""
    return re.sub(r"[^\w.@ -]", "", name) or "train"
