"""Addresses for the browser are those that the server's routes match."""

from __future__ import annotations

import pytest
from starlette.routing import Match, Route

from gan_demo.boards import addresses
from gan_demo.server import routes


@pytest.mark.parametrize(
    ("pattern", "values", "address"),
    [
        (addresses.GRID, {"run_id": "ring-1", "step": 500}, "api/runs/ring-1/grids/500.png"),
        (addresses.SPACE, {"run_id": "ring-1", "step": 500}, "api/explore/ring-1/500/space.json"),
        (addresses.CLASSIFIER, {"name": "digits"}, "api/explore/classifiers/digits.onnx"),
        (addresses.UPLOAD, {"secret": "s", "name": "space.json"}, "api/explore/uploads/s/space.json"),
        (addresses.CLASS, {"code": "7KFNQX"}, "c/7KFNQX"),
    ],
)
def test_a_filled_address_is_matched_by_its_route(pattern: str, values: dict[str, object], address: str) -> None:
    assert addresses.filled(pattern, **values) == address
    scope = {"type": "http", "method": "GET", "path": f"/{address}"}
    matching = [route for route in routes.ROUTES if route.matches(scope)[0] is Match.FULL]
    assert isinstance(matching[0], Route)
    assert matching[0].path == f"/{pattern}"
