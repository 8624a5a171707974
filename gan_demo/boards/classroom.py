"""Data of the class mode's components: the strip of the live board, and the dialog with the class's link."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import segno

from gan_demo.boards import addresses, titles
from gan_demo.boards.setting_choices import loss_settings
from gan_demo.i18n.text import keys, t
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import app_state

QR_MARGIN = 4  # white modules around a QR code, ISO/IEC 18004
_SHARE_SENTENCES = ("qr", "type", "copy", "copied", "not_copied", "present")


def without_scheme(address: str) -> str:
    """Return an address as people type it, without "https://"."""
    return address.partition("://")[2]


# ---- the strip of the live board


def data(run: RunDir, owner: str, app_address: str) -> dict[str, Any]:
    """Return ``ClassroomData`` of classroom/types.d.ts: what the strip needs besides the stream of events.

    ``owner`` is the browser's token; ``app_address`` is where other devices reach the app, with a slash at its end.
    """
    return {
        "presenterKey": app_state.current().classes.presenter_key(run, owner),
        "title": titles.run_title(run),
        "join": f"{without_scheme(app_address)}{addresses.CLASS_ENTRANCE}/",
        "templates": poll_templates(run),
        "texts": {key.removeprefix("class.strip."): t(key) for key in keys("class.strip.")},
    }


def poll_templates(run: RunDir) -> list[dict[str, Any]]:
    """Return ready-made polls for a run, in the current language; the form opens with the first."""
    train = run.config.train
    other_loss = {"hinge": "relativistic", "relativistic": "hinge"}.get(train.loss, "relativistic")
    settings = {"loss": other_loss} | loss_settings(run.config, other_loss)
    if train.label_smoothing and other_loss == "relativistic":  # it has no labels to smooth
        settings["label_smoothing"] = 0
    return [
        _template("lr", {"up": {"lr": {"times": 2}}, "same": {}, "down": {"lr": {"times": 0.5}}}),
        _template("loss", {"same": {}, "other": settings}, loss=t(f"loss.{other_loss}")),
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
            {"text": t(f"{key}.{option}", **values), "settings": {**settings}} for option, settings in options.items()
        ],
    }


# ---- the dialog with the class's link


def share_data(run: RunDir, app_address: str, note: str) -> dict[str, Any]:
    """Return ``ShareData`` of classroom/types.d.ts: QR code, link and typed address of the class of a run.

    ``app_address`` is where other devices reach the app, with a slash at its end; ``note`` is a sentence about it.
    """
    code = app_state.current().classes.state(run.id).get("code", "")
    link = app_address + addresses.filled(addresses.CLASS, code=code)
    return {
        "svg": qr_svg(link),
        "link": link,
        "address": f"{without_scheme(app_address)}{addresses.CLASS_ENTRANCE}/",
        "code": code,
        "note": note,
        "presenter": addresses.filled(addresses.PRESENTER_PAGE, run_id=run.id),
        "texts": {name: t(f"class.share.{name}") for name in _SHARE_SENTENCES},
    }


def qr_svg(link: str) -> str:
    """Return a QR code as SVG, dark on white in every theme, because many readers need that."""
    file = io.BytesIO()
    code = segno.make_qr(link, error="m")
    code.save(file, kind="svg", border=QR_MARGIN, dark="#000", light="#fff", xmldecl=False, svgns=True, omitsize=True)
    return file.getvalue().decode()
