"""Fixtures: the app (`streamlit run app.py`), static pages of runs, and a Chromium that opens them.

Tests that take a ``host`` (most get it from a page) run against the app. What only the static pages have is marked
``on_site("why")``; test_static_site.py opens every tool there. One test of each file of the explorer is marked
``both_hosts``: it runs on the static pages too, in ``make soak``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.hosts import AppHost, Host, SiteHost
from tests.browser.pages import chromium as chromium
from tests.browser.pages import emptied as emptied
from tests.browser.pages import new_page as new_page
from tests.browser.pages import page as page
from tests.browser.pages import profiles as profiles
from tests.browser.pages import visit as visit
from tests.browser.servers import _no_training_left as _no_training_left
from tests.browser.servers import app_folder as app_folder
from tests.browser.servers import app_home as app_home
from tests.browser.servers import app_server as app_server
from tests.browser.servers import static_pages as static_pages


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test with a ``host`` on the app, on the static pages (``on_site``), or in the soak on both (``both_hosts``)."""
    if "host" in metafunc.fixturenames:
        test = metafunc.definition
        on_site = test.get_closest_marker("on_site")
        assert on_site is None or on_site.args, "a test of the static pages alone says why"
        hosts: list[Any] = ["site" if on_site else "app"]
        if test.get_closest_marker("both_hosts"):
            hosts.append(pytest.param("site", marks=pytest.mark.soak))
        metafunc.parametrize("host", hosts, indirect=True, scope="module")


@pytest.fixture(scope="module")
def host(request: pytest.FixtureRequest) -> Host:
    """Return the server of the explorer in this test: the app, or a plain file server."""
    if request.param == "app":
        return AppHost(request.getfixturevalue("app_server").url)
    site: SiteHost = request.getfixturevalue("static_pages")
    return site


@pytest.fixture(autouse=True)
def _nothing_amiss(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail if a page of the host has an uncaught error, a missing file, or a request that leads elsewhere."""
    if "host" not in request.fixturenames:
        yield
        return
    host: Host = request.getfixturevalue("host")
    yield
    trouble, host.trouble[:] = [*host.trouble], []
    host.missing.clear()
    assert trouble == []
