"""What an owner does to a run while it trains, and how anyone forks it: live settings, single updates, the fork dialog.

The page calls ``live_controls`` among its buttons and ``fork_dialog`` where the board asked for one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from gan_demo.boards.settings import GAME, loss_settings
from gan_demo.config import LOSS_NAMES, SCHEDULES, RunConfig
from gan_demo.errors import GanDemoError
from gan_demo.i18n import text
from gan_demo.i18n.text import t
from gan_demo.runs import setting_changes
from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.status import Status
from gan_demo.service import run_actions, run_control
from gan_demo.service.run_state import State
from gan_demo.ui import session, settings_form, widgets

RATES = ("g_lr", "d_lr")
SMOOTHED = ("minimax", "non_saturating")  # the losses that label smoothing fits
SMOOTHING = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4)
DIGITS = (1, 1.5, 2, 3, 5, 7)  # of the values that a logarithmic slider offers
DECADES = 2  # each way from where it began
SINGLE = {"both": ":material/skip_next:", "d": ":material/search:", "g": ":material/brush:"}
# at the foot of the window, so that the samples and the curves stay in sight while one changes what they come from
DOCKED = """<style>
[data-testid="stPopoverBody"]:has(.st-key-live-settings) {
  inset: auto 0 0 !important; transform: none !important; box-sizing: border-box; margin: 0 auto; width: 100%;
  max-width: 1280px !important; max-height: 44vh !important; border-radius: 12px 12px 0 0; padding-bottom: .75rem;
}
.st-key-live-settings [data-testid="stColumn"] { min-width: 11rem; }
</style>"""


def live_controls(run: RunDir, now: State) -> None:
    """For the owner of a run that is alive: its settings to change at once, with an undo; single updates while paused.

    Draws a popover, and beside it three buttons while the run is paused; nothing for a run that waits or is over. An
    error goes to ``session.put("problem", error)``, which the page shows.
    """
    if now.job is None or now.status not in (Status.RUNNING, Status.PAUSED):
        return
    if now.status is Status.PAUSED:
        for what, icon in SINGLE.items():
            st.button(
                t(f"control.{what}"),
                icon=icon,
                key="control-step" if what == "both" else f"control-{what}",
                help=t(f"control.{what}.help"),
                on_click=_try,
                args=(run_control.step, now.job.id),
                kwargs={"what": what},
            )
    with st.popover(t("control.change"), icon=":material/tune:", key="control-change"):
        _live_settings(run)


def _live_settings(run: RunDir) -> None:
    st.html(DOCKED)
    config, noted = run_control.settings_now(run), run.changes()
    names = live_names(config)
    with st.container(key="live-settings"):
        columns = st.columns(len(names), vertical_alignment="bottom", gap="medium")
    for column, name in zip(columns, names, strict=True):
        with column:
            _live_setting(run.id, name, getattr(config.train, name), _began(noted, config, name))
    note = t("control.change.note")
    st.caption(note if config.train.schedule == "constant" else f"{note} {t('control.schedule')}")
    last = setting_changes.to_undo(noted)
    if last is not None:
        st.button(
            t("control.undo"),
            icon=":material/undo:",
            key="control-undo",
            help=_told(last),
            on_click=_try,
            args=(lambda run_id, owner: run_control.undo_change(session.run(run_id), owner), run.id),
        )


def live_names(config: RunConfig) -> list[str]:
    """The live settings that mean something for a run's loss, or that it uses anyway."""
    train = config.train
    fits = {
        "gp": train.loss == "wasserstein",
        "r1": train.loss != "wasserstein",
        "r2": train.loss == "relativistic",
        "label_smoothing": train.loss in SMOOTHED,
    }
    return [name for name in setting_changes.LIVE if fits.get(name, True) or getattr(train, name) > 0]


def _live_setting(run_id: str, name: str, present: Any, began: Any) -> None:
    """One widget, which shows what is in effect, whoever changed it."""
    key = f"live-{name}-{run_id}"
    session.put(key, present)  # each time: a popover that was closed shows its widgets first when it is opened
    common: dict[str, Any] = {
        "key": key,
        "help": t(f"setting.{name}.help"),
        "on_change": _changed,
        "args": (run_id, name, key),
    }
    label = t(f"setting.{name}")
    if name == "d_steps":
        st.number_input(label, min_value=1, max_value=100, step=1, **common)
        return
    offered = sorted({*SMOOTHING, present}) if name == "label_smoothing" else choices(present, began, name not in RATES)
    st.select_slider(label, offered, format_func=_number, **common)


def choices(present: float, began: float, with_zero: bool) -> list[float]:
    """Values on a logarithmic scale around where a setting ``began``, ``present`` among them; perhaps 0, for off."""
    middle = began or present or 0.1
    exponents = range(-8, 5)
    every = (float(f"{digit}e{exponent}") for exponent in exponents for digit in DIGITS)
    highest = 10_000.0 if with_zero else 10.0
    near = {one for one in every if middle / 10**DECADES <= one <= min(highest, middle * 10**DECADES)}
    return sorted(near | {present} | ({0.0} if with_zero else set()))


def _began(noted: list[setting_changes.Change], config: RunConfig, name: str) -> Any:
    """What a setting was before it was first changed live, so that its scale stays where it is."""
    return next((one["was"][name] for one in noted if name in one["was"]), getattr(config.train, name))


