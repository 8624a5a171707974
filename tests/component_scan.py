"""AppTest's search for components among the installed packages, made once a session instead of once for each page.

Each new AppTest reads the metadata of every installed package, which takes longer than the page itself: 0.3 seconds.
A module whose tests use AppTest imports the fixture; those of ``tests/ui`` have it from their conftest.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator

import pytest
from streamlit.components.v2 import manifest_scanner


@pytest.fixture(scope="session", autouse=True)
def scan_components_once() -> Iterator[None]:
    """Return the components of the first search from all later ones; nothing is installed while tests run."""
    with pytest.MonkeyPatch.context() as patch:
        search = functools.cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", search)
        yield
