"""Data of the classroom component."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gan_demo.boards import titles
from gan_demo.boards.settings import loss_settings
from gan_demo.classroom import classes
from gan_demo.i18n.text import keys, t
from gan_demo.runs import ownership
from gan_demo.runs.run_dir import RunDir


def typed(address: str) -> str:
    """Return an address as people type it: without its scheme."""
    return address.partition("://")[2]


def data(run: RunDir, owner: str, app_address: str) -> dict[str, Any]:
    """Return ``data.classroom`` of frontend/live_board/classroom.mjs: what the strip needs besides the stream.

    ``owner`` is the browser's token; ``app_address`` is where other devices reach the app, with a slash at its end.
    """
    return {
        "presenterKey": classes.presenter_key(run.id, owner) if ownership.owns(run, owner) else None,
        "title": titles.run_title(run, run.info.name),
        "join": typed(app_address) + "c/",
        "templates": _templates(run),
        "texts": {key.removeprefix("class.strip."): t(key) for key in keys("class.strip.")},
    }


def _templates(run: RunDir) -> list[dict[str, Any]]:
    """Votes that fit the run, in words; the first is what the form opens with."""
    train = run.config.train
    other = {"hinge": "relativistic", "relativistic": "hinge"}.get(train.loss, "relativistic")
    needed = {"loss": other} | loss_settings(run.config, other)
    if train.label_smoothing and other == "relativistic":  # that loss takes none
        needed["label_smoothing"] = 0
    return [
        _template("lr", {"up": {"lr": {"times": 2}}, "same": {}, "down": {"lr": {"times": 0.5}}}),
        _template("loss", {"same": {}, "other": needed}, loss=t(f"loss.{other}")),
        _template("d_steps", {f"n{n}": {"d_steps": n} for n in (1, 2, 5)}),
        _template("guess", {"better": {}, "same": {}, "worse": {}}),
        _template("own", {"first": {}, "second": {}}),
    ]


def _template(name: str, options: Mapping[str, Mapping[str, Any]], **values: str) -> dict[str, Any]:
    key = f"class.vote.{name}"
    return {
        "name": t(key),
        "question": t(f"{key}.question"),
        "options": [
            {"text": t(f"{key}.{one}", **values), "settings": {**settings}} for one, settings in options.items()
        ],
    }