def _changed(run_id: str, name: str, key: str) -> None:
    value = session.get(key)
    _try(lambda run_id, owner: run_control.change(session.run(run_id), {name: value}, owner), run_id)


def _try(act: Callable[..., None], run_id: str, **named: Any) -> None:
    try:
        act(run_id, session.owner(), **named)
    except GanDemoError as error:  # such as: it ended while the button was on its way
        session.put("problem", error)


def _told(change: Mapping[str, Any]) -> str:
    """A change in words."""
    return "\n\n".join(
        t(
            "control.undo.what",
            setting=text.named("setting", name),
            was=_number(was),
            now=_number(change["now"][name]),
            step=f"{change['step']:,}",
        )
        for name, was in change["was"].items()
    )


def _number(value: float) -> str:
    return f"{value:g}"


def fork_dialog(
    run: RunDir, step: int, settings: Mapping[str, object] | None = None, on_dismiss: Callable[[], None] = lambda: None
) -> None:
    """A dialog that starts a fork of ``run`` at ``step``, or the nearest step that is kept, and opens it.

    Its fields begin as the run's settings at that step, with ``settings`` (training settings by name) in their place.
    ``on_dismiss`` is called when it is closed without a fork.
    """
    dialog = st.dialog(t("fork.title"), width="medium", icon=":material/fork_right:", on_dismiss=on_dismiss)
    dialog(_fork)(run.id, step, dict(settings or {}))


def _fork(run_id: str, wanted: int, settings: dict[str, object]) -> None:
    run = session.run(run_id)
    kept = run.states
    if not kept:
        st.info(t("fork.none"), icon=":material/info:")
        return
    nearest = min(kept, key=lambda one: abs(one - wanted))
    step = nearest
    if len(kept) > 1:
        step = st.select_slider(
            t("fork.at"), kept, value=nearest, format_func=lambda one: f"{one:,}", key=f"fork-{run_id}-{wanted}-at"
        )
    if step == nearest != wanted:
        st.caption(t("fork.nearest", wanted=f"{wanted:,}", step=f"{nearest:,}"))
    st.markdown(t("fork.lead", step=f"{step:,}"))
    config = run.config_at(step)
    asked = _fork_settings(config, step, settings, f"fork-{run_id}-{step}")
    if st.button(t("fork.start"), type="primary", icon=":material/fork_right:", key="fork-start"):
        _start_fork(run, step, {name: value for name, value in asked.items() if value != getattr(config.train, name)})


def _start_fork(run: RunDir, step: int, settings: dict[str, Any]) -> None:
    try:
        with st.spinner(t("setup.starting")):
            new = run_actions.fork(run, step, settings, session.owner())
    except GanDemoError as error:
        widgets.show_error(error)
        return
    session.link_run(new)
    st.rerun()


def _fork_settings(config: RunConfig, step: int, settings: Mapping[str, Any], key: str) -> dict[str, Any]:
    """The fields; what they make of a fork's training settings."""
    train = config.train
    asked: dict[str, Any] = {name: settings[name] for name in setting_changes.FORKED if name in settings}
    left, right = st.columns(2, gap="medium")
    with left:
        loss = asked["loss"] = _choice("loss", LOSS_NAMES, asked.get("loss", train.loss), key)
    around = {} if loss == train.loss else loss_settings(config, loss)
    begin = {name: getattr(train, name) for name in (*RATES, *GAME)} | around | asked
    with right:
        asked["schedule"] = _choice("schedule", SCHEDULES, asked.get("schedule", train.schedule), key)
    asked |= around | {name: settings[name] for name in GAME if name in settings}
    cells = st.columns(2, gap="medium")
    for place, name in enumerate((*RATES, *_game_names(loss, begin))):
        with cells[place % 2]:
            asked[name] = _field(name, begin[name], key if name in RATES else f"{key}-{loss}")
    more = max(train.steps, int(settings.get("steps", 0))) - step
    asked["steps"] = step + st.number_input(
        t("fork.more"),
        min_value=1,
        value=more if more > 0 else max(1, train.steps),
        step=1_000,
        key=f"{key}-more",
        help=t("fork.more.help"),
    )
    return asked


def _game_names(loss: str, values: Mapping[str, Any]) -> list[str]:
    fits = {"r1": loss != "wasserstein", "r2": loss == "relativistic", "gp": loss == "wasserstein"}
    return ["d_steps", *(name for name in setting_changes.PENALTIES if fits[name] or values[name])]


def _choice(name: str, options: tuple[str, ...], value: str, key: str) -> str:
    chosen: str = st.selectbox(
        t(f"setting.{name}"),
        options,
        index=options.index(value),
        key=f"{key}-{name}",
        help=t(f"setting.{name}.help"),
        format_func=lambda one: text.named(name, one),
    )
    return chosen


def _field(name: str, value: Any, key: str) -> Any:
    label, help_text = t(f"setting.{name}"), t(f"setting.{name}.help")
    if name == "d_steps":
        return st.number_input(label, min_value=1, max_value=100, value=value, key=f"{key}-{name}", help=help_text)
    return st.number_input(
        label,
        min_value=0.0,
        value=float(value),
        step=settings_form.STEPS[name],
        format=settings_form.FORMATS[name],
        key=f"{key}-{name}",
        help=help_text,
    )
