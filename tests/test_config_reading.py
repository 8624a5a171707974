"""Settings read from text and JSON, fitted to the data, and messages about those that are wrong."""

from __future__ import annotations

import json
import math

import pytest

from gan_demo.config import DataConfig, LabelField, ModelConfig, RunConfig, TrainConfig, setting_names
from gan_demo.errors import ConfigError

DIGIT = (LabelField("digit", tuple("0123456789")),)


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
