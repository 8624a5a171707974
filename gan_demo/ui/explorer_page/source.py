"""The choice of the generator to explore: a shipped model, a run at any of its checkpoints, or uploaded weights."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import streamlit as st

from gan_demo.boards.titles import creation_time, run_title
from gan_demo.errors import GanDemoError, RunError
from gan_demo.i18n.text import named, t
from gan_demo.runs import library, ownership
from gan_demo.runs.run_dir import RunDir
from gan_demo.ui import session, widgets
from gan_demo.ui.explorer_page import hub_source, opened, weights_link
from gan_demo.ui.explorer_page.opened import OpenedWeights
from gan_demo.ui.explorer_page.subject import ExplorerSubject
from gan_demo.weights import limits

WEIGHT_TYPES = ["safetensors", "pt", "pth", "ckpt", "bin", "pkl", "pickle", "model", "weights", "onnx", "tar", "zip"]
FILE_TYPES = [*WEIGHT_TYPES, "h5", "keras"]  # the last are refused with a sentence of their own

# What opens of frameworks whose own files do not: the line of each, below a comment by its key.
_ONNX_EXPORTS = (
    ("explore.onnx_keras", 'generator.export("generator.onnx", format="onnx")'),
    ("explore.onnx_tensorflow", "python -m tf2onnx.convert --saved-model FOLDER --output generator.onnx"),
    (
        "explore.onnx_jax",
        'jax2onnx.to_onnx(generator, [("B", 128)], return_mode="file", output_path="generator.onnx")',
    ),
    (
        "explore.onnx_torch",
        'torch.onnx.export(generator.eval(), torch.zeros(1, 128), "generator.onnx", opset_version=17, dynamo=False)',
    ),
)


_REFUSED = "explore.refused-from"  # where the weights that were refused came from: "link", "file" or "hub"
_POPOVERS = "explore.popovers"  # how many popovers were closed


def choose() -> ExplorerSubject | None:
    """Draw the choice and return the chosen generator, or None if there is nothing to explore."""
    shipped, own = _with_checkpoints(library.pretrained()), _with_checkpoints(ownership.own_runs(session.owner()))
    linked = _with_checkpoints(_linked())
    names = _names(shipped, own, linked)
    wanted = weights_link.offer({weights.origin.address for weights in opened.all_opened().values()})
    wanted = wanted or hub_source.wanted_file()
    if wanted and not opened.show_address(wanted):
        hub_source.download(wanted, partial(_take, "link"), partial(_refuse, "link"))
    _show_refusal("link")
    if not names:
        _nothing_yet()
        return None
    _follow_link(names)
    # on a phone the model stands beside the upload and the step below, see explore.STYLE
    with st.container(key="explore-choice"):
        model, step, upload = st.columns([8, 9, 5], vertical_alignment="bottom", gap="medium")
    with upload:
        _upload()
    with model:
        chosen = _select(names)
    try:
        with step:
            return _subject(chosen, names, linked | shipped | own)
    except GanDemoError as error:  # the run was deleted or damaged since it was listed
        widgets.show_error(error)
        return None


def _nothing_yet() -> None:
    with st.container(border=True):
        st.header(t("explore.empty"))
        st.write(t("explore.empty_help"))
        with st.container(horizontal=True):
            if st.button(t("explore.empty_train"), key="explore.train", type="primary", icon=":material/play_arrow:"):
                session.put("wanted-preset", "digits")
                session.go_to("train.py")
            with st.container(width=220):
                _upload()


def _upload() -> None:
    """Draw the upload of weights from elsewhere."""
    key = f"explore-upload-{session.get(_POPOVERS, 0)}"  # a new key makes a closed popover
    with st.popover(t("explore.upload"), icon=":material/upload:", width="stretch", key=key):
        file = st.file_uploader(
            t("explore.upload_label"), FILE_TYPES, key="explore.file", max_upload_size=limits.max_megabytes()
        )
        _show_refusal("file")  # here, as the popover stays open and hides what is below it
        st.caption(t("explore.upload_help"))
        with st.expander(t("explore.onnx"), key="explore-onnx", on_change="rerun") as how:
            if how.open:
                st.caption(t("explore.onnx_help"))
                lines = (f"# {t(key)}\n{line}" for key, line in _ONNX_EXPORTS)
                st.code("\n".join(lines), language="python", wrap_lines=True)
        if file is None:
            if session.pop("explore.read", ""):
                _refuse("file", None)  # the refused file was taken away
        elif file.file_id != session.get("explore.read"):
            session.put("explore.read", file.file_id)
            with st.spinner(t("explore.reading")):
                _take("file", file.getvalue(), file.name)
            st.rerun()  # the list of generators stands above
        hub_source.draw(partial(_take, "hub"), partial(_refuse, "hub"))
        _show_refusal("hub")


def _take(source: str, data: bytes | Path, filename: str, address: str = "", files: tuple[str, ...] = ()) -> None:
    """Open weights, and close the popover if they open."""
    _refuse(source, None)
    opened.take(data, filename, address, files)
    if session.get("explore.refused") is None:
        session.put(_POPOVERS, session.get(_POPOVERS, 0) + 1)


def _refuse(source: str, error: GanDemoError | None) -> None:
    """Show beside a source of weights why its last ones were not opened."""
    session.put(_REFUSED, source)
    opened.refuse(error)


def _show_refusal(source: str) -> None:
    """Show why the last weights were refused, if they came from ``source``."""
    refusal = session.get("explore.refused")
    if isinstance(refusal, GanDemoError) and session.get(_REFUSED) == source:
        widgets.show_error(refusal)


def _with_checkpoints(candidates: list[RunDir]) -> dict[str, RunDir]:
    return {run.id: run for run in candidates if run.info.checkpoints}


def _linked() -> list[RunDir]:
    """Return the run of the address, which may be someone else's: anyone with the link may look at it."""
    try:
        return [session.run(session.linked_run())] if session.linked_run() else []
    except RunError:
        return []  # ``_follow_link`` shows the error


