"""The draft of settings: what a choice replaces is known, and comes back."""

from __future__ import annotations

from gan_demo.boards.setting_choices import setting_values
from gan_demo.presets import LOSS_SETTINGS, PRESETS
from gan_demo.ui.customise.draft import Draft

WASSERSTEIN = LOSS_SETTINGS["wasserstein", "images"]


def draft() -> Draft:
    """Return a draft of the digits in which R1 and the batch were typed by hand."""
    new = Draft()
    new.replace("digits", setting_values(PRESETS["digits"]))
    new.enter("r1", 0.3)
    new.enter("batch", 48)
    return new


def test_a_choice_says_what_it_replaced_and_which_of_it_was_typed() -> None:
    changed = draft()
    changed.adapt("loss", WASSERSTEIN)
    rates = {"g_lr": (2e-3, 1e-3), "d_lr": (2e-3, 1e-3)}
    assert changed.changes() == {"r1": (0.3, 0.0), "gp": (0.0, 10.0), "d_steps": (1, 2)} | rates
    assert changed.overwritten() == {"r1": 0.3}
    assert changed.typed == {"batch"}


def test_typed_values_come_back_beside_what_the_choice_brought() -> None:
    changed = draft()
    changed.adapt("loss", WASSERSTEIN)
    changed.bring_back_typed()
    assert (changed.values["r1"], changed.values["gp"], changed.values["loss"]) == (0.3, 10.0, "wasserstein")
    assert changed.typed == {"batch", "r1"}
    assert changed.changes() == {}


def test_undo_brings_everything_back() -> None:
    changed, before = draft(), draft()
    changed.adapt("preset", setting_values(PRESETS["ring"]), "ring", seconds=120.0)
    assert changed.overwritten() == {"r1": 0.3, "batch": 48}
    assert changed.seconds == 120.0
    changed.undo()
    assert changed.seconds == before.seconds
    assert (changed.preset, changed.values, changed.typed) == (before.preset, before.values, before.typed)
    generation = changed.generation
    changed.undo()
    assert changed.generation == generation, "there is nothing more to undo"


def test_what_is_typed_after_a_choice_is_no_longer_what_the_choice_brought() -> None:
    changed = draft()
    changed.adapt("loss", WASSERSTEIN)
    changed.enter("d_steps", 1)
    assert "d_steps" not in changed.changes()
