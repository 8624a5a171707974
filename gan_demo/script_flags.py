"""What of a training script a run needs: the flags that the conditions in ``script_parts`` name."""

from __future__ import annotations

from typing import Any

from gan_demo import datasets, sheets
from gan_demo.config import DataConfig, ModelConfig, RunConfig, TrainConfig
from gan_demo.script_history import History
from gan_demo.script_words import DATA_FILES, PAIRED

NORMALISED = ("dcgan", "dcgan64")  # networks with batch normalisation in G, and with DCGAN's first weights


def flags(past: History, config: RunConfig) -> dict[str, bool]:
    """Of a run with samples of a known shape."""
    return {
        **_data_flags(config.data, config.model),
        **_network_flags(config.model),
        **_update_flags(past.stretches, config.model),
        **_rate_flags(past),
    }


def embedded(data: DataConfig) -> bool:
    """Do its images come with gan_demo?"""
    return data.name in DATA_FILES


def _data_flags(data: DataConfig, model: ModelConfig) -> dict[str, bool]:
    known = datasets.source(data.name)
    images, own = known.kind == "images", known.name == "images"
    fields, values = len(model.labels), model.label_width
    return {
        "images": images,
        "points": not images,
        "embedded": embedded(data),
        "download": images and not known.embedded and not own,
        "folder": own,
        "limit": data.limit > 0,
        "flip": data.flip and images,
        "more_to_do": data.flip or fields > 0,
        "labels": fields > 0,
        "one_label": fields == 1,
        "many_fields": fields > 1,
        "column_is_class": fields == 1 and values <= sheets.FEW,
        "wrapped": fields == 1 and values > sheets.FEW,
    }


def _network_flags(model: ModelConfig) -> dict[str, bool]:
    return {
        "mapping": model.mapping > 0,
        "mlp": model.arch == "mlp",
        "resnet": model.arch == "resnet",
        "dcgan64": model.arch == "dcgan64",
        "linear": model.arch in ("dcgan", "resnet"),
        "normal": model.arch in NORMALISED,
    }


def _update_flags(stretches: list[TrainConfig], model: ModelConfig) -> dict[str, bool]:
    """How D sees real and fake samples: "together" in one pass, "apart", or now so, now so ("either")."""
    gp = [train.gp > 0 for train in stretches]
    r1, r2 = any(train.r1 for train in stretches), any(train.r2 for train in stretches)
    either = any(gp) and not all(gp)
    apart = all(gp) or model.arch == "dcgan64"
    ema = any(train.ema for train in stretches)
    return {
        "losses": len({train.loss for train in stretches}) > 1,
        "paired": any(train.loss in PAIRED for train in stretches),
        "smoothing": any(train.label_smoothing for train in stretches),
        "d_steps": any(train.d_steps > 1 for train in stretches),
        "r1": r1,
        "r2": r2,
        "r": r1 or r2,
        "gp": any(gp),
        "gp_always": all(gp),
        "gradients": r1 or r2 or any(gp),
        "lazy": (r1 or r2 or any(gp)) and any(train.penalty_every > 1 for train in stretches),
        "either": either and model.arch != "dcgan64",
        "apart": apart and not (either and model.arch != "dcgan64"),
        "together": not apart and not either,
        "gp_sometimes": either,
        "ema": ema,
        "toggle": model.arch in NORMALISED and not ema,
    }


def _rate_flags(past: History) -> dict[str, bool]:
    falls = {train.schedule for train in past.stretches}
    warmup = [train.warmup > 0 for train in past.stretches]
    kept, anew = renewals(past)
    scheduled = falls != {"constant"} or any(warmup)
    return {
        "scheduled": scheduled,
        "schedules": len(falls) > 1,
        "constant": falls == {"constant"},
        "falls": falls in ({"linear"}, {"cosine"}),
        "linear_fall": falls == {"linear"},
        "cosine_fall": falls == {"cosine"},
        "warmup": any(warmup),
        "warmup_zero": not all(warmup),
        "rates": scheduled or any({"g_lr", "d_lr"} & now.keys() for _, now in past.later),
        "changes": bool(changed(past)),
        "renewed": bool(kept),
        "anew": bool(anew),
    }


def changed(past: History) -> list[tuple[int, dict[str, Any]]]:
    """The changes that show in a script: only those of settings that it uses."""
    stretches = past.stretches
    unused = set() if any(train.schedule != "constant" for train in stretches) else {"steps"}
    if not any(train.r1 or train.r2 or train.gp for train in stretches):
        unused.add("penalty_every")
    told = [(step, {key: value for key, value in now.items() if key not in unused}) for step, now in past.later]
    return [(step, now) for step, now in told if now]


def renewals(past: History) -> tuple[list[int], list[int]]:
    """Steps at which the optimisers get other settings, and those at which others take their place."""
    kept: list[int] = []
    anew: list[int] = []
    for (step, now), was in zip(past.later, past.stretches, strict=False):
        kind, beta1 = now.get("optimizer", was.optimizer), now.get("beta1", was.beta1)
        toggled = (was.beta1 > 0) != (beta1 > 0) and kind != "adam"
        if kind != was.optimizer or toggled:
            anew.append(step)
        elif {"beta1", "beta2"} & now.keys():
            kept.append(step)
    return kept, anew
