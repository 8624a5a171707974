"""The dialog in which own images are chosen, looked at, and trained on or given to a run that lacks them."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from gan_demo.data.images.names import ENCODINGS
from gan_demo.data.images.reading import ImageSet
from gan_demo.errors import GanDemoError
from gan_demo.i18n.text import t
from gan_demo.presets import own_images, time_budget
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import run_actions, run_files
from gan_demo.service.own_images import uploads
from gan_demo.service.own_images.checks import Check
from gan_demo.ui import attempts, beginning, session, widgets
from gan_demo.ui.own_images import choice, report

SIZES = (28, 32, 64)  # pixels a side
POLL_SECONDS = 0.1
MIN_OF_A_CLASS = 50  # images, from which the networks are told the classes by default
_OPEN = "own-images-open"  # value of the session: the id of a run that lacks its images, or NEW
NEW = "new"


def open_dialog(run_id: str = NEW) -> None:
    """Let the dialog be drawn from now on, until it is closed; for a button's callback."""
    session.put(_OPEN, run_id)


def show(run: RunDir | None = None) -> None:
    """Draw the dialog if it is open: to start a run, or to give ``run`` its images."""
    if session.get(_OPEN) == (run.id if run else NEW):
        title = t("own.title") if run is None else t("run_file.give")
        st.dialog(title, width="large", icon=":material/photo_library:", on_dismiss=_close)(_draw)(run)


def _close() -> None:
    session.pop(_OPEN)
    check: Check | None = session.get(choice.CHECK)
    if check is not None and not check.wait(0):
        _drop(check)


def _drop(check: Check) -> None:
    """Forget what was chosen."""
    check.stop()
    session.pop(choice.CHECK)
    check.wait(1.0)
    uploads.discard(check.path)


def _draw(run: RunDir | None) -> None:
    problem = session.pop(choice.PROBLEM)
    if isinstance(problem, GanDemoError):
        widgets.show_error(problem)
    check: Check | None = session.get(choice.CHECK)
    if run is None:
        beginning.note()
        if not beginning.fits_own_images():
            st.info(t("begin.labels"), icon=":material/label_off:")
            st.button(t("begin.forget"), key="begin-forget-images", on_click=beginning.forget)
            return
    size = (beginning.own_size() or choice.SIZE) if run is None else run.config.data.size or choice.SIZE
    if check is None:
        try:
            choice.draw(size)
        except GanDemoError as error:  # a host's setting that is no number
            widgets.show_error(error)
        return
    if not check.wait(0):
        container = st.empty()
        with container.container():
            st.button(t("own.stop"), key="stop-check", on_click=_drop, args=(check,))
            _wait(check)
        container.empty()
    _result(check, run)


def _wait(check: Check) -> None:
    """Show how far the check is until it is over. A click ends this run of the script and leaves the check to go on."""
    bar = st.progress(0.0, t("own.waits"))
    while not check.wait(POLL_SECONDS):
        done = check.progress
        shown = t("own.waits") if done.waits else t("own.reading", done=f"{done.done:,}", total=f"{done.total:,}")
        bar.progress(done.done / max(1, done.total), shown)


def _result(check: Check, run: RunDir | None) -> None:
    uploads.keep(check.path)
    try:
        images = check.usable_images()
    except GanDemoError as error:
        widgets.show_error(error)
        if check.images is not None:
            report.left_out(check.images)
        st.button(t("own.others"), key="other-images", type="primary", on_click=_drop, args=(check,))
        return
    report.draw(images, check.name, check.size)
    left, right = st.columns(2)
    with left:
        size = check.size if run is not None else beginning.own_size() or _size(check)
    with right:
        encoding = _encoding(check, images)
    if (size, encoding) != (check.size, check.encoding):
        session.put(choice.CHECK, Check(check.path, check.name, size, encoding, check.language))
        st.rerun()
    is_conditional = run is None and not beginning.current() and len(images.names) > 1 and _conditional(images)
    with st.container(horizontal=True):
        if st.button(t("images.start") if run is None else t("run_file.use"), type="primary", key="use-images"):
            _use(check, run, is_conditional)
        st.button(t("own.others"), key="other-images", on_click=_drop, args=(check,))


def _size(check: Check) -> int:
    chosen = st.segmented_control(
        t("setting.size"),
        SIZES,
        default=check.size,
        format_func=lambda n: t("form.pixels", n=n),
        required=True,
        key=f"own-size-{check.path.parent.name}",
    )
    return int(chosen or check.size)


def _encoding(check: Check, images: ImageSet) -> str:
    """Draw the choice of the names' encoding where the archive does not say it; return the chosen one."""
    if not images.encodings or images.encodings == ("utf-8",):
        return check.encoding
    likely = [*images.encodings, *(name for name in ENCODINGS if name not in images.encodings)]
    chosen = st.selectbox(
        t("own.encoding"),
        likely,
        index=likely.index(check.encoding or images.encodings[0]),
        format_func=lambda name: t(f"own.encoding.{name}"),
        help=t("own.encoding.help"),
        key=f"own-encoding-{check.path.parent.name}",
    )
    return str(chosen)


def _conditional(images: ImageSet) -> bool:
    counts = [int((images.classes == k).sum()) for k in range(len(images.names))]
    return st.toggle(t("own.told"), min(counts) >= MIN_OF_A_CLASS, help=t("own.told.help"), key="own-told")


def _use(check: Check, run: RunDir | None, is_conditional: bool) -> None:
    """Start a run on the images, or give them to ``run``."""
    if run is not None:
        try:
            run_files.give_images(run, check.path, check.encoding, session.owner())
        except GanDemoError as error:
            widgets.show_error(error)
            return
        session.pop(choice.CHECK)
        session.pop(_OPEN)
        st.rerun()
    config = own_images(str(check.path), check.size, len(check.usable_images().classes))
    config = replace(config, data=replace(config.data, encoding=check.encoding))
    config = replace(config, model=replace(config.model, conditional=is_conditional))
    config, begin = beginning.fitted(config), beginning.current()
    name = choice.title(check.name)

    def start() -> str:
        run_id = run_actions.start(config, name, session.owner(), time_budget("images"), begin)
        beginning.forget()
        session.pop(choice.CHECK)
        session.pop(_OPEN)
        return run_id

    attempts.go_to_run(start, t("setup.starting"))
