"""The folder that holds ``app.py``, ``.streamlit/config.toml`` and ``pretrained/``.

In a checkout that is its top level. The wheel has these files inside the package, where ``setup.py`` puts them.
"""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parents[1]
_IN_THE_WHEEL = PACKAGE / "top_level"
TOP_LEVEL = _IN_THE_WHEEL if _IN_THE_WHEEL.is_dir() else PACKAGE.parent
