"""Diagnosis of a training by its newest rows: six kinds of failure, each with its evidence and a remedy.

``findings`` is a pure function of the recorded columns, cheap enough for every update of a board: it reads the newest
rows only. Each detector names its thresholds and their source. A paper's number is used where there is one; the other
thresholds lie between the values of presets that fail on purpose (``presets.FAILURES``) and those of healthy presets,
which ``tests/analysis/test_diagnosis.py`` checks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gan_demo.analysis import remedy_settings
from gan_demo.analysis.findings import Finding
from gan_demo.analysis.remedy_settings import Settings, data_kind
from gan_demo.analysis.series import (
    ON_DATA,
    UNEVEN,
    Evaluation,
    RecentRows,
    badness,
    holding_since,
    is_falling,
    is_poor,
    mean,
    median,
    moved_share,
    moving_average,
    quality_value,
    stays_poor,
    step_means,
    turning_points,
    unevenness,
)
from gan_demo.config import RunConfig

EARLY_STEPS = 200  # no failure is reported before: both networks have only begun
AGREEING_ROWS = 30  # consecutive rows that must agree: 5 seconds and more of training
AVERAGED_ROWS = 10  # rows averaged, against the noise of a curve
AGREEING_EVALUATIONS = 4
DIVERGED_FIELDS = ("d_loss", "g_loss", "weights")  # fields that the error of a diverged run names
# A loss beyond both, in absolute size and as a multiple of its first size, is about to become infinite or NaN.
HUGE_LOSS, HUGE_GROWTH = 1e4, 100.0
BARREN_STEPS = 5_000  # steps in which even a slow G, such as the tutorial's, finds some variety
LOW_DIVERSITY = 0.3  # below which samples repeat
COPY_NOVELTY = 0.5  # below which samples are copies
SURE_VERDICT = 0.95  # D(x) above it and D(G(z)) below 1 - it: D makes next to no mistakes
FADED_GRADIENT = 0.05  # size of G's gradients, as a share of their greatest
HOPELESS_LOSS = 6.0  # -log D(G(z)) at which one fake in 400 passes
UNDECIDED_GAP = 0.025  # |D(x) - D(G(z))| below which D cannot tell
STRETCH_STEPS = 200  # steps over which D's verdicts are averaged: faster changes are noise
SWING_SIZE, SWINGS, SWING_STRETCHES = 0.35, 8, 150  # of D(x) - D(G(z)): how far, how often, in so many stretches
HOP_SHARE = 0.5  # of the samples, in another cluster or class at the next evaluation


def findings(columns: Mapping[str, Sequence[Any]], config: RunConfig, error: str = "") -> list[Finding]:
    """Return the findings about a run: its failure, causes before consequences, or else how the training goes.

    At present there is always a single finding, because a class reads one sentence. ``columns`` are
    ``RunDir.metrics()``; ``error`` is the field of the error that ended the run, if there is one.
    """
    recent = RecentRows(columns)
    diverged = _nan(recent, config, error)
    if diverged is not None:
        return [diverged]
    for detector in (_memorise, _d_wins, _weak_d, _collapse, _oscillation):  # causes before their consequences
        failure = detector(recent, config)
        if failure is not None:
            return [failure]
    return [_progress(recent, config)]


def _nan(recent: RecentRows, config: RunConfig, error: str) -> Finding | None:
    """Find a loss or weights that are not finite, at which the trainer stops, or a loss that is about to be.

    "About to be" means above 10,000 and above a hundred times its first median: networks that learn stay below some
    hundreds, even with Wasserstein's unbounded losses.
    """
    losses = {name: recent.series(name) for name in ("d_loss", "g_loss")}
    newest = {name: max((abs(value) for _, value in loss[-3:]), default=0.0) for name, loss in losses.items()}
    worst = max(newest, key=lambda name: newest[name])
    usual = median([abs(value) for _, value in losses[worst][:AGREEING_EVALUATIONS]])
    if error not in DIVERGED_FIELDS and not (newest[worst] > HUGE_LOSS and newest[worst] > HUGE_GROWTH * usual):
        return None
    steps = [step for step, _ in losses[worst]] or [recent.step]
    numbers = {"loss": newest[worst], "g_lr": config.train.g_lr, "d_lr": config.train.d_lr}
    remedy = remedy_settings.against_divergence(config)
    evidence = "" if error in DIVERGED_FIELDS else "growing"
    begin, end = steps[-AGREEING_ROWS:][0], recent.step
    return Finding("nan", "warning", end, "losses", begin, end, remedy, numbers, evidence)


def _collapse(recent: RecentRows, config: RunConfig) -> Finding | None:
    """Find a G that repeats itself: at four evaluations in a row, not improving, in the same place each time."""
    evaluations = _past_the_beginning(recent)
    if moved_share(evaluations[-AGREEING_EVALUATIONS:]) > HOP_SHARE:
        return None
    return _few_clusters(evaluations, config) or _low_diversity(evaluations, recent.step, config)


def _few_clusters(evaluations: list[Evaluation], config: RunConfig) -> Finding | None:
    """Find samples on fewer than √M of M clusters or classes, counted as the exponential of their entropy.

    Srivastava et al. 2017 count modes and this divergence. Samples must be good enough to lie on any cluster.
    """
    uneven = [unevenness(each) if each.get("high_quality", 1.0) > ON_DATA else None for each in evaluations]
    begin = holding_since(uneven, lambda value: value > UNEVEN, AGREEING_EVALUATIONS)
    if begin is None or is_falling([value or 0.0 for value in uneven[begin:]], 0.8):
        return None
    shares = evaluations[-1]["histogram"]
    covered = sum(share > 0.5 / len(shares) for share in shares)
    numbers = {"covered": float(covered), "total": float(len(shares)), "share": 100 * max(shares)}
    panel, remedy = _histogram_panel(config), remedy_settings.for_steadiness(config)
    return _failure("collapse", evaluations[begin:], panel, remedy, numbers, panel)


def _low_diversity(evaluations: list[Evaluation], step: int, config: RunConfig) -> Finding | None:
    """Find samples less than 0.3 as varied as the data (``metrics.diversity``).

    They must have been twice that once, or stay so for 5,000 steps: a G that has only begun draws the same for every z.
    """
    diversity: list[float | None] = [each.get("diversity") for each in evaluations]
    begin = holding_since(diversity, lambda value: value < LOW_DIVERSITY, AGREEING_EVALUATIONS)
    if begin is None or is_falling([1 / max(value or 0.0, 1e-3) for value in diversity[begin:]], 0.8):
        return None
    fell = max((value for value in diversity if value is not None), default=0.0) > 2 * LOW_DIVERSITY
    if not fell and step - evaluations[begin]["step"] < BARREN_STEPS:
        return None
    numbers, remedy = {"diversity": 100 * evaluations[-1]["diversity"]}, remedy_settings.for_steadiness(config)
    return _failure("collapse", evaluations[begin:], "variety", remedy, numbers, "variety")


def _memorise(recent: RecentRows, config: RunConfig) -> Finding | None:
    """Find samples that are copies: at two evaluations in a row, and varied.

    Copies are less than half as far from the training images as these are from each other (``metrics.novelty``).
    A collapse onto one well-drawn image is near to them too, but not varied.
    """
    evaluations = recent.evaluations
    novelty: list[float | None] = [
        each.get("novelty") if each.get("diversity", 0.0) > LOW_DIVERSITY / 2 else None for each in evaluations
    ]
    begin = holding_since(novelty, lambda value: value < COPY_NOVELTY, 2)
    if begin is None:
        return None
    numbers = {"novelty": 100 * (novelty[-1] or 0.0), "images": float(config.data.limit)}
    remedy, evidence = remedy_settings.against_copies(config), "few" if config.data.limit else ""
    return _failure("memorise", evaluations[begin:], "variety", remedy, numbers, evidence)


def _d_wins(recent: RecentRows, config: RunConfig) -> Finding | None:
    """Find a D that is right 95 % of the time and more, where G learns nothing from it (Arjovsky & Bottou 2017).

    * the loss saturates and G's gradients are below a twentieth of their greatest (averaged) size;
    * or the samples are bad and do not get better;
    * or, without evaluations, -log D(G(z)) is above 6 and still rises ("ganhacks" of Chintala et al.).

    A D that is always right does no harm while G goes on learning: the shipped faces end that way.
    """
    real, fake = recent.series("d_real"), recent.series("d_fake")
    pairs = zip(real, fake, strict=False)
    correct = moving_average([min(on_real, 1 - on_fake) for (_, on_real), (_, on_fake) in pairs], AVERAGED_ROWS)
    begin = holding_since(correct, lambda value: value > SURE_VERDICT, AGREEING_ROWS)
    if begin is None or recent.step < EARLY_STEPS or config.train.loss == "wasserstein":
        return None
    gradients = moving_average([value for _, value in recent.series("g_grad")], AVERAGED_ROWS)
    share = gradients[-1] / max(*gradients, 1e-12) if len(gradients) > 1 else 1.0
    losses = moving_average([value for _, value in recent.series("g_loss")], AVERAGED_ROWS)
    rising = config.train.loss == "non_saturating" and losses[-1] > max(HOPELESS_LOSS, 1.1 * median(losses[begin:]))
    saturates = config.train.loss in ("minimax", "least_squares")
    faded = saturates and share < FADED_GRADIENT
    bad = stays_poor(recent.evaluations[-2 * AGREEING_EVALUATIONS :])
    if not (faded or bad or (rising and not recent.evaluations)):
        return None
    times = min(1e6, max(gradients) / max(gradients[-1], 1e-12))
    numbers = {"right": 100 * correct[-1], "times": times, "loss": losses[-1]}
    remedy = remedy_settings.against_winning_discriminator(config, saturates)
    evidence, panel = "gradients" if faded else "quality" if bad else "loss", "gradients" if faded else "verdicts"
    first = real[begin + AVERAGED_ROWS - 1][0]
    return Finding("d_wins", "warning", first, panel, first, recent.step, remedy, numbers, evidence)


def _weak_d(recent: RecentRows, config: RunConfig) -> Finding | None:
    """Find a D that gives real and fake the same verdict, within 0.025, while samples are bad and do not get better.

    Equal verdicts alone are the game's solution (Goodfellow et al. 2014); with bad samples they mean that D cannot see
    obvious flaws, and G moves wherever D last looked.
    """
    pairs = zip(recent.series("d_real"), recent.series("d_fake"), strict=False)
    gaps = moving_average([abs(real - fake) for (_, real), (_, fake) in pairs], AVERAGED_ROWS)
    begin = holding_since(gaps, lambda value: value < UNDECIDED_GAP, AGREEING_ROWS)
    if begin is None or recent.step < EARLY_STEPS or not stays_poor(recent.evaluations[-2 * AGREEING_EVALUATIONS :]):
        return None
    numbers = {name: 100 * mean(recent.values(f"d_{name}", AVERAGED_ROWS)) for name in ("real", "fake")}
    first, remedy = (
        recent.series("d_real")[begin + AVERAGED_ROWS - 1][0],
        remedy_settings.against_weak_discriminator(config),
    )
    return Finding("weak_d", "warning", first, "verdicts", first, recent.step, remedy, numbers)


def _oscillation(recent: RecentRows, config: RunConfig) -> Finding | None:
    """Find a G and a D that chase each other instead of settling (Mescheder et al. 2018 show why).

    * D(x) - D(G(z)) swings by 0.35 and more, up and down eight times in 150 stretches of 200 steps and more;
    * or, with a D that can tell, half of the samples have moved at each of eight evaluations.
    """
    if recent.step < EARLY_STEPS:
        return None
    remedy = remedy_settings.for_steadiness(config)
    pairs = zip(recent.series("d_real"), recent.series("d_fake"), strict=False)
    gaps = [(step, real - fake) for (step, real), (_, fake) in pairs]
    averaged = step_means(gaps, STRETCH_STEPS)[-SWING_STRETCHES:]
    turns = turning_points([gap for _, gap in averaged], SWING_SIZE)
    if len(turns) >= SWINGS:
        first = averaged[turns[0]][0]
        heights = [100 * averaged[turn][1] for turn in turns]
        numbers = {"low": min(heights), "high": max(heights), "times": float(len(turns))}
        return Finding("oscillation", "warning", first, "verdicts", first, recent.step, remedy, numbers, "verdicts")
    evaluations = _past_the_beginning(recent)[-2 * AGREEING_EVALUATIONS :]
    can_tell = mean([abs(gap) for _, gap in gaps[-2 * AVERAGED_ROWS :]]) > UNDECIDED_GAP
    if len(evaluations) < 2 * AGREEING_EVALUATIONS or not can_tell or moved_share(evaluations) <= HOP_SHARE:
        return None
    numbers = {"moved": 100 * moved_share(evaluations)}
    return _failure("oscillation", evaluations, _histogram_panel(config), remedy, numbers, "places")


def _past_the_beginning(recent: RecentRows) -> list[Evaluation]:
    return [each for each in recent.evaluations if each["step"] > EARLY_STEPS]


def _histogram_panel(config: RunConfig) -> str:
    """Return the chart that shows how samples are spread over clusters or classes."""
    return "modes" if data_kind(config) == "points" else "classes"


def _failure(
    key: str, evaluations: list[Evaluation], panel: str, remedy: Settings, numbers: dict[str, float], evidence: str
) -> Finding:
    """Return a warning that these evaluations show."""
    first, last = evaluations[0]["step"], evaluations[-1]["step"]
    return Finding(key, "warning", first, panel, first, last, remedy, numbers, evidence)


def _progress(recent: RecentRows, config: RunConfig) -> Finding:
    """Return how a training without a failure goes: it begins, gets better, is balanced, or just goes on."""
    end = recent.step
    curves = [recent.series(name) for name in ("d_loss", "d_real", "d_fake")]
    if min(map(len, curves)) < 8 or end < 60:
        first = curves[0][0][0] if curves[0] else 0
        return Finding("continued" if first > 60 else "starting", "neutral", end, "", first, end)
    evaluations = recent.evaluations[-AGREEING_EVALUATIONS - 2 :]
    values = [value for each in evaluations if (value := badness(each)) is not None]
    if len(values) >= 3 and is_falling(values, 0.9) and moved_share(evaluations) < HOP_SHARE:
        begin = evaluations[0]["step"]
        numbers = {"now": quality_value(evaluations[-1]), "before": quality_value(evaluations[0])}
        panel = "quality" if data_kind(config) == "images" else "modes"
        return Finding("improving", "good", begin, panel, begin, end, {}, numbers, data_kind(config))
    real, fake = mean(recent.values("d_real", AGREEING_ROWS)), mean(recent.values("d_fake", AGREEING_ROWS))
    begin = recent.series("d_real")[-AGREEING_ROWS:][0][0]
    numbers = {"real": 100 * real, "fake": 100 * fake}
    fair = config.train.loss in ("minimax", "non_saturating", "relativistic") and abs(real - fake) < 0.12
    if fair and end > 500 and not (values and is_poor(evaluations[-1])):
        return Finding("balanced", "good", begin, "verdicts", begin, end, {}, numbers)
    return Finding("game", "neutral", begin, "verdicts", begin, end, {}, numbers)
