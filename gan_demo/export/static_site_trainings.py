"""Trainings of a static page: what a browser needs to train the small presets by itself."""

from __future__ import annotations

from functools import cache
from typing import Any

from gan_demo.boards.lab import browser_training
from gan_demo.boards.lab.browser_training import PRESETS_HERE
from gan_demo.i18n.text import t
from gan_demo.presets import PRESETS


@cache
def files() -> dict[str, bytes]:
    """Return compiled graphs, images, and what measures samples, gzipped, by their paths; kept in memory."""
    from gan_demo.lab import graphs, image_data  # torch comes with it

    contents = {}
    for preset in PRESETS_HERE:
        config, urls = PRESETS[preset], browser_training.site_addresses(preset)
        contents[urls["graphs"]] = graphs.graph_files(graphs.without_inputs(config))
        contents[urls["images"]] = image_data.packed(config.data.name)
        contents[urls["reference"]] = image_data.packed_reference(config.data.name)
    return contents


def data(runtime: str, wasm: str) -> list[dict[str, Any]]:
    """Return ``BrowserTrainingData`` of each preset, without what depends on the language."""
    return [browser_training.site_data(preset, runtime, wasm) for preset in PRESETS_HERE]


def words() -> dict[str, Any]:
    """Return what depends on the language: the component's words, and the presets' names."""
    names = {preset: t(f"browser.choice.{preset}") for preset in PRESETS_HERE}
    return browser_training.words() | {"names": names}
