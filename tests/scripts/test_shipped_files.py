"""The scripts that write shipped files write them where the package reads them, and as they are shipped."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gan_demo.ui.train_page.setup import CARDS
from scripts import preset_covers, train_classifiers


@pytest.mark.parametrize("name", CARDS)
def test_a_shipped_cover_is_what_the_script_draws(name: str) -> None:
    with Image.open(preset_covers.STATIC / f"cover-{name}.png") as file:
        shipped = np.asarray(file.convert("RGB")).astype(int)
    drawn = np.asarray(preset_covers.reduced(preset_covers.cover(name)).convert("RGB")).astype(int)
    assert drawn.shape == (preset_covers.HEIGHT, preset_covers.WIDTH, 3)
    assert np.abs(shipped - drawn).mean() < 2, "of 255: another Pillow may choose other palettes"


def test_the_covers_are_written_for_each_card(tmp_path: Path) -> None:
    preset_covers.main(tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {f"cover-{name}.png" for name in CARDS}


def test_the_classifiers_are_written_where_the_shipped_ones_are() -> None:
    names = {file.name for file in train_classifiers.CLASSIFIERS.iterdir()}
    assert names == {f"{task}{ending}" for task in train_classifiers.TASKS for ending in (".json", ".safetensors")}
