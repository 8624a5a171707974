"""What the training of images in the browser is given."""

from __future__ import annotations

import json

import pytest

from gan_demo.boards.lab import browser_training
from gan_demo.boards.lab.browser_training import PRESETS_HERE
from gan_demo.i18n import text
from gan_demo.lab import image_data
from gan_demo.lab.graphs import graph_config, without_inputs
from gan_demo.presets import PRESETS


@pytest.mark.parametrize("preset", PRESETS_HERE)
def test_a_preset_comes_with_its_settings_and_an_honest_size(preset: str) -> None:
    with text.use_language("zh"):
        data = json.loads(json.dumps(browser_training.data(preset)))
    assert data["settings"]["g_lr"] == PRESETS[preset].train.g_lr
    assert data["texts"]["pause"] == "暂停"
    assert [panel["id"] for panel in data["panels"]] == ["verdicts", "losses", "quality", "gradients"]
    packed = len(image_data.packed(PRESETS[preset].data.name)) / 1e6
    assert packed <= browser_training.MEGABYTES[PRESETS[preset].data.name] < packed + 1
    names = ("name", "arch", "z_dim", "width", "d_width", "conditional", "loss", "optimizer", "batch")
    query = {name: str(data["settings"][name]) for name in names}
    d_depth = str(data["settings"]["depth"])  # core_settings.mjs says it for -1
    assert graph_config(query | {"d_depth": d_depth}) == without_inputs(PRESETS[preset]), (
        "a static page has the same graphs"
    )
