"""A setting in words: its value, and what a change changes, in both languages."""

from __future__ import annotations

import re

import pytest

from gan_demo.boards import setting_choices
from gan_demo.config import RunConfig
from gan_demo.errors import ConfigError
from gan_demo.i18n import setting_words, text
from gan_demo.presets import PRESETS


@pytest.mark.parametrize(
    ("name", "value", "english", "chinese"),
    [
        ("flip", False, "off", "关"),
        ("conditional", True, "on", "开"),
        ("name", "ring", "2-D: ring of 8", "二维：八点圆环"),
        ("name", "mnist", "MNIST digits (60,000)", "MNIST 数字（6 万张）"),
        ("loss", "relativistic", "Relativistic (R3GAN)", "相对论（R3GAN）"),
        ("arch", "mlp", "Fully connected (the tutorial's)", "全连接（教程原版）"),
        ("limit", 0, "all", "全部"),
        ("size", 0, "the data set's own", "与数据集相同"),
        ("size", 64, "64 × 64 pixels", "64 × 64 像素"),
        ("r1", 0.0, "off", "关"),
        ("r1", 0.05, "0.05", "0.05"),
        ("beta1", 0.0, "0", "0"),
        ("steps", 30_000, "30,000", "30,000"),
        ("seed", 12_345, "12345", "12345"),
        ("of_a_newer_version", "as it is", "as it is", "as it is"),
    ],
)
def test_a_value_is_said_as_people_read_it(name: str, value: object, english: str, chinese: str) -> None:
    for language, wanted in (("en", english), ("zh", chinese)):
        with text.use_language(language):
            assert setting_words.value(name, value) == wanted


@pytest.mark.parametrize(
    ("before", "after", "english", "chinese"),
    [
        (
            {"loss": "hinge", "r1": 0.0, "r2": 0.0, "d_steps": 1},
            {"loss": "relativistic", "r1": 0.05, "r2": 0.05, "d_steps": 1},
            "Loss: Hinge → Relativistic (R3GAN), R1 = R2: off → 0.05",
            "损失函数：合页（Hinge） → 相对论（R3GAN），R1 = R2：关 → 0.05",
        ),
        ({"limit": 46}, {"limit": 0}, "Samples: 46 → all", "样本数：46 → 全部"),
        ({}, {"g_lr": 1e-4, "d_lr": 1e-4}, "G's rate = D's rate: 0.0001", "G 的学习率 = D 的学习率：0.0001"),
        ({"r1": 0.1}, {"r1": 0.1}, "", ""),
    ],
)
def test_a_change_names_each_setting_with_both_values(
    before: dict[str, object], after: dict[str, object], english: str, chinese: str
) -> None:
    for language, wanted in (("en", english), ("zh", chinese)):
        with text.use_language(language):
            assert setting_words.changes(before, after) == wanted


@pytest.mark.parametrize("language", text.LANGUAGES)
@pytest.mark.parametrize("preset", PRESETS)
def test_no_setting_of_a_preset_is_shown_raw(preset: str, language: str) -> None:
    raw = re.compile(r"True|False|None|^0 × 0|[a-z]_[a-z]|download|下载")
    with text.use_language(language):
        words = {
            name: setting_words.value(name, value)
            for name, value in setting_choices.setting_values(PRESETS[preset]).items()
            if name not in ("path", "root")
        }
    assert {name: word for name, word in words.items() if raw.search(word)} == {}


def test_an_error_names_the_value_of_a_setting_as_the_form_does() -> None:
    with pytest.raises(ConfigError) as labels:
        RunConfig().with_settings({"conditional": True}).fit((2,), ())
    with pytest.raises(ConfigError) as smoothing:
        RunConfig().with_settings({"arch": "points"}).fit((3, 32, 32), ())
    with text.use_language("zh"):
        assert "True" not in text.error_message(labels.value)[0]
        assert "points" not in text.error_message(smoothing.value)[0]
