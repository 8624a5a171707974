"""The layout computed from settings alone is that of the pictures that are drawn."""

from __future__ import annotations

import io

import pytest
import torch
from PIL import Image

from gan_demo.config import LabelField, ModelConfig, RunConfig
from gan_demo.data import datasets
from gan_demo.pictures.sample_sheet import sheet_of
from gan_demo.pictures.sheet_layout import layout
from gan_demo.runs import library
from gan_demo.runs.run_dir import RunDir


def field(values: int, name: str = "class") -> LabelField:
    return LabelField(name, tuple(str(n) for n in range(values)))


@pytest.mark.parametrize("run", library.pretrained(), ids=lambda run: run.id)
def test_the_layout_of_a_shipped_run_is_that_of_its_pictures(run: RunDir) -> None:
    sheet = layout(run.config.model)
    assert sheet is not None
    assert Image.open(io.BytesIO(run.grid_png(run.grids[-1]))).size == sheet.size


@pytest.mark.parametrize("fields", [(), (field(10),), (field(3),), (field(26),), (field(2, "a"), field(3, "b"))])
def test_the_layout_is_that_of_the_sheet_that_is_drawn(fields: tuple[LabelField, ...]) -> None:
    model = ModelConfig(arch="dcgan", z_dim=4, shape=(3, 32, 32), labels=fields, conditional=bool(fields))
    samples = torch.zeros(5, 3, 32, 32, dtype=torch.uint8)
    data = datasets.Dataset("images", samples, torch.zeros(5, len(fields), dtype=torch.long), fields)
    sheet = sheet_of(data, RunConfig(model=model))
    boxes = layout(model)
    assert boxes is not None
    assert (boxes.columns, boxes.count) == (sheet.columns, len(sheet.z))
    height, width, _ = sheet.picture(torch.zeros(len(sheet.z), 3, 32, 32), data).shape
    assert boxes.size == (width, height)


def test_boxes_lie_row_by_row_with_a_gap() -> None:
    sheet = layout(ModelConfig(arch="dcgan", shape=(1, 28, 28), labels=(field(10),)))
    assert sheet is not None
    assert [sheet.box(k) for k in (0, 1, 10)] == [(0, 0, 28, 28), (29, 0, 57, 28), (0, 29, 28, 57)]
    assert sheet.box(sheet.count - 1)[2:] == sheet.size


def test_points_and_settings_without_a_shape_have_no_layout() -> None:
    assert layout(ModelConfig(arch="points", shape=(2,))) is None
    assert layout(ModelConfig()) is None
