"""Settings: valid from birth, readable from text and JSON, and clear about what is wrong with a bad one."""

from __future__ import annotations

import dataclasses
import json
import math

import pytest

from gan_demo.config import DataConfig, LabelField, ModelConfig, RunConfig, TrainConfig, setting_names
from gan_demo.errors import ConfigError

DIGIT = (LabelField("digit", tuple("0123456789")),)

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


# ---- with_settings


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("steps", "1000", 1000),
        ("steps", "1e3", 1000),
        ("train.steps", "7", 7),
        ("batch", 32, 32),
        ("seed", "9223372036854775807", 2**63 - 1),
        ("g_lr", "1e-3", 1e-3),
        ("train.g_lr", 0.5, 0.5),
        ("evaluate", "off", False),
        ("evaluate", "YES", True),
        ("evaluate", "0", False),
        ("evaluate", False, False),
        ("loss", "hinge", "hinge"),
    ],
)
def test_text_becomes_the_type_of_its_setting(key: str, text: object, value: object) -> None:
    changed = getattr(RunConfig().with_settings({key: text}).train, key.rpartition(".")[2])
    assert (changed, type(changed)) == (value, type(value))


def test_settings_reach_their_own_section() -> None:
    changed = RunConfig().with_settings({"data.name": "ring", "arch": "points", "limit": "9", "seed": "4"})
    assert changed.data == DataConfig("ring", limit=9)
    assert changed.model == ModelConfig(arch="points")
    assert changed.train == TrainConfig(seed=4)


def test_lr_sets_both_rates() -> None:
    changed = RunConfig().with_settings({"lr": "0.01"}).train
    assert (changed.g_lr, changed.d_lr) == (0.01, 0.01)


def test_with_settings_leaves_the_original_alone() -> None:
    config = RunConfig()
    config.with_settings({"batch": 8})
    assert config == RunConfig()


@pytest.mark.parametrize(
    "key", ["", "learning_rate", "model.batch", "train.shape", "shape", "labels", "train.", "a.b.batch"]
)
def test_an_unknown_setting_is_refused_and_the_known_ones_are_named(key: str) -> None:
    with pytest.raises(ConfigError) as caught:
        RunConfig().with_settings({key: "1"})
    assert caught.value.value == key
    assert all(name in caught.value.message() for name in setting_names())


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("steps", "many"),
        ("steps", "1.5"),
        ("steps", ""),
        ("steps", None),
        ("steps", "inf"),
        ("steps", "nan"),
        ("steps", 10**400),
        ("steps", [1]),
        ("g_lr", "fast"),
        ("g_lr", "nan"),
        ("g_lr", "inf"),
        ("lr", "x"),
        ("lr", "-1"),
        ("r1", "-inf"),
        ("evaluate", "maybe"),
        ("evaluate", "2"),
        ("loss", 3),
        ("path", None),
    ],
)
def test_text_that_is_no_such_value_is_refused_by_its_name(key: str, text: object) -> None:
    with pytest.raises(ConfigError) as caught:
        RunConfig().with_settings({key: text})
    assert caught.value.field in (("g_lr", "d_lr") if text == "-1" else (key,))


def test_every_name_that_is_offered_is_taken() -> None:
    defaults = {key: value for section in RunConfig().to_dict().values() for key, value in section.items()} | {
        "lr": 1e-3
    }
    for name in setting_names():
        RunConfig().with_settings({name: defaults[name]})


# ---- JSON


def test_a_config_survives_json() -> None:
    config = RunConfig(
        DataConfig("faces", root="~/data", limit=100, flip=True),
        ModelConfig(arch="resnet", conditional=True, mapping=2),
        TrainConfig(loss="relativistic", r1=0.1, seed=2**63 - 1, g_lr=1.2345678901234567e-4),
    ).fit((3, 32, 32), (LabelField("hat", ("no", "yes")), *DIGIT))
    assert RunConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


def test_missing_sections_and_settings_have_their_defaults() -> None:
    assert RunConfig.from_dict({}) == RunConfig()
    assert RunConfig.from_dict({"train": {"batch": 8}}).train == TrainConfig(batch=8)


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ([], "config"),
        ("text", "config"),
        ({"optimiser": {}}, "config"),
        ({"train": 3}, "TrainConfig"),
        ({"train": {"momentum": 1}}, "momentum"),
        ({"train": {"batch": "x"}}, "batch"),
        ({"train": {"batch": None}}, "batch"),
        ({"train": {"g_lr": math.nan}}, "g_lr"),
        ({"data": {"name": 5}}, "name"),
        ({"model": {"shape": "28"}}, "shape"),
        ({"model": {"shape": [1, 2]}}, "shape"),
        ({"model": {"shape": [0]}}, "shape"),
        ({"model": {"shape": [3, 10**6, 10**6]}}, "shape"),
        ({"model": {"shape": [math.inf]}}, "shape"),
        ({"model": {"shape": 3}}, "shape"),
        ({"model": {"labels": [{"name": "a"}]}}, "labels"),
        ({"model": {"labels": [{"name": "a", "values": []}]}}, "labels"),
        ({"model": {"labels": 1}}, "labels"),
        ({"model": {"labels": [{"name": "a", "values": ["0"] * 1001}]}}, "labels"),
    ],
)
def test_a_damaged_config_is_refused_by_the_setting(raw: object, field: str) -> None:
    with pytest.raises(ConfigError) as caught:
        RunConfig.from_dict(raw)  # type: ignore[arg-type]
    assert caught.value.field == field


# ---- fit


def test_fit_fills_in_what_follows_from_the_data() -> None:
    conditional = RunConfig(model=ModelConfig(conditional=True)).fit((1, 28, 28), DIGIT)
    assert (conditional.model.shape, conditional.model.labels, conditional.model.label_width) == (
        (1, 28, 28),
        DIGIT,
        10,
    )
    plain = RunConfig(model=ModelConfig(conditional=False)).fit((1, 28, 28), DIGIT)
    assert (plain.model.labels, plain.model.label_width) == ((), 0)


def test_labels_cannot_be_learned_from_data_without() -> None:
    with pytest.raises(ConfigError) as caught:
        RunConfig(model=ModelConfig(conditional=True)).fit((1, 28, 28), ())
    assert caught.value.field == "conditional"


def test_a_message_is_one_short_line_however_long_the_value() -> None:
    with pytest.raises(ConfigError) as caught:
        RunConfig().with_settings({"steps": "9" * 5_000 + "x"})
    assert len(str(caught.value)) < 300
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("problem", "remedy", "details", "expected"),
    [
        (
            "at least {n} are needed. {why}",
            "Put more",
            {"n": 16, "why": ""},
            "a = b: at least 16 are needed. Put more.",
        ),
        ("is wrong. {why}", "", {"why": "c = d: is bad. Change it."}, "a = b: is wrong. c = d: is bad. Change it."),
        ("is wrong", "", {}, "a = b: is wrong."),
        ("is wrong.", " . ", {}, "a = b: is wrong."),
        ("is wrong", "Is the path right?", {}, "a = b: is wrong. Is the path right?"),
        ("misses {what}", "Give {more}.", {}, "a = b: misses …. Give …."),
    ],
)
def test_a_message_has_one_full_stop_after_each_sentence(
    problem: str, remedy: str, details: dict[str, object], expected: str
) -> None:
    assert str(ConfigError("a", "b", problem, remedy, **details)) == expected


def test_a_name_of_several_lines_is_one_line_of_a_message() -> None:
    assert str(ConfigError("file", "a\nb", "is bad")) == "file = a\\nb: is bad."
