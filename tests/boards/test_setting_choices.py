"""Which settings matter for a run, and the values to choose from."""

from __future__ import annotations

import pytest

from gan_demo.boards import setting_choices
from gan_demo.config import LOSS_NAMES
from gan_demo.presets import PRESETS


@pytest.mark.parametrize("loss", LOSS_NAMES)
def test_live_settings_are_those_that_matter_for_the_loss(loss: str) -> None:
    config = PRESETS["digits"].with_settings({"loss": loss})
    names = setting_choices.live_setting_names(config)
    assert names[:3] == ["g_lr", "d_lr", "d_steps"]
    assert ("gp" in names) is (loss == "wasserstein")
    assert ("r1" in names) is (loss != "wasserstein")
    assert ("r2" in names) is (loss == "relativistic")
    assert ("label_smoothing" in names) is (loss in ("minimax", "non_saturating"))
    assert "r2" in setting_choices.live_setting_names(config.with_settings({"r2": 0.1}))


@pytest.mark.parametrize(("current", "origin", "zero"), [(1e-3, 1e-3, False), (0.0, 0.0, True), (0.0123, 1e-3, False)])
def test_a_logarithmic_scale_has_the_current_value_and_two_decades_each_way(
    current: float, origin: float, zero: bool
) -> None:
    choices = setting_choices.logarithmic_choices(origin, [current], zero)
    assert current in choices
    assert choices == sorted(set(choices))
    assert (0.0 in choices) is zero
    middle = origin or 0.1
    assert min(value for value in choices if value) == pytest.approx(middle / 100)
    assert max(choices) == pytest.approx(middle * 100)


@pytest.mark.parametrize("origin", [0.0, 0.5])
def test_a_scale_stays_as_it_is_when_one_of_its_values_is_chosen(origin: float) -> None:
    scale = setting_choices.logarithmic_choices(origin, [origin], True)
    assert all(setting_choices.logarithmic_choices(origin, [origin, value], True) == scale for value in scale)


def test_every_choice_of_a_learning_rate_is_valid() -> None:
    for origin in (1e-7, 2e-4, 9.0):
        for value in setting_choices.logarithmic_choices(origin, [origin], False):
            PRESETS["ring"].with_settings({"g_lr": value})


def test_a_fork_offers_penalties_of_its_loss_and_those_in_use() -> None:
    unused = {"r1": 0.0, "r2": 0.0, "gp": 0.0}
    assert setting_choices.objective_setting_names("wasserstein", unused) == ["d_steps", "gp"]
    assert setting_choices.objective_setting_names("hinge", unused | {"gp": 1.0}) == ["d_steps", "r1", "gp"]
