"""The charts' colours for eyes of every kind: any two stay apart when a colour blindness is simulated."""

from __future__ import annotations

import itertools
import re
import tomllib
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from gan_demo.ui.compare import LETTERS

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / ".streamlit" / "config.toml"
MAP = ROOT / "gan_demo" / "frontend" / "explorer" / "map" / "colours.mjs"
APART = 9.0  # OKLab distance × 100; about 2 is just noticeable side by side
# Machado, Oliveira and Fernandes 2009, "A Physiologically-based Model for Simulation of Color Vision Deficiency",
# severity 1.0, for linear RGB
BLIND = {
    "normal": np.eye(3),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritan": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
Floats = NDArray[np.float64]


def linear(colour: str) -> Floats:
    """'#rrggbb' as linear RGB, 0 to 1."""
    channels = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    return np.asarray(np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4))


def oklab(rgb: Floats) -> Floats:
    """Ottosson 2020, "A perceptual color space for image processing"."""
    lms = (
        np.array(
            [
                [0.4122214708, 0.5363325363, 0.0514459929],
                [0.2119034982, 0.6806995451, 0.1073969566],
                [0.0883024619, 0.2817188376, 0.6299787005],
            ]
        )
        @ rgb
    )
    return np.asarray(
        np.array(
            [
                [0.2104542553, 0.7936177850, -0.0040720468],
                [1.9779984951, -2.4285922050, 0.4505937099],
                [0.0259040371, 0.7827717662, -0.8086757660],
            ]
        )
        @ np.cbrt(lms)
    )


def distance(left: str, right: str, eyes: str) -> float:
    first, second = (oklab(np.clip(BLIND[eyes] @ linear(colour), 0, 1)) for colour in (left, right))
    return 100 * float(np.linalg.norm(first - second))


@pytest.mark.parametrize("eyes", BLIND)
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_any_two_curves_stay_apart_for_these_eyes(mode: str, eyes: str) -> None:
    colours = tomllib.loads(CONFIG.read_text("utf-8"))["theme"][mode]["chartCategoricalColors"]
    near = {(a, b): round(distance(a, b, eyes), 1) for a, b in itertools.combinations(colours, 2)}
    assert {pair: d for pair, d in near.items() if d < APART} == {}


@pytest.mark.parametrize("eyes", BLIND)
@pytest.mark.parametrize("name", ["CLASSES", "VERDICT"])
def test_any_two_colours_of_the_map_stay_apart_for_these_eyes(name: str, eyes: str) -> None:
    (listed,) = re.findall(rf"export const {name} = \[(.*?)\]", MAP.read_text("utf-8"), re.DOTALL)
    colours = re.findall(r"#[0-9a-f]{6}", listed)
    assert len(colours) == {"CLASSES": 11, "VERDICT": 3}[name]  # hair has eleven colours
    near = {(a, b): round(distance(a, b, eyes), 1) for a, b in itertools.combinations(colours, 2)}
    assert {pair: d for pair, d in near.items() if d < APART} == {}


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_every_run_to_compare_has_a_colour_of_its_own(mode: str) -> None:
    colours = tomllib.loads(CONFIG.read_text("utf-8"))["theme"][mode]["chartCategoricalColors"]
    assert len(set(colours)) >= len(LETTERS)


def test_the_simulation_makes_red_and_green_alike_for_protan_and_deutan_eyes_only() -> None:
    red, green = "#b05a3c", "#6d7a3c"
    assert distance(red, green, "protan") < APART
    assert distance(red, green, "deutan") < APART
    assert distance(red, green, "normal") > APART
    assert distance(red, green, "tritan") > APART


@pytest.mark.parametrize("eyes", BLIND)
def test_a_simulated_white_stays_white(eyes: str) -> None:
    np.testing.assert_allclose(BLIND[eyes].sum(1), 1, atol=1e-5)
