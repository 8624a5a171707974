"""What is said of a sample is checked against what is known of it: planted copies, a D that likes bright pictures."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from gan_demo.config import DataConfig, ModelConfig, RunConfig, TrainConfig
from gan_demo.data import datasets
from gan_demo.data.datasets import DIGIT
from gan_demo.errors import RunError
from gan_demo.explorer import sample_explanation
from gan_demo.explorer.sample_explanation import EARLIER_STEPS, as_json, explain
from gan_demo.pictures import images
from gan_demo.pictures.sheet_layout import layout
from gan_demo.runs import library
from gan_demo.runs.run_dir import RunDir
from gan_demo.training import trainer

MODEL = ModelConfig(arch="mlp", z_dim=4, width=8, d_width=8, conditional=True, shape=(1, 28, 28), labels=DIGIT)
CONFIG = RunConfig(DataConfig("digits"), MODEL, TrainConfig(steps=12, evaluate=False))

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def digits() -> datasets.Dataset:
    return datasets.load(DataConfig("digits"))


@pytest.fixture
def draw(home: Path) -> Callable[..., RunDir]:
    """Create a run whose pictures hold these samples (60, 28, 28) by step."""

    def create(pictures: dict[int, np.ndarray], config: RunConfig = CONFIG, name: str = "explained") -> RunDir:
        run = RunDir.create(home / name, config, name)
        for step, samples in pictures.items():
            run.add_grid(step, images.png(images.grid(samples[..., None].astype(np.uint8), 10)))
        return run

    return create


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> RunDir:
    """Twelve real steps, with their states."""
    run = RunDir.create(tmp_path_factory.mktemp("runs") / "trained", CONFIG, "trained")
    with closing(trainer.train(run)) as steps:
        for _ in steps:
            pass
    return run


def noise(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (60, 28, 28))


def test_the_sample_is_cut_out_exactly(draw: Callable[..., RunDir]) -> None:
    samples = noise(0)
    run = draw({7: samples})
    for index in (0, 9, 10, 59):
        assert (explain(run, 7, index).history[-1].picture[..., 0] == samples[index]).all()


def test_a_column_is_its_class(draw: Callable[..., RunDir]) -> None:
    assert explain(draw({7: noise(0)}), 7, 24).label == (("digit", "4"),)


def test_a_planted_copy_of_a_training_image_is_found_and_called_one(
    draw: Callable[..., RunDir], digits: datasets.Dataset
) -> None:
    samples = noise(0)
    samples[33] = digits.samples[1234, 0]
    nearest = explain(draw({7: samples}), 7, 33).nearest
    assert nearest is not None
    assert nearest.distance == 0
    assert nearest.copied
    assert (nearest.picture[..., 0] == samples[33]).all()
    assert nearest.label == (("digit", str(int(digits.labels[1234, 0]))),)
    assert nearest.compared == 5_000


def test_noise_is_no_copy_and_its_distance_is_that_of_the_pixels(
    draw: Callable[..., RunDir], digits: datasets.Dataset
) -> None:
    samples = noise(0)
    nearest = explain(draw({7: samples}), 7, 3).nearest
    assert nearest is not None
    assert not nearest.copied
    every = np.sqrt(np.square(digits.samples[:, 0].numpy() - samples[3].astype(float)).mean((1, 2))) / 255
    assert nearest.distance == pytest.approx(every.min(), abs=1e-4)


def test_the_usual_distance_leaves_out_the_image_itself(digits: datasets.Dataset) -> None:
    flat = digits.samples.flatten(1).double() / 255
    d = torch.cdist(flat[: sample_explanation.USUAL_DISTANCE_IMAGES], flat) / 28
    d.fill_diagonal_(float("inf"))
    assert sample_explanation._usual_distance(DataConfig("digits"), 0) == pytest.approx(
        float(d.min(1).values.median()), rel=1e-3
    )


def test_history_is_the_same_place_in_the_pictures_before(draw: Callable[..., RunDir]) -> None:
    pictures = {step: np.full((60, 28, 28), step) for step in range(0, 120, 10)}
    history = explain(draw(pictures), 100, 5).history
    assert [each.step for each in history] == list(range(20, 110, 10))
    assert len(history) == EARLIER_STEPS + 1
    assert [each.moved for each in history] == [None, *[pytest.approx(10 / 255)] * EARLIER_STEPS]
    assert (history[0].picture == 20).all()


def test_the_first_picture_has_no_past(draw: Callable[..., RunDir]) -> None:
    history = explain(draw({0: noise(0), 10: noise(1)}), 0, 5).history
    assert [(each.step, each.moved) for each in history] == [(0, None)]


# ---- what D says


def test_d_is_the_newest_kept_at_or_before_the_step(trained: RunDir) -> None:
    step = trained.grids[-1]
    verdict = explain(trained, step, 0).verdict
    assert verdict is not None
    assert verdict.step == max(each for each in trained.states if each <= step)
    assert 0 <= verdict.share <= 1


def test_ranks_follow_what_d_says(trained: RunDir) -> None:
    step = trained.grids[-1]
    verdicts = [explain(trained, step, index).verdict for index in range(60)]
    shares = [each.share for each in verdicts if each is not None]
    ranks = [each.rank for each in verdicts if each is not None]
    assert sorted(ranks) == list(range(1, 61))
    assert [shares[ranks.index(k)] for k in range(1, 61)] == sorted(shares, reverse=True)
    assert verdicts[0] is not None
    assert verdicts[0].fakes == pytest.approx(np.mean(shares), abs=1e-5)


def test_real_images_and_samples_are_judged_with_their_labels_as_in_training(
    trained: RunDir, digits: datasets.Dataset
) -> None:
    from gan_demo.gan.models.build import build_discriminator

    step = trained.grids[-1]
    verdict = explain(trained, step, 17).verdict
    assert verdict is not None
    state = trained.load_state_at(verdict.step)
    D = build_discriminator(MODEL).eval()
    D.load_state_dict({key[2:]: value for key, value in state.items() if key.startswith("D.")})
    sheet = layout(MODEL)
    assert sheet is not None
    left, top, right, bottom = sheet.box(17)
    whole = np.array(Image.open(io.BytesIO(trained.grid_png(step))).convert("L"))
    sample = torch.from_numpy(whole[top:bottom, left:right].copy())[None, None]
    seven = torch.nn.functional.one_hot(torch.tensor([7]), 10).float()
    y = datasets.multi_hot(digits.labels[:512], DIGIT)
    with torch.no_grad():
        assert verdict.share == pytest.approx(float(D(datasets.to_float(sample), seven).sigmoid()), abs=1e-5)
        real = D(datasets.to_float(digits.samples[:512]), y).sigmoid().mean()
    assert verdict.real == pytest.approx(float(real), abs=1e-5)


def test_before_its_last_step_a_shipped_model_says_why_it_has_no_verdict() -> None:
    faces = library.find("faces")
    explanation = explain(faces, faces.grids[-2], 3)
    assert explanation.verdict is None
    assert explanation.why_no_verdict == "no_state"
    assert explanation.nearest is not None
    assert len(explanation.label) == 8


@pytest.mark.parametrize("name", ["digits", "faces", "tutorial"])
def test_at_its_last_step_a_shipped_models_discriminator_tells_real_from_generated(name: str) -> None:
    run = library.find(name)
    verdict = explain(run, run.grids[-1], 3).verdict
    assert verdict is not None
    assert verdict.step == run.checkpoints[-1]
    assert verdict.fakes < 0.5 < verdict.real


# ---- where something is missing


def test_mnist_that_was_never_fetched_is_stood_in_for_by_the_embedded_digits(
    draw: Callable[..., RunDir], tmp_path: Path
) -> None:
    config = replace(CONFIG, data=DataConfig("mnist", root=str(tmp_path)))
    explanation = explain(draw({7: noise(0)}, config), 7, 3)
    assert explanation.nearest is not None
    assert explanation.nearest.compared == 5_000
    assert list(tmp_path.iterdir()) == [], "nothing is downloaded to explain a sample"


def test_a_set_that_is_not_here_is_said_to_be_missing(draw: Callable[..., RunDir], tmp_path: Path) -> None:
    config = replace(CONFIG, data=DataConfig("fashion", root=str(tmp_path)))
    explanation = explain(draw({7: noise(0)}, config), 7, 3)
    assert (explanation.nearest, explanation.why_no_nearest) == (None, "no_data")
    assert explanation.label == (("digit", "3"),)


def test_private_images_are_not_shown(draw: Callable[..., RunDir]) -> None:
    explanation = explain(draw({7: noise(0)}), 7, 3, private=True)
    assert (explanation.nearest, explanation.why_no_nearest) == (None, "private")


@pytest.mark.parametrize(("step", "index", "field"), [(8, 0, "step"), (7, 60, "sample"), (7, -1, "sample")])
def test_what_is_not_there_is_an_error(draw: Callable[..., RunDir], step: int, index: int, field: str) -> None:
    with pytest.raises(RunError) as caught:
        explain(draw({7: noise(0)}), step, index)
    assert caught.value.field == field


def test_points_have_nothing_to_explain(home: Path) -> None:
    config = RunConfig(DataConfig("ring"), ModelConfig(arch="points", shape=(2,)))
    with pytest.raises(RunError):
        explain(RunDir.create(home / "ring", config, "ring"), 0, 0)


def test_the_browser_gets_pictures_it_can_open(trained: RunDir) -> None:
    explanation = json.loads(json.dumps(as_json(explain(trained, trained.grids[-1], 3))))
    addresses = [
        explanation["sample"],
        explanation["nearest"]["image"],
        *(each["image"] for each in explanation["history"]),
    ]
    for address in addresses:
        head, _, data = address.partition(",")
        assert head == "data:image/png;base64"
        assert Image.open(io.BytesIO(base64.b64decode(data))).size == (28, 28)
    assert explanation["verdict"]["of"] == trained.grids[-1]
    assert explanation["label"] == [["digit", "3"]]
