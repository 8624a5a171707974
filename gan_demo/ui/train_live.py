"""The Train page with a run: what it does, live; its controls; and what to do when it is over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from gan_demo.errors import GanDemoError
from gan_demo.jobs import Job, Status
from gan_demo.runs import RunDir
from gan_demo.ui import actions, advice, live_data, session, text, train_end, widgets
from gan_demo.ui.actions import State
from gan_demo.ui.text import t

TICK = 1.0  # seconds between two looks at a run in its first half minute, when every second shows something new
STEADY_TICK = 2.0  # after that
SLOW_TICK = 3.0  # at one that is paused or waits
FIRST = 30.0  # seconds of training
ADVICE = {"good": ":material/trending_up:", "neutral": ":material/visibility:", "warning": ":material/warning:"}


def show(run: RunDir) -> None:
    """Draw it; only the part in the fragment is drawn again while the run goes on."""
    now = actions.state(run)
    mine = actions.owns(run, session.owner())
    _header(run, now, mine)
    problem = session.pop("problem")
    if isinstance(problem, GanDemoError):
        widgets.show_error(problem)
    if not now.alive:
        session.pop("stopping")
        train_end.notice(run, now, mine)
    st.fragment(_live, run_every=_tick(now))(run.id, now.status, _tick(now))
    train_end.footer(run)


def _tick(now: State) -> float | None:
    if now.status is Status.RUNNING and now.job is not None:
        return TICK if getattr(now.job.snapshot.progress, "seconds", 0.0) < FIRST else STEADY_TICK
    return SLOW_TICK if now.alive else None


def _header(run: RunDir, now: State, mine: bool) -> None:
    words, buttons = st.columns([3, 2], vertical_alignment="bottom")
    with words:
        st.markdown(f"## {widgets.run_title(run, run.info.name)} {widgets.status_badge(now)}")
    with buttons.container(horizontal=True, horizontal_alignment="right", key="controls"):
        if now.alive and now.job is not None and mine:
            _controls(now)
        elif now.alive:
            st.markdown(f":gray[:material/visibility: {t('live.watching')}]", help=t("live.watching.help"))
        else:
            st.button(t("live.new"), icon=":material/add:", key="new-run", on_click=session.link_run, args=("",))


def _controls(now: State) -> None:
    assert now.job is not None
    job, stopping = now.job, session.get("stopping") == now.job.id
    if now.status is Status.RUNNING:
        _button("pause", ":material/pause:", actions.pause, job, disabled=stopping)
    elif now.status is Status.PAUSED:
        _button("resume", ":material/play_arrow:", actions.unpause, job, primary=True, disabled=stopping)
        _button("step", ":material/skip_next:", actions.step, job, disabled=stopping)
    _button("stopping" if stopping else "stop", ":material/stop:", _stop, job, disabled=stopping)


def _button(
    name: str, icon: str, act: Callable[[str, str], None], job: Job, *, primary: bool = False, disabled: bool = False
) -> None:
    words = t(f"live.{name}.help") if text.has(f"live.{name}.help") else None
    st.button(
        t(f"live.{name}"), icon=icon, key=f"control-{name}", on_click=_try, args=(act, job.id), disabled=disabled,
        type="primary" if primary else "secondary", help=words,
    )  # fmt: skip


def _try(act: Callable[[str, str], None], job_id: str) -> None:
    try:
        act(job_id, session.owner())
    except GanDemoError as error:  # such as: it ended while the button was on its way
        session.put("problem", error)


def _stop(job_id: str, owner: str) -> None:
    actions.stop(job_id, owner)
    session.put("stopping", job_id)


# ---- what is drawn again


def _live(run_id: str, status: Status | None, tick: float | None) -> None:
    try:
        run = session.run(run_id)
        now = actions.state(run)
    except GanDemoError:  # deleted in another tab
        st.rerun()
    if (now.status, _tick(now)) != (status, tick):
        st.rerun()
    progress = now.job.snapshot.progress if now.job is not None else None
    if now.status is Status.QUEUED and now.job is not None:
        _queue(now.job)
        return
    _progress(run, now, progress)
    columns = run.metrics()
    rows = len(columns.get("step", []))
    grids = session.shared(f"{run_id}:grids", (getattr(progress, "grid", None), rows), lambda: run.grids)
    is_points = run.config.model.arch == "points"
    left, right = st.columns([5, 4], gap="large")
    with left:
        widgets.film(run, grids, f"film-{run_id}", live=now.alive, most=480 if is_points else 760)
        _advice(run, columns)
    language = session.language()
    with right:
        panels = session.shared(f"{run_id}:main:{language}", rows, lambda: live_data.main_panels(columns, is_points))
        widgets.curves(panels, f"curves-{run_id}")
    _details(run, columns, rows, is_points)


def _queue(job: Job) -> None:
    ahead = actions.ahead_of(job)
    st.info(t("queue.place", n=job.snapshot.position), icon=":material/hourglass_top:")
    for one in ahead:
        progress = one.snapshot.progress
        left = getattr(progress, "seconds_left", None)
        name = text.named("preset", one.name) if one.owner == session.owner() else t("queue.someone")
        st.markdown(f"- {name}: " + (t("queue.left", time=widgets.duration(left)) if left else t("queue.unknown")))
    mine = [one for one in ahead if one.owner == session.owner() and one.snapshot.position == 0]
    if mine and job.owner == session.owner():
        st.button(
            t("queue.jump", name=text.named("preset", mine[0].name)), type="primary", key="queue-jump", on_click=_try,
            args=(actions.stop, mine[0].id),
        )  # fmt: skip


def _progress(run: RunDir, now: State, progress: Any) -> None:
    loading = getattr(progress, "loading", None)
    if now.alive and progress is None:
        st.progress(0.0, t("live.preparing"))
    elif now.alive and loading is not None:
        share = loading.done / max(1, loading.total)
        st.progress(min(1.0, share), t(f"loading.{loading.what}", **_amounts(loading.done, loading.total)))
    elif now.alive:
        st.progress(min(1.0, progress.step / max(1, progress.steps)), _pace(progress))
    else:
        info, steps = run.info, run.config.train.steps
        words = t("live.was", step=f"{info.step:,}", steps=f"{steps:,}", time=widgets.duration(info.seconds))
        st.progress(min(1.0, info.step / max(1, steps)), words)


def _amounts(done: int, total: int) -> dict[str, str]:
    if total > 1_000_000:
        return {"done": f"{done / 1e6:.0f}", "total": f"{total / 1e6:.0f}"}
    return {"done": f"{done:,}", "total": f"{total:,}"}


def _pace(progress: Any) -> str:
    left = progress.seconds_left
    return t(
        "live.pace", step=f"{progress.step:,}", steps=f"{progress.steps:,}", rate=f"{progress.images_per_second:,.0f}",
        time=widgets.duration(progress.seconds), left=widgets.duration(left) if left is not None else "…",
    )  # fmt: skip


def _advice(run: RunDir, columns: live_data.Columns) -> None:
    found = advice.advice(columns, run.config)
    with st.container(border=True, key="advice"):
        st.markdown(f"{ADVICE[found.kind]} **{t(f'advice.{found.key}.title')}** {t(f'advice.{found.key}')}")


def _details(run: RunDir, columns: live_data.Columns, rows: int, is_points: bool) -> None:
    box = st.expander(t("live.more"), key="more-curves", on_change="rerun")
    with box:
        if not box.open:
            return
        labels = run.config.model.labels
        classes = labels[0].values if len(labels) == 1 else ()
        language = session.language()
        panels = session.shared(
            f"{run.id}:more:{language}", rows, lambda: live_data.more_panels(columns, is_points, classes)
        )
        widgets.curves(panels, f"more-{run.id}", columns=2)
        spent = live_data.newest(columns, "eval_seconds")
        seconds = live_data.newest(columns, "seconds")
        if spent and seconds:
            st.caption(t("live.evaluation", share=f"{100 * spent / seconds:.1f}"))
