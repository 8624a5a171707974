"""What a run's rows say of its health: six ways in which training fails, each with its evidence and a remedy.

``findings`` is a pure function of the recorded columns, cheap enough for every look at a run: it reads the last rows
only. Every detector names its thresholds and where they come from. Where a paper gives a number it is the paper's; the
others lie between what the presets show that fail on purpose (``presets.FAILURES``) and what healthy ones show, and
``tests/test_diagnosis.py`` holds both to it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gan_demo.config import RunConfig
from gan_demo.presets import LOSS_SETTINGS
from gan_demo.signals import Look, View, falling, mean, median, moved, since, smooth, swings

KINDS = ("warning", "good", "neutral")
EARLY = 200  # steps before which nothing is a failure: both networks have only begun
ROWS = 30  # of the curves that must agree: 5 seconds and more of training
WIDTH = 10  # rows over which their noise is averaged out
LOOKS = 4  # evaluations that must agree
BROKEN = ("d_loss", "g_loss", "weights")  # what an error of a divergence names
HUGE, GROWN = 1e4, 100.0  # a loss beyond both this and so many times its median is on its way to no number
UNEVEN = 0.5  # divergence from uniform, of the greatest there is: samples on fewer than √M of M places
NARROW = 0.3  # diversity below which samples repeat
COPIED = 0.4  # novelty below which they are copies
CORRECT = 0.95  # D(x) above it and D(G(z)) below 1 - it: D makes next to no mistakes
FADED = 0.05  # G's gradients, of what they were
LOST = 6.0  # -log D(G(z)): one fake in 400 passes
UNDECIDED = 0.04  # |D(x) - D(G(z))| below which D cannot tell
SWING, SWINGS, SWUNG = 0.35, 8, 150  # of D(x) - D(G(z)): how far, how often in so many rows
HOP = 0.5  # share of the samples that is elsewhere at the next look
BAD_FCD = 40.0  # 100 is what one image, the average one, would read
BAD_SHARE = 0.1  # of points on a cluster: as many as there would be by chance


@dataclass(frozen=True)
class Finding:
    """``key`` names it and ``evidence`` the kind of proof where there are several; texts are found by both.

    It holds since ``step`` (no earlier than the rows that were looked at). The proof is in the chart ``panel`` from
    step ``begin`` to ``end``, and ``numbers`` are what a sentence about it says. ``remedy`` is settings to change, as
    ``RunConfig.with_settings`` takes them; empty where nothing needs to.
    """

    key: str
    kind: str  # one of KINDS
    step: int
    panel: str
    begin: int
    end: int
    remedy: dict[str, object] = field(default_factory=dict)
    numbers: dict[str, float] = field(default_factory=dict)
    evidence: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON types; the stretch is ``from`` and ``to``."""
        return {
            "key": self.key, "kind": self.kind, "step": self.step, "panel": self.panel, "from": self.begin,
            "to": self.end, "remedy": self.remedy, "numbers": self.numbers, "evidence": self.evidence,
        }  # fmt: skip


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


# ---- failures


