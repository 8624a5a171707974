"""Which generator to look at: a shipped model, an own run at any of its checkpoints, or uploaded weights."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import streamlit as st

from gan_demo import ownership, runs
from gan_demo.errors import GanDemoError, RunError
from gan_demo.runs import RunDir
from gan_demo.ui import session
from gan_demo.ui.exhibit import Exhibit
from gan_demo.ui.text import named, t
from gan_demo.ui.widgets import run_title, show_error
from gan_demo.uploads import Upload

UPLOADS = 3  # kept a session: their weights are in memory
TYPES = ["safetensors", "pt", "pth"]


def choose() -> Exhibit | None:
    """Draw the choice; the generator it leads to, or None where there is nothing to look at."""
    shipped, own = _with_checkpoints(runs.pretrained()), _with_checkpoints(ownership.own_runs(session.owner()))
    linked = _with_checkpoints(_linked())
    names = _names(shipped, own, linked)
    if not names:
        _nothing_yet()
        return None
    _follow_link(names)
    # on a phone, see explore.STYLE: the model beside the upload, the step below
    with st.container(key="explore-choice"):
        model, step, upload = st.columns([8, 9, 5], vertical_alignment="bottom", gap="medium")
    with upload:
        _upload()
    with model:
        chosen = _select(names)
    try:
        with step:
            return _exhibit(chosen, names, linked | shipped | own)
    except GanDemoError as error:  # deleted or damaged since it was listed
        show_error(error)
        return None
    finally:
        _notice()


def _nothing_yet() -> None:
    with st.container(border=True):
        st.subheader(t("explore.empty"))
        st.write(t("explore.empty_help"))
        with st.container(horizontal=True):
            if st.button(t("explore.empty_train"), key="explore.train", type="primary", icon=":material/play_arrow:"):
                session.put("wanted-preset", "digits")
                st.switch_page("train.py")
            with st.container(width=220):
                _upload()
    _notice()


def _upload() -> None:
    """A way in for weights from elsewhere."""
    with st.popover(t("explore.upload"), icon=":material/upload:", width="stretch"):
        st.file_uploader(t("explore.upload_label"), TYPES, key="explore.file", on_change=_take_upload)
        st.caption(t("explore.upload_help"))


def _notice() -> None:
    """Why the last upload was refused."""
    refused = session.get("explore.refused")
    if isinstance(refused, GanDemoError):
        show_error(refused)


def _take_upload() -> None:
    file = session.get("explore.file")
    session.put("explore.refused", None)
    if file is None:
        return
    from gan_demo import export  # torch comes with it

    data = file.getvalue()
    name = f"upload-{hashlib.sha256(data).hexdigest()[:12]}"
    try:
        loaded = export.load_weights(data, file.name)
    except GanDemoError as error:
        session.put("explore.refused", error)
        return
    kept = {**_uploads(), name: Upload(name, file.name, loaded, session.owner())}
    session.put("explore.uploads", dict(list(kept.items())[-UPLOADS:]))
    session.put("explore.run", name)


def _uploads() -> dict[str, Upload]:
    kept: dict[str, Upload] = session.get("explore.uploads", {})
    return kept


def _with_checkpoints(found: list[RunDir]) -> dict[str, RunDir]:
    return {run.id: run for run in found if run.info.checkpoints}


def _linked() -> list[RunDir]:
    """The run of the address, which may be someone else's: whoever has the link may look."""
    try:
        return [session.run(session.linked_run())] if session.linked_run() else []
    except RunError:
        return []  # ``_follow_link`` says so


def _names(shipped: Mapping[str, RunDir], own: Mapping[str, RunDir], linked: Mapping[str, RunDir]) -> dict[str, str]:
    """What to call each thing there is, in the order of the list."""
    names = {key: t("explore.uploaded", name=one.title) for key, one in _uploads().items()}
    names |= {key: t("explore.shipped", name=named("shipped", run.id)) for key, run in shipped.items()}
    for key, run in own.items():
        when = run.info.created[5:16].replace("T", " ")
        names[key] = t("explore.own", name=run_title(run, run.info.name), when=when)
    shared = {key: t("explore.shared", name=run_title(run, run.info.name)) for key, run in linked.items()}
    return names | {key: name for key, name in shared.items() if key not in names}


def _select(names: Mapping[str, str]) -> str:
    if session.get("explore.run") not in names:
        session.put("explore.run", next(iter(names)))
    chosen: str = st.selectbox(
        t("explore.model"), list(names), format_func=lambda key: names[key], key="explore.run", on_change=_link,
        persist_state="session",
    )  # fmt: skip
    return chosen


def _follow_link(names: Mapping[str, str]) -> None:
    """Each new link is followed once, so that one can choose something else afterwards; says if it leads nowhere."""
    wanted = (session.linked_run(), session.query("step"))
    if not wanted[0] or wanted == session.get("explore.linked"):
        return
    if wanted[0] in names:
        session.put("explore.linked", wanted)
        session.put("explore.run", wanted[0])
        session.pop(f"explore.step.{wanted[0]}")
        return
    try:
        session.run(wanted[0])
        st.info(t("explore.no_checkpoint"))
    except RunError as error:
        show_error(error)


def _link() -> None:
    chosen = session.get("explore.run", "")
    session.link_run("" if chosen in _uploads() else chosen)
    session.set_query("step", "")
    session.put("explore.linked", (session.linked_run(), ""))


def _exhibit(chosen: str, names: Mapping[str, str], found: Mapping[str, RunDir]) -> Exhibit:
    beside = tuple((names[key], run) for key, run in found.items())
    if chosen not in found:
        return _from_upload(_uploads()[chosen], beside)
    run = found[chosen]
    version, model, data = (str(run.path), session.changed(run)), run.config.model, run.config.data.name
    return Exhibit(chosen, version, names[chosen], _step(chosen, run.checkpoints), model, data, run, None, beside)


def _step(run_id: str, kept: list[int]) -> int:
    """One of the checkpoints: the last, or that of the address, or the one that was chosen."""
    if not kept:
        raise RunError("run", run_id, "has no checkpoint yet", "Let it train for a few seconds more")
    if len(kept) == 1:
        return kept[0]
    key = f"explore.step.{run_id}"
    if session.get(key) not in kept:
        asked = session.query("step")
        session.put(key, int(asked) if asked.isascii() and asked.isdigit() and int(asked) in kept else kept[-1])
    chosen: int = st.select_slider(
        t("explore.step"), kept, format_func="{:,}".format, key=key, help=t("explore.step_help"), on_change=_link_step,
        args=(run_id,), persist_state="session",
    )  # fmt: skip
    return chosen


def _link_step(run_id: str) -> None:
    step = str(session.get(f"explore.step.{run_id}", ""))
    session.link_run(run_id)
    session.set_query("step", step)
    session.put("explore.linked", (run_id, step))


def _from_upload(upload: Upload, beside: tuple[tuple[str, RunDir], ...]) -> Exhibit:
    st.caption(t("explore.recognised", what=named("explore.kind", upload.loaded.source)))
    return Exhibit(upload.id, upload.id, upload.title, None, upload.loaded.config, "", None, upload, beside)
