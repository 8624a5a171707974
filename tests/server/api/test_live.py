"""The addresses of the live board, through Starlette's own client."""

from __future__ import annotations

import json
import shutil
import time
from typing import Any

import pytest
from starlette.testclient import TestClient

from gan_demo.runs.run_dir import RunDir
from gan_demo.server.state import server_state
from tests.server.api.recorded_run import PATIENCE
from tests.server.api.recorded_run import recorded as recorded
from tests.server.api.recorded_run import run as run
from tests.server.api.test_live_stream import PULSE


def updates(client: TestClient, run: RunDir, query: str = "") -> list[dict[str, Any]]:
    answer = client.get(f"/api/runs/{run.id}/updates{query}")
    assert answer.status_code == 200
    updates: list[dict[str, Any]] = answer.json()["updates"]
    return updates


def test_updates_are_a_summary_at_first_and_then_what_is_missing(client: TestClient, run: RunDir) -> None:
    (summary,) = updates(client, run)
    assert summary["reset"]
    assert (summary["rows"]["step"][0], summary["rows"]["step"][-1]) == (1, 2000)
    assert 9.5 in summary["rows"]["d_loss"], "the one peak"
    assert summary["status"] == "done"
    assert updates(client, run, f"?epoch={summary['epoch']}&have={summary['seq']}") == []


def test_updates_are_never_cached(client: TestClient, run: RunDir) -> None:
    answer = client.get(f"/api/runs/{run.id}/updates")
    assert answer.headers["cache-control"] == "no-store"


ODD = [
    "?have=-1",
    "?have=1.5",
    "?have=99999999999999999999",
    "?have=x",
    "?have=",
    "?have=%C2%B2",
    "?epoch=..%2F..",
    "?epoch=%00&have=1",
    "?epoch=" + "f" * 5000,
    "?have=1&have=2",
    "?epoch=ffffffff&have=999999999999999",
]


@pytest.mark.parametrize("query", ODD)
def test_an_invalid_last_update_starts_over(client: TestClient, run: RunDir, query: str) -> None:
    (summary,) = updates(client, run, query)
    assert summary["reset"]


WRONG = ["nothing", "digits-2", "..", "%2e%2e%2fdigits-1", "digits-1%00", ".deleted", "a" * 300, "digits-1%2f..", "%ff"]


@pytest.mark.parametrize("what", ["events", "updates", "rows"])
@pytest.mark.parametrize("run_id", WRONG)
@pytest.mark.usefixtures("run")
def test_an_unknown_run_is_not_found(client: TestClient, run_id: str, what: str) -> None:
    answer = client.get(f"/api/runs/{run_id}/{what}")
    assert answer.status_code == 404
    assert "immutable" not in answer.headers.get("cache-control", "")


@pytest.mark.parametrize("what", ["events", "updates", "rows"])
def test_the_live_routes_are_read_only(client: TestClient, run: RunDir, what: str) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert client.request(method, f"/api/runs/{run.id}/{what}").status_code == 405


def test_a_run_that_was_deleted_is_not_found_any_more(client: TestClient, run: RunDir) -> None:
    updates(client, run)
    shutil.rmtree(run.path)
    end = time.monotonic() + PATIENCE
    while client.get(f"/api/runs/{run.id}/updates").status_code != 404:
        assert time.monotonic() < end
        PULSE.wait(0.02)


def test_a_server_that_shuts_down_answers_503_and_not_404(client: TestClient, run: RunDir) -> None:
    updates(client, run)
    client.portal.call(server_state().hub.close)
    for what in ("events", "updates"):
        answer = client.get(f"/api/runs/{run.id}/{what}")
        assert answer.status_code == 503
        assert answer.headers["cache-control"] == "no-store"


def test_few_rows_of_a_range_come_whole(client: TestClient, run: RunDir) -> None:
    rows = client.get(f"/api/runs/{run.id}/rows?from=770&to=780").json()["rows"]
    assert rows["step"] == list(range(770, 781))
    assert rows["d_loss"][7] == 9.5


def test_rows_of_the_whole_run_are_thinned_and_keep_the_peak(client: TestClient, run: RunDir) -> None:
    rows = client.get(f"/api/runs/{run.id}/rows").json()["rows"]
    assert len(rows["step"]) < 1000
    assert max(value for value in rows["d_loss"] if value is not None) == 9.5


@pytest.mark.parametrize("query", ["?from=x&to=y", "?from=nan&to=inf", "?from=&to=", "?from=1e400", "?from=9&to=1"])
def test_an_invalid_range_is_no_error(client: TestClient, run: RunDir, query: str) -> None:
    answer = client.get(f"/api/runs/{run.id}/rows{query}")
    assert answer.status_code == 200
    assert "rows" in answer.json()


def test_rows_without_numbers_are_still_json(client: TestClient, run: RunDir) -> None:
    with open(run.path / "metrics.jsonl", "a", encoding="utf-8") as file:
        file.write('{"step":2001,"images":1,"seconds":1,"d_loss":NaN,"histogram":[1,NaN]}\n')
    for what in ("rows?from=2001", "updates"):
        text = client.get(f"/api/runs/{run.id}/{what}").text
        json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