def _nan(view: View, config: RunConfig, error: str) -> Finding | None:
    """A loss or a weight that is no number any more (the trainer stops there), or a loss on its way.

    On its way is beyond 10,000 and a hundred times its median: networks that learn stay below some hundreds, with
    Wasserstein's unbounded losses too.
    """
    losses = {name: view.series(name) for name in ("d_loss", "g_loss")}
    newest = {name: max((abs(value) for _, value in one[-3:]), default=0.0) for name, one in losses.items()}
    worst = max(newest, key=lambda name: newest[name])
    usual = median([abs(value) for _, value in losses[worst]])
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
      twelve looks: a G that has only begun draws the same for every z.
    """
    looks = [one for one in view.looks if one["step"] > EARLY]
    if _hop(looks[-LOOKS:]) > HOP:
        return None
    uneven = [_unevenness(one, config) if one.get("high_quality", 1.0) > BAD_SHARE else None for one in looks]
    begin = since(uneven, lambda value: value > UNEVEN, LOOKS)
    if begin is not None and not falling([value or 0.0 for value in uneven[begin:]], 0.8):
        shares = looks[-1]["histogram"]
        covered = sum(share > 0.5 / len(shares) for share in shares)
        numbers = {"covered": float(covered), "total": float(len(shares)), "share": max(shares)}
        panel = "modes" if _kind(config) == "points" else "classes"
        return _at("collapse", looks, begin, panel, _steadier(config), numbers, "modes")
    varied: list[float | None] = [one.get("diversity") for one in looks]
    begin = since(varied, lambda value: value < NARROW, LOOKS)
    fell = max((value for value in varied if value is not None), default=0.0) > 2 * NARROW
    stays = begin is not None and not falling([1 / max(value or 0.0, 1e-3) for value in varied[begin:]], 0.8)
    if begin is not None and stays and (fell or len(looks) - begin >= 3 * LOOKS):
        return _at("collapse", looks, begin, "variety", _steadier(config), {"diversity": varied[-1] or 0.0}, "variety")
    return None


def _memorise(view: View, config: RunConfig) -> Finding | None:
    """Samples are copies: at two looks in a row less than 0.4 as far from the training images as these are from each
    other (``metrics.novelty``), and varied, which a collapse onto one well-drawn image is not.
    """
    near: list[float | None] = [
        one.get("novelty") if one.get("diversity", 0.0) > NARROW else None for one in view.looks
    ]
    begin = since(near, lambda value: value < COPIED, 2)
    if begin is None:
        return None
    remedy: dict[str, object] = {"limit": 0} if config.data.limit else {"flip": True, "r1": max(0.1, config.train.r1)}
    numbers = {"novelty": near[-1] or 0.0, "images": float(config.data.limit)}
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
    bad = _bad(view, config)
    if not ((saturates and faded < FADED) or bad or (rising and not view.looks)):
        return None
    evidence = "gradients" if saturates and faded < FADED else "quality" if bad else "loss"
    numbers = {"right": correct[-1], "gradient": gradients[-1], "peak": max(gradients), "loss": losses[-1]}
    remedy = _settings_for(config, "non_saturating" if saturates else config.train.loss)
    remedy |= {"r1": 0.1} if config.train.r1 < 0.1 and "gp" not in remedy else {}
    first = real[begin + WIDTH - 1][0]
    panel = "gradients" if evidence == "gradients" else "verdicts"
    return Finding("d_wins", "warning", first, panel, first, view.step, remedy, numbers, evidence)


def _weak_d(view: View, config: RunConfig) -> Finding | None:
    """D gives real and fake the same verdict, within 0.04, while the samples are bad and do not get better.

    Equal verdicts alone are the game's solution (Goodfellow et al. 2014); with bad samples they mean that D cannot see
    what everybody else does, and G runs wherever D last looked.
    """
    pairs = zip(view.series("d_real"), view.series("d_fake"), strict=False)
    gaps = smooth([real - fake for (_, real), (_, fake) in pairs], WIDTH)
    begin = since(gaps, lambda value: abs(value) < UNDECIDED, ROWS)
    if begin is None or view.step < EARLY or not _bad(view, config):
        return None
    train, usual = config.train, LOSS_SETTINGS[config.train.loss, _kind(config)]
    remedy: dict[str, object] = {}
    if train.d_lr < max(train.g_lr, 0.5 * float(str(usual["d_lr"]))):
        remedy["d_lr"] = max(train.g_lr, float(str(usual["d_lr"])))
    if config.model.d_width < config.model.width:
        remedy["d_width"] = config.model.width
    remedy |= {"r1": usual["r1"]} if not (train.r1 or train.gp) and usual["r1"] else {}
    remedy = remedy or {"d_steps": train.d_steps + 1}
    numbers = {"real": mean(view.values("d_real", WIDTH)), "fake": mean(view.values("d_fake", WIDTH))}
    first = view.series("d_real")[begin + WIDTH - 1][0]
    return Finding("weak_d", "warning", first, "verdicts", first, view.step, remedy, numbers)


def _oscillation(view: View, config: RunConfig) -> Finding | None:
    """G and D chase each other instead of settling (Mescheder et al. 2018 show why):

    * D(x) - D(G(z)) swings by 0.35 and more, up and down eight times in the last 150 rows, the size not fading;
    * or, with a D that can tell, half of the samples are elsewhere at each look.
    """
    if view.step < EARLY:
        return None
    remedy = _steadier(config)
    pairs = zip(view.series("d_real"), view.series("d_fake"), strict=False)
    gaps = smooth([real - fake for (_, real), (_, fake) in pairs], 3)
    turns = swings(gaps, SWING)
    recent = [turn for turn in turns if turn >= len(gaps) - SWUNG]
    if len(recent) >= SWINGS:
        first = view.series("d_real")[recent[0]][0]
        heights = [gaps[turn] for turn in recent]
        numbers = {"low": min(heights), "high": max(heights), "times": float(len(recent))}
        return Finding("oscillation", "warning", first, "verdicts", first, view.step, remedy, numbers, "verdicts")
    looks = view.looks
    if _hops(looks) and abs(mean(gaps[-ROWS:])) >= UNDECIDED:
        numbers = {"moved": _hop(looks)}
        panel = "modes" if _kind(config) == "points" else "classes"
        return _at("oscillation", looks, max(0, len(looks) - 2 * LOOKS), panel, remedy, numbers, "places")
    return None


# ---- no failure


def _news(view: View, config: RunConfig) -> Finding:
    """The one thing to say when nothing is wrong: that it only begins, gets better, is balanced, or just goes on."""
    end = view.step
    if len(view.series("d_loss")) < 8 or end < 60:
        return Finding("starting", "neutral", end, "", 0, end)
    looks = view.looks[-LOOKS - 2 :]
    faults = [value for one in looks if (value := _fault(one, config)) is not None]
    if len(faults) >= 3 and falling(faults, 0.9) and not _hops(looks):
        begin = looks[0]["step"]
        numbers = {"now": _told(looks[-1]), "before": _told(looks[0])}
        panel = "quality" if _kind(config) == "images" else "modes"
        return Finding("improving", "good", begin, panel, begin, end, {}, numbers, _kind(config))
    real, fake = mean(view.values("d_real", ROWS)), mean(view.values("d_fake", ROWS))
    begin = view.series("d_real")[-ROWS:][0][0]
    numbers = {"real": real, "fake": fake}
    fair = config.train.loss in ("minimax", "non_saturating", "relativistic") and abs(real - fake) < 0.12
    if fair and end > 500 and not (faults and _poor(looks[-1], config)):
        return Finding("balanced", "good", begin, "verdicts", begin, end, {}, numbers)
    return Finding("game", "neutral", begin, "verdicts", begin, end, {}, numbers)


# ---- what the evaluations say


def _kind(config: RunConfig) -> str:
    return "points" if config.model.arch == "points" else "images"


def _unevenness(look: Look, config: RunConfig) -> float | None:
    """Divergence of where samples go from uniform, over the greatest there is, 0 to 1; None where nobody can tell."""
    shares = look.get("histogram")
    if not isinstance(shares, list) or len(shares) < 2 or sum(shares) > 1.5:  # above: one histogram each of many fields
        return None
    if _kind(config) == "images" and look.get("confident", 0.0) < 0.5:
        return None
    entropy = -sum(float(share) * math.log(share) for share in shares if share > 0)
    return max(0.0, 1 - entropy / math.log(len(shares)))


def _fault(look: Look, config: RunConfig) -> float | None:
    """How bad samples are, 0 at best: FCD; or points off the clusters and their uneven spread, up to 2."""
    if "high_quality" in look:
        return 1 - float(look["high_quality"]) + (_unevenness(look, config) or 0.0)
    return float(look["fcd"]) if "fcd" in look else None


def _told(look: Look) -> float:
    """The number that says it best."""
    return float(look["fcd"] if "fcd" in look else look["high_quality"])


def _poor(look: Look, config: RunConfig) -> bool:
    if _kind(config) == "images":
        return bool(look.get("fcd", 0.0) > BAD_FCD)
    return bool(look.get("high_quality", 1.0) < BAD_SHARE or (_unevenness(look, config) or 0.0) > UNEVEN)


def _bad(view: View, config: RunConfig) -> bool:
    """Are the samples bad, and have they stopped getting better?"""
    looks = view.looks[-2 * LOOKS :]
    faults = [value for one in looks if (value := _fault(one, config)) is not None]
    return len(faults) >= LOOKS and _poor(looks[-1], config) and not falling(faults, 0.95)


def _hop(looks: Sequence[Look]) -> float:
    """Mean share of the samples that changed place between neighbouring ones of the last eight looks."""
    shares = [one["histogram"] for one in looks[-2 * LOOKS :] if "histogram" in one]
    total = sum(shares[-1]) if shares else 1.0
    return mean([moved(a, b) / total for a, b in itertools.pairwise(shares)]) if len(shares) > 1 else 0.0


def _hops(looks: Sequence[Look]) -> bool:
    return len(looks) >= LOOKS + 2 and _hop(looks) > HOP


def _at(
    key: str, looks: Sequence[Look], begin: int, panel: str, remedy: dict[str, object], numbers: dict[str, float],
    evidence: str,
) -> Finding:  # fmt: skip
    """A failure that the evaluations from the one at ``begin`` on show."""
    first, last = looks[begin]["step"], looks[-1]["step"]
    return Finding(key, "warning", first, panel, first, last, remedy, numbers, evidence)


# ---- remedies


def _settings_for(config: RunConfig, loss: str) -> dict[str, object]:
    """What has to change so that ``loss`` learns this kind of data: what ``LOSS_SETTINGS`` says and is not so yet."""
    wanted = LOSS_SETTINGS[loss, _kind(config)]
    return {name: value for name, value in wanted.items() if getattr(config.train, name) != value}


def _steadier(config: RunConfig) -> dict[str, object]:
    """The relativistic loss with both penalties, which has what G lacks (Huang et al. 2024, R3GAN); or calmer rates."""
    if config.train.loss != "relativistic" or not (config.train.r1 and config.train.r2):
        return _settings_for(config, "relativistic")
    return {"g_lr": config.train.g_lr / 2, "d_lr": config.train.d_lr / 2}
