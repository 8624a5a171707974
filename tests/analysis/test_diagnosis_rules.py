"""Each rule of the diagnosis by itself, and the words of its findings in both languages."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import pytest

from gan_demo.analysis.diagnosis import findings
from gan_demo.analysis.findings import KINDS, Finding
from gan_demo.boards import curves
from gan_demo.boards import findings as board_findings
from gan_demo.config import RunConfig
from gan_demo.presets import PRESETS
from gan_demo.ui import session
from tests.analysis.measured_rows import SHIPPED, Columns


def rows(count: int, **values: float | Callable[[int], float]) -> Columns:
    """Return so many rows, ten steps apart; a value is the same for all or a function of the row."""
    usual: dict[str, float | Callable[[int], float]] = {
        "d_loss": 0.7,
        "g_loss": 0.7,
        "d_real": 0.6,
        "d_fake": 0.4,
        "g_grad": 1.0,
        "d_grad": 1.0,
    }
    columns_by_case = {
        name: [value(k) if callable(value) else value for k in range(count)] for name, value in (usual | values).items()
    }
    return {"step": [10 * (k + 1) for k in range(count)], **columns_by_case}


def with_evaluations(columns: Columns, every: int, **values: Any) -> Columns:
    """Add an evaluation in every so many rows; a value is the same for all or a function of the evaluation."""
    count = len(columns["step"])
    for name, value in ({"eval_seconds": 0.1} | values).items():
        columns[name] = [
            (value(k // every) if callable(value) else value) if k % every == every - 1 else math.nan
            for k in range(count)
        ]
    return columns


def key_of(columns: Columns, config: RunConfig) -> str:
    return findings(columns, config)[0].key


IMAGES = PRESETS["tutorial"]


def test_images_that_lose_their_variety_are_a_collapse() -> None:
    falls = with_evaluations(
        rows(100), 10, fcd=80.0, diversity=lambda k: [0.9, 0.9, 0.9, 0.9, 0.5, 0.2, 0.1, 0.1, 0.1, 0.1][k]
    )
    finding = findings(falls, IMAGES)[0]
    assert (finding.key, finding.evidence, finding.panel) == ("collapse", "variety", "variety")
    assert (finding.begin, finding.end) == (600, 1000)
    begins = with_evaluations(rows(100), 10, fcd=80.0, diversity=0.1)
    assert key_of(begins, IMAGES) != "collapse"  # there never was any: G has only begun
    stays = with_evaluations(rows(600), 10, fcd=80.0, diversity=0.1)
    assert key_of(stays, IMAGES) == "collapse"
    recovers = with_evaluations(
        rows(100), 10, fcd=80.0, diversity=lambda k: [0.9, 0.9, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6][k]
    )
    assert key_of(recovers, IMAGES) != "collapse"


def test_images_all_read_as_one_class_are_a_collapse() -> None:
    sevens = [0.0] * 7 + [0.96, 0.02, 0.02]
    sure = with_evaluations(rows(100), 10, fcd=60.0, histogram=sevens, confident=0.9, diversity=0.8)
    finding = findings(sure, IMAGES)[0]
    assert (finding.key, finding.panel) == ("collapse", "classes")
    assert finding.as_dict()["numbers"] == {"covered": 1.0, "total": 10.0, "share": 96.0}
    unsure = with_evaluations(rows(100), 10, fcd=60.0, histogram=sevens, confident=0.1, diversity=0.8)
    assert key_of(unsure, IMAGES) != "collapse"


def test_histograms_of_several_label_fields_are_no_classes() -> None:
    faces = with_evaluations(rows(100), 10, fcd=20.0, histogram=[1.0, 0.0, 0.5, 0.5], confident=0.9, diversity=0.8)
    assert key_of(faces, PRESETS["faces"]) != "collapse"


def test_a_sure_discriminator_is_no_failure_while_samples_are_good_or_get_better() -> None:
    sure: dict[str, Any] = {"d_real": 0.99, "d_fake": 0.01}
    good = with_evaluations(rows(100, **sure), 10, fcd=8.0, diversity=0.9)
    better = with_evaluations(rows(100, **sure), 10, fcd=lambda k: 200.0 * 0.8**k, diversity=0.9)
    stuck = with_evaluations(rows(100, **sure), 10, fcd=200.0, diversity=0.9)
    assert [key_of(each, PRESETS["digits"]) for each in (good, better, stuck)] == ["game", "improving", "d_wins"]


def test_without_evaluations_a_loss_that_climbs_shows_that_the_discriminator_wins() -> None:
    climbs = rows(100, d_real=0.999, d_fake=0.001, g_loss=lambda k: 3 + 0.1 * k)
    steady = rows(100, d_real=0.999, d_fake=0.001, g_loss=7.0)
    finding = findings(climbs, IMAGES)[0]
    assert (finding.key, finding.evidence) == ("d_wins", "loss")
    assert key_of(steady, IMAGES) != "d_wins"


def test_a_critics_verdicts_are_no_probabilities() -> None:
    critic = rows(100, d_real=0.999, d_fake=0.001)
    assert key_of(critic, IMAGES.with_settings({"loss": "wasserstein"})) != "d_wins"


def test_equal_verdicts_are_a_failure_only_with_bad_samples() -> None:
    equal: dict[str, Any] = {"d_real": 0.5, "d_fake": 0.5}
    bad = with_evaluations(rows(100, **equal), 10, fcd=150.0, diversity=0.9)
    good = with_evaluations(rows(100, **equal), 10, fcd=10.0, diversity=0.9)
    assert (key_of(bad, IMAGES), key_of(good, IMAGES)) == ("weak_d", "balanced")


def test_swinging_verdicts_are_an_oscillation_and_noise_is_none() -> None:
    swings = rows(1_000, d_real=lambda k: 0.5 + 0.4 * math.sin(k / 15), d_fake=lambda k: 0.5 - 0.4 * math.sin(k / 15))
    finding = findings(swings, IMAGES)[0]
    assert (finding.key, finding.evidence, finding.panel) == ("oscillation", "verdicts", "verdicts")
    noise = rows(1_000, d_real=lambda k: 0.6 + 0.1 * (-1) ** k, d_fake=lambda k: 0.4 - 0.1 * (-1) ** k)
    assert key_of(noise, IMAGES) != "oscillation"
    once = rows(1_000, d_real=lambda k: 0.9 if 50 < k < 500 else 0.5, d_fake=lambda k: 0.1 if 50 < k < 500 else 0.4)
    assert key_of(once, IMAGES) != "oscillation"


def test_copies_are_memorised_and_one_copy_over_and_over_is_not() -> None:
    copies = with_evaluations(rows(60), 10, fcd=20.0, novelty=0.1, diversity=0.9)
    finding = findings(copies, IMAGES.with_settings({"limit": 50}))[0]
    assert (finding.key, finding.remedy) == ("memorise", {"limit": 0})
    own = findings(copies, IMAGES)[0]
    assert own.remedy["flip"] is True
    slow = with_evaluations(rows(60), 10, fcd=20.0, novelty=0.1, diversity=0.0)
    new = with_evaluations(rows(60), 10, fcd=20.0, novelty=0.9, diversity=0.9)
    assert "memorise" not in {key_of(slow, IMAGES), key_of(new, IMAGES)}


def test_a_diverged_run_is_diagnosed_as_such_whatever_its_rows_show() -> None:
    columns = rows(100, d_real=0.5, d_fake=0.5)
    for field in ("d_loss", "g_loss", "weights"):
        assert findings(columns, IMAGES, field)[0].key == "nan"
    assert findings(columns, IMAGES, "run")[0].key != "nan"
    assert findings({}, IMAGES, "weights")[0].key == "nan"


def test_large_losses_alone_are_no_alarm() -> None:
    critic = rows(100, d_loss=lambda k: -300.0 - k, g_loss=lambda k: 400.0 + k)
    assert key_of(critic, IMAGES.with_settings({"loss": "wasserstein"})) != "nan"
    grows = rows(100, d_loss=lambda k: -(1.2**k))
    assert findings(grows, IMAGES)[0].evidence == "growing"


def test_a_finding_is_plain_json() -> None:
    for run in SHIPPED:
        for each in findings(run.metrics(), run.config):
            plain = json.loads(json.dumps(each.as_dict(), allow_nan=False))
            assert plain == each.as_dict()
            assert plain["kind"] in KINDS
            assert 0 <= plain["from"] <= plain["to"] <= run.info.step


def test_only_the_newest_rows_are_read() -> None:
    class NewestOnly(list[float]):
        """Fails where an old row is read."""

        def __getitem__(self, key: Any) -> Any:
            assert not isinstance(key, int) or key < 0 or key >= 18_000
            return super().__getitem__(key)

    columns = {name: NewestOnly(column) for name, column in with_evaluations(rows(20_000), 10, fcd=20.0).items()}
    assert findings(columns, IMAGES)


HALVES: dict[str, Any] = {"high_quality": 0.02, "modes": 0.0, "kl": 1.0, "diversity": 1.0}


def one_place(k: int) -> list[float]:
    return [1.0 if cluster == k % 8 else 0.0 for cluster in range(8)]


def cases() -> dict[tuple[str, str], Finding]:
    """Return a finding of every kind, by its key and evidence."""
    ring, sure, equal = PRESETS["ring"], {"d_real": 0.99, "d_fake": 0.01}, {"d_real": 0.5, "d_fake": 0.5}
    few, critic = IMAGES.with_settings({"limit": 50}), ring.with_settings({"loss": "wasserstein"})
    sevens = [0.0] * 7 + [0.96, 0.02, 0.02]
    kinds = [
        findings(*each)
        for each in (
            ({}, IMAGES),
            ({"step": [2001], "d_loss": [1.0], "d_real": [0.7], "d_fake": [0.3]}, IMAGES),
            (rows(100), IMAGES),
            (rows(100, **equal), IMAGES),
            (with_evaluations(rows(100), 10, fcd=lambda k: 200.0 * 0.8**k), IMAGES),
            (with_evaluations(rows(100), 10, **HALVES | {"high_quality": lambda k: 0.1 * k}), ring),
            (with_evaluations(rows(100), 10, histogram=one_place(3), **HALVES | {"high_quality": 0.9}), ring),
            (with_evaluations(rows(100), 10, fcd=60.0, histogram=sevens, confident=0.9), IMAGES),
            (with_evaluations(rows(600), 10, fcd=80.0, diversity=0.1), IMAGES),
            (rows(100, **sure, g_grad=lambda k: 0.5**k), IMAGES.with_settings({"loss": "minimax"})),
            (with_evaluations(rows(100, **sure), 10, fcd=200.0), IMAGES),
            (rows(100, **sure, g_loss=lambda k: 3 + 0.1 * k), IMAGES),
            (with_evaluations(rows(100, **equal), 10, fcd=150.0), IMAGES),
            (
                rows(
                    1_000, d_real=lambda k: 0.5 + 0.4 * math.sin(k / 15), d_fake=lambda k: 0.5 - 0.4 * math.sin(k / 15)
                ),
                IMAGES,
            ),
            (with_evaluations(rows(200), 10, histogram=one_place, **HALVES), critic),
            (with_evaluations(rows(60), 10, fcd=20.0, novelty=0.1, diversity=0.9), IMAGES),
            (with_evaluations(rows(60), 10, fcd=20.0, novelty=0.1, diversity=0.9), few),
            (rows(100, d_loss=lambda k: -(1.2**k)), IMAGES),
            (rows(100), IMAGES, "weights"),
        )
    ]
    return {(each.key, each.evidence): each for (each,) in kinds}


def in_words(finding: Finding) -> dict[str, str]:
    """Return title, text and remedy with the numbers filled in, as the live board does."""
    facts, sentences = finding.as_dict(), board_findings.texts()[finding.key]
    numbers = {
        name: f"{value:,.0f}" if abs(value) >= 10 else f"{value:.2g}" for name, value in facts["numbers"].items()
    }
    return {
        "title": sentences["title"],
        "text": sentences.get(facts["evidence"], sentences["text"]).format(**numbers),
        "remedy": sentences.get("remedy", "") if facts["remedy"] else "",
    }


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_finding_has_its_title_text_and_remedy(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "language", lambda: language)
    columns_by_case = cases()
    assert len(columns_by_case) == 19
    table = board_findings.texts()
    assert {key for key, _ in columns_by_case} == set(table)
    unsaid = {(key, part) for key, parts in table.items() for part in set(parts) - {"title", "text", "remedy"}} - set(
        columns_by_case
    )
    assert unsaid == set(), "words for evidence that there never is"
    for each in columns_by_case.values():
        words = in_words(each)
        assert "{" not in "".join(words.values())
        assert bool(words["remedy"]) == (each.kind == "warning") == bool(each.remedy)


def test_the_words_name_the_evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "language", lambda: "en")
    columns_by_case = cases()
    assert "1 of 8 clusters, 100\N{NO-BREAK SPACE}% of them" in in_words(columns_by_case["collapse", "modes"])["text"]
    assert "right 99\N{NO-BREAK SPACE}% of the time" in in_words(columns_by_case["d_wins", "gradients"])["text"]
    assert "only 50 training images" in in_words(columns_by_case["memorise", "few"])["text"]


def test_every_panel_of_a_finding_is_a_chart_of_the_board(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "language", lambda: "en")
    charts = {each["id"] for is_points in (True, False) for each in curves.panel_specs(is_points)}
    assert {each.panel for each in cases().values()} - {""} <= charts
