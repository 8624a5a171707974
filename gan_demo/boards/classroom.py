"""Data of the class mode's components: the strip above the pages, and the dialog with the class's link."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import segno

from gan_demo.boards import addresses, titles
from gan_demo.boards.setting_choices import loss_settings
from gan_demo.classroom.page_location import PageLocation
from gan_demo.classroom.polls import Texts
from gan_demo.i18n import text
from gan_demo.i18n.text import keys, t
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import app_state

QR_MARGIN = 4  # white modules around a QR code, ISO/IEC 18004
_SHARE_SENTENCES = ("qr", "type", "copy", "copied", "not_copied", "present")


@dataclass(frozen=True)
class Visit:
    """A page as a visitor sees it."""

    owner: str  # the browser's token
    address: str  # the browser's IP address
    app_address: str  # where other devices reach the app, with a slash at its end
    ticket: str = ""  # of the visitor's class, which they teach or attend
    location: PageLocation | None = None  # what the page shows, if a class can be shown it


def without_scheme(address: str) -> str:
    """Return an address as people type it, without "https://"."""
    return address.partition("://")[2]


# ---- the strip


def data(visit: Visit, run: RunDir | None) -> dict[str, Any]:
    """Return ``ClassroomData`` of classroom/types.d.ts: what the strip needs besides the class's state.

    ``run`` is the one that the page shows, if it shows one.
    """
    classes, ticket = app_state.current().classes, visit.ticket
    return {
        "ticket": ticket,
        "presenterKey": classes.presenter_key(ticket, visit.owner),
        "voter": classes.voter_token(ticket, visit.owner, visit.address),
        "place": visit.location.to_dict() if visit.location is not None else None,
        "title": titles.run_title(run) if run is not None else "",
        "join": f"{without_scheme(visit.app_address)}{addresses.CLASS_ENTRANCE}/",
        "templates": poll_templates(run),
        "language": text.language(),
        "texts": {key.removeprefix("class.strip."): t(key) for key in keys("class.strip.")},
    }


def poll_templates(run: RunDir | None) -> list[dict[str, Any]]:
    """Return ready-made polls for a run, in the current language; the form opens with the first.

    Without a run there is nothing to change or predict.
    """
    own = _template("own", {"first": {}, "second": {}})
    if run is None:
        return [own]
    train = run.config.train
    other_loss = {"hinge": "relativistic", "relativistic": "hinge"}.get(train.loss, "relativistic")
    settings = {"loss": other_loss} | loss_settings(run.config, other_loss)
    if train.label_smoothing and other_loss == "relativistic":  # it has no labels to smooth
        settings["label_smoothing"] = 0
    return [
        _template("lr", {"up": {"lr": {"times": 2}}, "same": {}, "down": {"lr": {"times": 0.5}}}),
        _template("loss", {"same": {}, "other": settings}, loss=f"loss.{other_loss}"),
        _template("d_steps", {f"n{n}": {"d_steps": n} for n in (1, 2, 5)}),
        _template("guess", {"better": {}, "same": {}, "worse": {}}),
        own,
    ]


def poll_texts(run: RunDir | None, question: str, options: Sequence[str]) -> dict[str, Texts]:
    """Return a ready-made poll's texts in all languages by those of one; {} if the teacher wrote or edited it."""
    by_language: dict[str, list[Texts]] = {}
    for language in text.LANGUAGES:
        with text.use_language(language):
            by_language[language] = [
                Texts(template["question"], [option["text"] for option in template["options"]])
                for template in poll_templates(run)
            ]
    texts = Texts(question, list(options))
    for ready_made in by_language.values():
        if texts in ready_made:
            index = ready_made.index(texts)
            return {language: polls[index] for language, polls in by_language.items()}
    return {}


def _template(name: str, options: Mapping[str, Mapping[str, Any]], **sentences: str) -> dict[str, Any]:
    key, values = f"class.vote.{name}", {name: t(sentence) for name, sentence in sentences.items()}
    return {
        "name": t(key),
        "question": t(f"{key}.question"),
        "options": [
            {"text": t(f"{key}.{option}", **values), "settings": {**settings}} for option, settings in options.items()
        ],
    }


# ---- the dialog with the class's link


def share_data(ticket: str, app_address: str, note: str, presenter: str) -> dict[str, Any]:
    """Return ``ShareData`` of classroom/types.d.ts: QR code, link and typed address of a class.

    ``app_address`` is where other devices reach the app, with a slash at its end; ``note`` is a sentence about it;
    ``presenter`` is the address of the page's presenter view, or "".
    """
    link = app_address + addresses.filled(addresses.CLASS, code=ticket)
    return {
        "svg": qr_svg(link),
        "link": link,
        "address": f"{without_scheme(app_address)}{addresses.CLASS_ENTRANCE}/",
        "code": app_state.current().classes.state(ticket).get("code", ""),
        "note": note,
        "presenter": presenter,
        "texts": {name: t(f"class.share.{name}") for name in _SHARE_SENTENCES},
    }


def qr_svg(link: str) -> str:
    """Return a QR code as SVG, dark on white in every theme, because many readers need that."""
    file = io.BytesIO()
    code = segno.make_qr(link, error="m")
    code.save(file, kind="svg", border=QR_MARGIN, dark="#000", light="#fff", xmldecl=False, svgns=True, omitsize=True)
    return file.getvalue().decode()
