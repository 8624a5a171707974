"""Ranking of what weights leave open: the options with which a generator draws what it was trained to draw.

Three signs are tried, the strongest first:

1. Batch norms store mean and variance of what the layers before gave in training. Options with which they give the same
   are right: activation, strides, paddings, eps and place of norms, order of labels.
2. Where samples resemble digits or faces, the shipped classifiers measure the Fréchet distance to these.
3. Otherwise samples of a trained network differ in smooth shapes, which a wrong order of pixels breaks up.

Where none speaks, as for untrained weights, the habits of public code decide, which the defaults of choices follow.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Mapping, Sequence

from gan_demo.weights.choices import Choice, resolve
from gan_demo.weights.recognised import Loaded, Recognised
from gan_demo.weights.signs import Judge

Options = dict[str, str]
_BEFORE_NORMS = ("layout", "attention", "labels", "label_order", "label_norm", "first_activation", "norm_place")
_TOGETHER = ("activation", "norm_eps")  # one may make up for the other, so their values are tried in pairs
_PIXELS = ("shape", "pixel_order")
_STEPS: dict[str, list[tuple[str, ...]]] = {  # choices that a measure decides, together or one after another
    "norms": [*((name,) for name in _BEFORE_NORMS), _TOGETHER],
    "features": [_TOGETHER, *((name,) for name in (*_BEFORE_NORMS, *_PIXELS, "output", "value_range", "channels"))],
    "roughness": [(name,) for name in _PIXELS],
}
_TRUSTED = {"norms": 0.1, "features": 80.0, "roughness": 0.4}  # 100: a single grey image; roughness 1: noise
_HOPELESS = {"norms": 1.0, "features": 160.0, "roughness": 1.0}  # after the first choice: not a trained network
_NOTICEABLE = {"norms": 0.97, "features": 0.97, "roughness": 0.9}  # factor below which another value is likelier
_NOISE = {"norms": 0.002, "features": 0.0, "roughness": 0.0}  # by which the right value may be worse: dozens of samples
_PASSES = 2
_MOST_VALUES = 12  # of a choice that are tried, the likeliest by habit


def rank(recognised: Recognised) -> list[Options]:
    """Return options for a generator, the likeliest first, then those that differ from them in one choice."""
    judge = Judge(recognised)
    best = {choice.name: choice.default for choice in recognised.choices}
    if not recognised.choices or not judge.can_measure():
        return [best, *_alternatives(recognised, best)]
    decided: set[str] = set()
    trusted = ""
    for measure, steps in _STEPS.items():
        if trusted == "features":
            break
        open_steps = [step for step in steps if decided.isdisjoint(step) and not best.keys().isdisjoint(step)]
        if not open_steps:
            continue
        improved = _descended(judge, best, open_steps, measure)
        if judge.measure(measure, improved) < _TRUSTED[measure]:
            best, trusted = improved, measure
            decided.update(*steps)
    others = _alternatives(recognised, best)
    return [best, *(sorted(others, key=lambda options: judge.measure(trusted, options)) if trusted else others)]


def likeliest(recognised: Recognised, options: Mapping[str, str]) -> Loaded:
    """Return the generator with these options, and the likeliest values of the other choices.

    Raises ConfigError for unknown options, and DataError where four samples are not finite.
    """
    chosen = resolve(recognised.choices, options)
    choices = [
        Choice(choice.name, (chosen[choice.name],)) if choice.name in options else choice
        for choice in recognised.choices
    ]
    best = rank(recognised.with_choices(tuple(choices)))[0]
    assumed = tuple(choice.name for choice in recognised.choices if choice.name not in options)
    return dataclasses.replace(recognised.build(best), assumed=assumed)


def _descended(judge: Judge, start: Options, steps: Sequence[tuple[str, ...]], measure: str) -> Options:
    """Return options whose measure no other value of a choice improves noticeably; the start if it has no measure."""
    best = dict(start)
    if math.isinf(judge.measure(measure, best)):
        return best
    for _ in range(_PASSES):
        before = dict(best)
        for step in steps:
            best = _improved(judge, best, step, measure)
            if judge.measure(measure, best) > _HOPELESS[measure]:
                return dict(start)
        if best == before:
            break
    return best


def _improved(judge: Judge, best: Options, names: Sequence[str], measure: str) -> Options:
    """Return the options with the best values of some choices; among those about as good, the likelier by habit."""
    choices = [choice for choice in judge.recognised.choices if choice.name in names]
    combinations = itertools.product(*(choice.values[:_MOST_VALUES] for choice in choices))
    candidates = [best] + [
        best | {choice.name: value for choice, value in zip(choices, values, strict=True)} for values in combinations
    ]
    least = min(judge.measure(measure, options) for options in candidates)
    most = max(least / _NOTICEABLE[measure], least + _NOISE[measure])
    return next(options for options in candidates if judge.measure(measure, options) <= most)


def _alternatives(recognised: Recognised, best: Options) -> list[Options]:
    return [
        best | {choice.name: value}
        for choice in recognised.choices
        for value in choice.values
        if value != best[choice.name] and not _draws_the_same(choice.name, value, best)
    ]


def _draws_the_same(name: str, value: str, options: Options) -> bool:
    """Return whether a range of values is what the output gives anyway."""
    usual = "0_to_1" if options.get("output") == "sigmoid" else "-1_to_1"
    return name == "value_range" and options[name] == "of_output" and value == usual


def ranked(recognised: Recognised) -> Recognised:
    """Return a copy whose choices have their likeliest values first."""
    if all(len(choice.values) == 1 for choice in recognised.choices):
        return recognised
    options = rank(recognised)
    choices = [
        Choice(choice.name, tuple(dict.fromkeys([*(chosen[choice.name] for chosen in options), *choice.values])))
        for choice in recognised.choices
    ]
    return recognised.with_choices(tuple(choices))