def _names(shipped: Mapping[str, RunDir], own: Mapping[str, RunDir], linked: Mapping[str, RunDir]) -> dict[str, str]:
    """Return the title of each upload and run, in the order of the list."""
    names = {key: _opened_name(weights) for key, weights in opened.all_opened().items()}
    names |= {key: t("explore.shipped", name=named("shipped", run.id)) for key, run in shipped.items()}
    for key, run in own.items():
        names[key] = t("explore.own", name=run_title(run), when=creation_time(run))
    shared = {key: t("explore.shared", name=run_title(run)) for key, run in linked.items()}
    return names | {key: name for key, name in shared.items() if key not in names}


def _opened_name(weights: OpenedWeights) -> str:
    return t("explore.from_hub" if weights.origin.address else "explore.uploaded", name=weights.upload.title)


def _select(names: Mapping[str, str]) -> str:
    if session.get("explore.run") not in names:
        session.put("explore.run", next(iter(names)))
    chosen: str = st.selectbox(
        t("explore.model"),
        list(names),
        format_func=lambda key: names[key],
        key="explore.run",
        on_change=_link,
        persist_state="session",
    )
    return chosen


def _follow_link(names: Mapping[str, str]) -> None:
    """Follow each new link once, so that another run can be chosen afterwards; show an error if it leads nowhere."""
    link = (session.linked_run(), session.query("step"))
    if not link[0] or link == session.get("explore.linked"):
        return
    if link[0] in names:
        session.put("explore.linked", link)
        session.put("explore.run", link[0])
        session.pop(f"explore.step.{link[0]}")
        return
    try:
        session.run(link[0])
        st.info(t("explore.no_checkpoint"))
    except RunError as error:
        widgets.show_error(error)


def _link() -> None:
    chosen = session.get("explore.run", "")
    session.link_run("" if chosen in opened.all_opened() else chosen)
    session.set_query("step", "")
    opened.update_address()
    session.put("explore.linked", (session.linked_run(), ""))


def _subject(chosen: str, names: Mapping[str, str], candidates: Mapping[str, RunDir]) -> ExplorerSubject:
    runs_on_offer = tuple((names[key], run) for key, run in candidates.items())
    if chosen not in candidates:
        return _from_upload(opened.all_opened()[chosen], runs_on_offer)
    run = candidates[chosen]
    version, model, data = (str(run.path), session.config_version(run)), run.config.model, run.config.data.name
    step = _step(run)
    return ExplorerSubject(chosen, version, names[chosen], step, model, data, run, None, runs_on_offer)


def _step(run: RunDir) -> int:
    """Draw the choice among the intact checkpoints and return the step: the chosen one, else ``_linked_step``."""
    newest, checkpoints = run.newest_checkpoint(), run.intact_checkpoints  # raises RunError if there is none
    key = f"explore.step.{run.id}"
    if len(checkpoints) > 1:
        if session.get(key) not in checkpoints:
            session.put(key, _linked_step(run, newest))
        st.select_slider(
            t("explore.step"),
            checkpoints,
            format_func="{:,}".format,
            key=key,
            help=t("explore.step_help"),
            on_change=_link_step,
            args=(run.id,),
            persist_state="session",
        )
    step = int(session.get(key)) if len(checkpoints) > 1 else newest
    widgets.damaged_checkpoints(run, step)
    return step


def _linked_step(run: RunDir, newest: int) -> int:
    """Return the step of the address, or the one before it if its checkpoint is damaged; else the newest."""
    linked = session.linked_step()
    if linked is None or linked not in run.checkpoints:
        return newest
    try:
        return run.newest_checkpoint(linked)
    except RunError:  # nothing intact before it
        return newest


def _link_step(run_id: str) -> None:
    step = str(session.get(f"explore.step.{run_id}", ""))
    session.link_run(run_id)
    session.set_query("step", step)
    session.put("explore.linked", (run_id, step))


def _from_upload(weights: OpenedWeights, runs_on_offer: tuple[tuple[str, RunDir], ...]) -> ExplorerSubject:
    upload = weights.upload
    return ExplorerSubject(
        upload.id, upload.id, upload.title, None, upload.loaded.config, "", None, upload, runs_on_offer
    )
