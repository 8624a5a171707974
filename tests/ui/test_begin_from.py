"""A training that begins from an uploaded generator: from the Explore page into the form, or onto own images."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import FileUploader

from gan_demo.config import ModelConfig
from gan_demo.data.datasets import DIGIT
from gan_demo.gan.models.base import Generator
from gan_demo.gan.models.build import build_generator
from gan_demo.runs import library
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import run_actions
from gan_demo.weights import save
from tests.ui.opened_page import ME, opened_page

DIGITS = ModelConfig("dcgan", 6, 4, 4, shape=(1, 28, 28))
FACES = ModelConfig("dcgan", 6, 4, 4, shape=(3, 32, 32))
FOREIGN = ModelConfig("dcgan", 6, 4, 4, shape=(3, 128, 128))


@pytest.fixture(autouse=True)
def _no_training(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_actions, "_submit", lambda run, name, owner: None)


def press(at: AppTest, key: str) -> AppTest:
    at.button(key).click().run()
    assert not at.exception, at.exception
    return at


def uploaded(model: ModelConfig, generator: Generator) -> AppTest:
    at = opened_page("explore", native="1")
    data = save.weights_file(generator.eval(), model)
    at.file_uploader(key="explore.file").set_value(("mine.safetensors", data, "application/octet-stream")).run()
    assert not at.exception, at.exception
    return at


def trained_on(at: AppTest) -> AppTest:
    """Press the button; AppTest shows the page that it leads to, but stays on the one before."""
    at = press(at, "explore.train-on")
    at.switch_page("train.py")
    at.run()
    assert not at.exception, at.exception
    return at


def own_images_fields(at: AppTest) -> list[FileUploader]:
    return [field for field in at.file_uploader if str(field.key).startswith("own-images-files")]


def started(at: AppTest) -> RunDir:
    value = at.query_params["run"]
    return library.find(value if isinstance(value, str) else value[0])


def assert_begun(run: RunDir, generator: Generator) -> None:
    weights = run.load_checkpoint(0)
    assert all(torch.equal(value, weights[name]) for name, value in generator.state_dict().items())
    assert run.config.train.start.startswith("mine.safetensors (")


def test_the_train_page_says_first_that_it_goes_on_and_with_which_data(home: Path) -> None:
    at = trained_on(uploaded(DIGITS, build_generator(DIGITS, 3)))
    first = next(text.value for text in at.markdown)
    assert "Train on from mine.safetensors**" in first
    assert "your own images, or a data set" in first
    assert [button.key for button in at.button][:2] == ["begin-images", "begin-forget"]
    at = press(at, "begin-images")
    assert any("begins with the generator **mine.safetensors**" in text.value for text in at.markdown)
    assert any("gray at first" in text.value for text in at.caption)
    assert "begin-images" not in {button.key for button in press(at, "begin-forget").button}


def test_a_size_that_no_built_in_data_has_is_trained_on_own_images_alone(home: Path) -> None:
    model = replace(FACES, shape=(3, 64, 64))
    at = trained_on(uploaded(model, build_generator(model, 3)))
    assert "no built-in data set has its size" in at.markdown[0].value
    assert "start-custom" not in {button.key for button in at.button}


def test_a_generator_that_draws_by_labels_takes_no_own_images(home: Path) -> None:
    model = replace(DIGITS, conditional=True, labels=DIGIT)
    at = trained_on(uploaded(model, build_generator(model, 3)))
    assert "begin-images" not in {button.key for button in at.button}
    at = press(at, "choose-images")
    assert "labels that your images do not have" in at.info[0].value
    assert not own_images_fields(at)
    assert own_images_fields(press(at, "begin-forget-images"))


def test_other_pages_keep_the_language_of_an_address(home: Path) -> None:
    at = opened_page("home", language="", lang="zh")
    at = press(at, "start")
    assert at.query_params["lang"] in ("zh", ["zh"])
    assert "lang" not in press(opened_page("home", language=""), "start").query_params


def test_an_upload_begins_a_training_of_the_form_and_its_repetition(home: Path) -> None:
    generator = build_generator(DIGITS, 3)
    at = trained_on(uploaded(DIGITS, generator))
    assert any("mine.safetensors" in text.value for text in at.markdown)
    assert at.session_state["draft"].values["z_dim"] == 6
    run = started(press(at, "start-custom"))
    assert (run.config.data.name, run.config.model.conditional, run.info.budget) == ("digits", False, 60.0)
    assert_begun(run, generator)
    again = library.find(run_actions.start_again(run, {"d_lr": 1e-4}, ME))
    assert_begun(again, generator)
    assert again.config.train.d_lr == 1e-4


def test_an_upload_is_trained_on_own_images(home: Path) -> None:
    generator = build_generator(FACES, 3)
    at = press(trained_on(uploaded(FACES, generator)), "choose-images")
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for k in range(20):
            png = io.BytesIO()
            Image.fromarray(np.full((9, 9, 3), 10 * k, np.uint8)).save(png, "PNG")
            archive.writestr(f"{k}.png", png.getvalue())
    (uploader,) = own_images_fields(at)
    at = uploader.set_value([("pets.zip", file.getvalue(), "application/zip")]).run()
    run = started(press(at, "use-images"))
    assert (run.config.data.name, run.config.data.size, run.config.train.augment != "") == ("images", 32, True)
    assert_begun(run, generator)


def test_a_generator_that_has_no_data_here_is_only_explored(home: Path) -> None:
    at = uploaded(FOREIGN, build_generator(FOREIGN, 3))
    assert at.selectbox(key="explore.run").value.startswith("upload-")
    assert "explore.train-on" not in {button.key for button in at.button}
