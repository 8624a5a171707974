"""Settings: valid from birth, and clear about what is wrong with a bad one."""

from __future__ import annotations

import dataclasses
import math

import pytest

from gan_demo.config import DataConfig, ModelConfig, RunConfig, TrainConfig
from gan_demo.errors import ConfigError

BAD_DATA: list[tuple[str, object]] = [("limit", -1), ("size", 30), ("size", -28), ("size", 1), ("points", "?")]
BAD_MODEL: list[tuple[str, object]] = [
    ("arch", "transformer"),
    ("arch", ""),
    *((name, value) for name in ("z_dim", "width", "d_width") for value in (0, -1, 1025)),
    ("depth", 0),
    ("depth", 9),
    ("d_depth", -2),
    ("d_depth", 9),
    ("activation", "step"),
    ("noise", "cauchy"),
    ("packing", 0),
    ("packing", 17),
    ("mapping", -1),
    ("mapping", 9),
]
BAD_TRAIN: list[tuple[str, object]] = [
    ("loss", "vae"),
    ("optimizer", "lion"),
    ("schedule", "step"),
    ("batch", 1),
    ("batch", 0),
    ("batch", 4097),
    ("steps", 0),
    ("steps", -5),
    ("steps", 10**9),
    ("d_steps", 0),
    ("d_steps", 101),
    ("warmup", -1),
    ("schedule_from", -1),
    ("final_factor", 1.5),
    ("restart", -1),
    *(("restart_factor", value) for value in (-0.1, 1.1, math.nan)),
    ("augment", "mirror"),
    ("start", "x" * 201),
    ("penalty_every", 0),
    ("penalty_every", 1001),
    ("label_smoothing", -0.1),
    ("label_smoothing", 0.5),
    ("label_smoothing", math.nan),
    ("seed", -1),
    ("seed", 2**63),
    *((name, value) for name in ("g_lr", "d_lr") for value in (0.0, -1e-3, 10.1, math.nan, math.inf, -math.inf)),
    *((name, value) for name in ("beta1", "beta2", "ema") for value in (-0.1, 1.0, 2.0, math.nan, math.inf)),
    *((name, value) for name in ("r1", "r2", "gp") for value in (-1.0, 10_001.0, math.nan, math.inf)),
]


@pytest.mark.parametrize(("name", "value"), BAD_DATA)
def test_a_bad_data_setting_is_refused_by_its_name(name: str, value: object) -> None:
    with pytest.raises(ConfigError) as caught:
        dataclasses.replace(DataConfig(), **{name: value})  # type: ignore[arg-type]
    assert caught.value.field == name


@pytest.mark.parametrize(("name", "value"), BAD_MODEL)
def test_a_bad_model_setting_is_refused_by_its_name(name: str, value: object) -> None:
    with pytest.raises(ConfigError) as caught:
        dataclasses.replace(ModelConfig(), **{name: value})  # type: ignore[arg-type]
    assert caught.value.field == name


@pytest.mark.parametrize(("name", "value"), BAD_TRAIN)
def test_a_bad_training_setting_is_refused_by_its_name(name: str, value: object) -> None:
    with pytest.raises(ConfigError) as caught:
        dataclasses.replace(TrainConfig(), **{name: value})  # type: ignore[arg-type]
    assert caught.value.field == name


def test_every_setting_with_a_range_is_tried_with_a_bad_value() -> None:
    tried = {name for name, _ in (*BAD_DATA, *BAD_MODEL, *BAD_TRAIN)}
    free = {"name", "root", "path", "encoding", "flip", "conditional", "evaluate", "shape", "labels"}  # free or derived
    every = {each.name for kind in (DataConfig, ModelConfig, TrainConfig) for each in dataclasses.fields(kind)}
    assert every - tried == free


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("batch", 2),
        ("batch", 4096),
        ("g_lr", 10.0),
        ("beta1", 0.0),
        ("ema", 0.9999),
        ("r1", 10_000.0),
        ("seed", 2**63 - 1),
    ],
)
def test_the_ends_of_a_range_belong_to_it(name: str, value: object) -> None:
    assert getattr(dataclasses.replace(TrainConfig(), **{name: value}), name) == value  # type: ignore[arg-type]


def test_settings_cannot_be_changed_after_birth() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        TrainConfig().batch = 3  # type: ignore[misc]


@pytest.mark.parametrize("loss", ["least_squares", "hinge", "wasserstein", "relativistic"])
def test_label_smoothing_is_for_the_bce_losses_alone(loss: str) -> None:
    assert TrainConfig(loss="minimax", label_smoothing=0.1).label_smoothing == 0.1
    with pytest.raises(ConfigError) as caught:
        TrainConfig(loss=loss, label_smoothing=0.1)
    assert caught.value.field == "label_smoothing"


def test_points_are_not_augmented() -> None:
    with pytest.raises(ConfigError) as caught:
        RunConfig(model=ModelConfig("points"), train=TrainConfig(augment="cutout"))
    assert caught.value.field == "augment"


def test_a_config_of_before_is_not_augmented() -> None:
    raw = RunConfig().to_dict()
    del raw["train"]["augment"]
    assert RunConfig.from_dict(raw).train.augment == ""


def test_own_images_need_a_path() -> None:
    with pytest.raises(ConfigError) as caught:
        DataConfig("images")
    assert caught.value.field == "path"


@pytest.mark.parametrize(
    ("arch", "shape"),
    [("points", (1, 28, 28)), ("mlp", (2,)), ("dcgan", (2,)), ("resnet", (2,)), ("dcgan64", (3, 32, 32))],
)
def test_an_architecture_that_does_not_fit_the_data_is_refused(arch: str, shape: tuple[int, ...]) -> None:
    with pytest.raises(ConfigError) as caught:
        RunConfig(model=ModelConfig(arch=arch)).fit(shape, ())
    assert caught.value.field == "arch"
