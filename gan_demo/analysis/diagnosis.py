"""What a run's rows say of its health: six ways in which training fails, each with its evidence and a remedy.

``findings`` is a pure function of the recorded columns, cheap enough for every look at a run: it reads the last rows
only. Every detector names its thresholds and where they come from. Where a paper gives a number it is the paper's; the
others lie between what the presets show that fail on purpose (``presets.FAILURES``) and what healthy ones show, and
``tests/test_diagnosis.py`` holds both to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gan_demo.analysis.findings import Finding
from gan_demo.analysis.series import (
    ON_DATA,
    UNEVEN,
    Look,
    View,
    binned,
    falling,
    fault,
    hops,
    is_poor,
    mean,
    median,
    since,
    smooth,
    stays_poor,
    swings,
    told,
    unevenness,
)
from gan_demo.config import RunConfig
from gan_demo.presets import LOSS_SETTINGS

EARLY = 200  # steps before which nothing is a failure: both networks have only begun
ROWS = 30  # of the curves that must agree: 5 seconds and more of training
WIDTH = 10  # rows over which their noise is averaged out
LOOKS = 4  # evaluations that must agree
BROKEN = ("d_loss", "g_loss", "weights")  # what an error of a divergence names
HUGE, GROWN = 1e4, 100.0  # a loss beyond both this and so many times its first size is on its way to no number
BARREN = 5_000  # steps that a slow G, such as the tutorial's, takes to find any variety
NARROW = 0.3  # diversity below which samples repeat
COPIED = 0.5  # novelty below which they are copies
CORRECT = 0.95  # D(x) above it and D(G(z)) below 1 - it: D makes next to no mistakes
FADED = 0.05  # G's gradients, of what they were
LOST = 6.0  # -log D(G(z)): one fake in 400 passes
UNDECIDED = 0.025  # |D(x) - D(G(z))| below which D cannot tell
STRETCH = 200  # steps over which D's verdicts are averaged: what is faster is noise
SWING, SWINGS, SWUNG = 0.35, 8, 150  # of D(x) - D(G(z)): how far, how often in so many stretches
HOP = 0.5  # share of the samples that is elsewhere at the next look


def findings(columns: Mapping[str, Sequence[Any]], config: RunConfig, error: str = "") -> list[Finding]:
    """What to say about a run now: what fails, causes rather than what follows from them, or else how it goes.

    Never empty, and at present never more than one: a class reads one sentence.

    ``columns`` are ``RunDir.metrics()``; ``error`` is the field of the run's kept error, if there is one.
    """
    view = View(columns)
    broken = _nan(view, config, error)
    if broken is not None:
        return [broken]
    for detector in (_memorise, _d_wins, _weak_d, _collapse, _oscillation):  # causes before what follows from them
        found = detector(view, config)
        if found is not None:
            return [found]
    return [_news(view, config)]


def _nan(view: View, config: RunConfig, error: str) -> Finding | None:
    """A loss or a weight that is no number any more (the trainer stops there), or a loss on its way.

    On its way is beyond 10,000 and a hundred times its median at first: networks that learn stay below some hundreds,
    with Wasserstein's unbounded losses too.
    """
    losses = {name: view.series(name) for name in ("d_loss", "g_loss")}
    newest = {name: max((abs(value) for _, value in one[-3:]), default=0.0) for name, one in losses.items()}
    worst = max(newest, key=lambda name: newest[name])
    usual = median([abs(value) for _, value in losses[worst][:LOOKS]])
    if error not in BROKEN and not (newest[worst] > HUGE and newest[worst] > GROWN * usual):
        return None
    train = config.train
    remedy = _settings_for(config, train.loss) | {
        name: min(getattr(train, name) / 4, LOSS_SETTINGS[train.loss, _kind(config)][name]) for name in ("g_lr", "d_lr")
    }
    if not (train.r1 or train.gp or remedy.get("gp") or remedy.get("r1")):
        remedy["r1"] = 0.1
    steps = [step for step, _ in losses[worst]] or [view.step]
    numbers = {"loss": newest[worst], "g_lr": train.g_lr, "d_lr": train.d_lr}
    return Finding(
        "nan", "warning", view.step, "losses", steps[-ROWS:][0], view.step, remedy, numbers,
        "" if error in BROKEN else "growing",
    )  # fmt: skip


def _collapse(view: View, config: RunConfig) -> Finding | None:
    """G repeats itself: at four looks in a row, without getting better, and at the same place each time,

    * samples are on fewer than √M of the M clusters, or of classes, counted as the exponential of their entropy
      (Srivastava et al. 2017 count modes and this divergence), and are good enough to be on any;
    * or they are less than 0.3 as varied as the data (``metrics.diversity``), after having been twice that, or for
      5,000 steps: a G that has only begun draws the same for every z.
    """
    looks = [one for one in view.looks if one["step"] > EARLY]
    if hops(looks[-LOOKS:]) > HOP:
        return None
    uneven = [unevenness(one) if one.get("high_quality", 1.0) > ON_DATA else None for one in looks]
    begin = since(uneven, lambda value: value > UNEVEN, LOOKS)
    if begin is not None and not falling([value or 0.0 for value in uneven[begin:]], 0.8):
        shares = looks[-1]["histogram"]
        covered = sum(share > 0.5 / len(shares) for share in shares)
        numbers = {"covered": float(covered), "total": float(len(shares)), "share": 100 * max(shares)}
        panel = "modes" if _kind(config) == "points" else "classes"
        return _at("collapse", looks, begin, panel, _steadier(config), numbers, panel)
    varied: list[float | None] = [one.get("diversity") for one in looks]
    begin = since(varied, lambda value: value < NARROW, LOOKS)
    fell = max((value for value in varied if value is not None), default=0.0) > 2 * NARROW
    stays = begin is not None and not falling([1 / max(value or 0.0, 1e-3) for value in varied[begin:]], 0.8)
    if begin is not None and stays and (fell or view.step - looks[begin]["step"] >= BARREN):
        return _at(
            "collapse",
            looks,
            begin,
            "variety",
            _steadier(config),
            {"diversity": 100 * looks[-1]["diversity"]},
            "variety",
        )
    return None


def _memorise(view: View, config: RunConfig) -> Finding | None:
    """Samples are copies: at two looks in a row less than half as far from the training images as these are from each
    other (``metrics.novelty``), and varied, which a collapse onto one well-drawn image is not.
    """
    near: list[float | None] = [
        one.get("novelty") if one.get("diversity", 0.0) > NARROW / 2 else None for one in view.looks
    ]
    begin = since(near, lambda value: value < COPIED, 2)
    if begin is None:
        return None
    remedy: dict[str, object] = {"limit": 0} if config.data.limit else {"flip": True, "r1": max(0.1, config.train.r1)}
    numbers = {"novelty": 100 * (near[-1] or 0.0), "images": float(config.data.limit)}
    return _at("memorise", view.looks, begin, "variety", remedy, numbers, "few" if config.data.limit else "")


def _d_wins(view: View, config: RunConfig) -> Finding | None:
    """D is right 95 % of the time and more, and G learns nothing from it (Arjovsky & Bottou 2017):

    * the loss saturates and G's gradients are below a twentieth of their greatest (smoothed) size;
    * or the samples are bad and do not get better;
    * or, where nobody measured them, -log D(G(z)) is above 6 and still rises ("ganhacks" of Chintala et al.).

    A D that is always right does no harm where G goes on learning: the shipped faces end that way.
    """
    real, fake = view.series("d_real"), view.series("d_fake")
    correct = smooth([min(one, 1 - other) for (_, one), (_, other) in zip(real, fake, strict=False)], WIDTH)
    begin = since(correct, lambda value: value > CORRECT, ROWS)
    if begin is None or view.step < EARLY or config.train.loss == "wasserstein":
        return None
    gradients = smooth([value for _, value in view.series("g_grad")], WIDTH)
    faded = gradients[-1] / max(*gradients, 1e-12) if len(gradients) > 1 else 1.0
    losses = smooth([value for _, value in view.series("g_loss")], WIDTH)
    rising = config.train.loss == "non_saturating" and losses[-1] > max(LOST, 1.1 * median(losses[begin:]))
    saturates = config.train.loss in ("minimax", "least_squares")
    bad = stays_poor(view.looks[-2 * LOOKS :])
    if not ((saturates and faded < FADED) or bad or (rising and not view.looks)):
        return None
    evidence = "gradients" if saturates and faded < FADED else "quality" if bad else "loss"
    times = min(1e6, max(gradients) / max(gradients[-1], 1e-12))
    numbers = {"right": 100 * correct[-1], "times": times, "loss": losses[-1]}
    remedy = _settings_for(config, "non_saturating" if saturates else config.train.loss)
    remedy |= {"r1": 0.1} if config.train.r1 < 0.1 and "gp" not in remedy else {}
    first = real[begin + WIDTH - 1][0]
    panel = "gradients" if evidence == "gradients" else "verdicts"
    return Finding("d_wins", "warning", first, panel, first, view.step, remedy, numbers, evidence)


def _weak_d(view: View, config: RunConfig) -> Finding | None:
    """D gives real and fake the same verdict, within 0.025, while the samples are bad and do not get better.

    Equal verdicts alone are the game's solution (Goodfellow et al. 2014); with bad samples they mean that D cannot see
    what everybody else does, and G runs wherever D last looked.
    """
    pairs = zip(view.series("d_real"), view.series("d_fake"), strict=False)
    gaps = smooth([abs(real - fake) for (_, real), (_, fake) in pairs], WIDTH)
    begin = since(gaps, lambda value: value < UNDECIDED, ROWS)
    if begin is None or view.step < EARLY or not stays_poor(view.looks[-2 * LOOKS :]):
        return None
    train, usual = config.train, LOSS_SETTINGS[config.train.loss, _kind(config)]
    remedy: dict[str, object] = {}
    if train.d_lr < max(train.g_lr, 0.5 * float(str(usual["d_lr"]))):
        remedy["d_lr"] = max(train.g_lr, float(str(usual["d_lr"])))
    if config.model.d_width < config.model.width:
        remedy["d_width"] = config.model.width
    remedy |= {"r1": usual["r1"]} if not (train.r1 or train.gp) and usual["r1"] else {}
    remedy = remedy or {"d_steps": train.d_steps + 1}
    numbers = {name: 100 * mean(view.values(f"d_{name}", WIDTH)) for name in ("real", "fake")}
    first = view.series("d_real")[begin + WIDTH - 1][0]
    return Finding("weak_d", "warning", first, "verdicts", first, view.step, remedy, numbers)


def _oscillation(view: View, config: RunConfig) -> Finding | None:
    """G and D chase each other instead of settling (Mescheder et al. 2018 show why):

    * D(x) - D(G(z)) swings by 0.35 and more, up and down eight times in 150 stretches of 200 steps and more;
    * or, with a D that can tell, half of the samples are elsewhere at each of eight looks.
    """
    if view.step < EARLY:
        return None
    remedy = _steadier(config)
    pairs = zip(view.series("d_real"), view.series("d_fake"), strict=False)
    each = [(step, real - fake) for (step, real), (_, fake) in pairs]
    gaps = binned(each, STRETCH)[-SWUNG:]
    turns = swings([gap for _, gap in gaps], SWING)
    if len(turns) >= SWINGS:
        first = gaps[turns[0]][0]
        heights = [100 * gaps[turn][1] for turn in turns]
        numbers = {"low": min(heights), "high": max(heights), "times": float(len(turns))}
        return Finding("oscillation", "warning", first, "verdicts", first, view.step, remedy, numbers, "verdicts")
    looks = [one for one in view.looks if one["step"] > EARLY]
    places, tells = looks[-2 * LOOKS :], mean([abs(gap) for _, gap in each[-2 * WIDTH :]]) > UNDECIDED
    if len(places) == 2 * LOOKS and tells and hops(places) > HOP:
        numbers = {"moved": 100 * hops(places)}
        panel = "modes" if _kind(config) == "points" else "classes"
        return _at("oscillation", looks, max(0, len(looks) - 2 * LOOKS), panel, remedy, numbers, "places")
    return None


def _at(
    key: str, looks: Sequence[Look], begin: int, panel: str, remedy: dict[str, object], numbers: dict[str, float],
    evidence: str,
) -> Finding:  # fmt: skip
    """A failure that the evaluations from the one at ``begin`` on show."""
    first, last = looks[begin]["step"], looks[-1]["step"]
    return Finding(key, "warning", first, panel, first, last, remedy, numbers, evidence)


def _news(view: View, config: RunConfig) -> Finding:
    """The one thing to say when nothing is wrong: that it only begins, gets better, is balanced, or just goes on."""
    end = view.step
    losses = [view.series(name) for name in ("d_loss", "d_real", "d_fake")]
    if min(map(len, losses)) < 8 or end < 60:
        first = losses[0][0][0] if losses[0] else 0
        return Finding("continued" if first > 60 else "starting", "neutral", end, "", first, end)
    looks = view.looks[-LOOKS - 2 :]
    faults = [value for one in looks if (value := fault(one)) is not None]
    if len(faults) >= 3 and falling(faults, 0.9) and hops(looks) < HOP:
        begin = looks[0]["step"]
        numbers = {"now": told(looks[-1]), "before": told(looks[0])}
        panel = "quality" if _kind(config) == "images" else "modes"
        return Finding("improving", "good", begin, panel, begin, end, {}, numbers, _kind(config))
    real, fake = mean(view.values("d_real", ROWS)), mean(view.values("d_fake", ROWS))
    begin = view.series("d_real")[-ROWS:][0][0]
    numbers = {"real": 100 * real, "fake": 100 * fake}
    fair = config.train.loss in ("minimax", "non_saturating", "relativistic") and abs(real - fake) < 0.12
    if fair and end > 500 and not (faults and is_poor(looks[-1])):
        return Finding("balanced", "good", begin, "verdicts", begin, end, {}, numbers)
    return Finding("game", "neutral", begin, "verdicts", begin, end, {}, numbers)


def _kind(config: RunConfig) -> str:
    return "points" if config.model.arch == "points" else "images"


def _settings_for(config: RunConfig, loss: str) -> dict[str, object]:
    """What has to change so that ``loss`` learns this kind of data: what ``LOSS_SETTINGS`` says and is not so yet."""
    wanted = LOSS_SETTINGS[loss, _kind(config)]
    return {name: value for name, value in wanted.items() if getattr(config.train, name) != value}


def _steadier(config: RunConfig) -> dict[str, object]:
    """The relativistic loss with both penalties, which has what G lacks (Huang et al. 2024, R3GAN); or calmer rates."""
    if config.train.loss != "relativistic" or not (config.train.r1 and config.train.r2):
        return _settings_for(config, "relativistic")
    return {"g_lr": config.train.g_lr / 2, "d_lr": config.train.d_lr / 2}
