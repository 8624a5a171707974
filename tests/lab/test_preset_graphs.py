"""The shipped graphs of the presets that browsers train on images: their steps are the trainer's."""

from __future__ import annotations

import gzip

import pytest

from gan_demo.data import datasets
from gan_demo.gan.compiled.layout import StateLayout
from gan_demo.gan.compiled.spec import CONTROLS, REPORT
from gan_demo.lab import bundle, graphs, shipped
from gan_demo.presets import PRESETS
from tests.gan.test_compiled import Pair, compare

AGAIN = "the compiled step has changed: run python -m scripts.make_lab_graphs"


@pytest.mark.parametrize("preset", graphs.PRESETS_SHIPPED)
def test_a_shipped_presets_steps_are_the_trainers(preset: str) -> None:
    content = graphs.cached(graphs.without_inputs(PRESETS[preset]))
    assert content is not None
    header, compiled = shipped.split(gzip.decompress(content))
    source = datasets.source(PRESETS[preset].data.name)
    config = PRESETS[preset].fit(source.shape, source.labels)
    assert header["version"] == bundle.VERSION, AGAIN
    assert header["layout"] == StateLayout.of(config.model).as_json(), AGAIN
    assert (header["controls"], header["report"]) == (list(CONTROLS), list(REPORT)), AGAIN
    assert header["batch"] == config.train.batch, AGAIN
    for update in ("step", "d", "g"):
        offset, length = header["graphs"][update]
        compare(Pair(config, update, compiled[offset:][:length]), 1)


@pytest.mark.soak
@pytest.mark.parametrize("preset", graphs.PRESETS_SHIPPED)
def test_they_are_what_is_compiled_today(preset: str) -> None:
    config = graphs.without_inputs(PRESETS[preset])
    today, at_hand = (gzip.decompress(content) for content in (graphs.compiled(config), graphs.graph_files(config)))
    assert today == at_hand, AGAIN
