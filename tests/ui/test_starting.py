"""Starting a training: from Home, from a card, and from own images."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gan_demo.config import RunConfig
from gan_demo.presets import FAILURES, FEW_IMAGES_AUGMENT, PRESETS, time_budget
from gan_demo.schedule import open_ended
from gan_demo.service import app_state
from gan_demo.ui import session
from gan_demo.ui.own_images import choice
from tests.ui.app_page import OTHER, RepeatingJob, app, choose, keys, linked, occupied, press, words
from tests.ui.app_page import jobs as jobs


def with_budget(config: RunConfig) -> RunConfig:
    """Return the settings of a run with a time budget, before that has become a number of steps."""
    return replace(config, train=open_ended(config.train))


def test_home_starts_digits_with_one_click() -> None:
    at = press(app(), "start")
    (job,) = app_state.current().jobs.jobs()
    assert job.name == "digits"
    assert linked(at).id == job.id
    assert linked(at).config.data.name == "digits"


def test_home_leads_back_to_ones_own_training() -> None:
    RepeatingJob().running()
    assert "back" in keys(app())
    assert "back" not in keys(app(owner=OTHER))


@pytest.mark.parametrize("name", ["digits", "faces", "tutorial", "fashion", "ring"])
def test_a_card_starts_its_preset(name: str) -> None:
    occupied()
    at = press(app("train"), f"start-{name}")
    run = linked(at)
    assert run.config == with_budget(PRESETS[name])
    assert run.info.budget == time_budget(name)
    assert run.info.name == name


@pytest.mark.parametrize("name", FAILURES)
def test_each_way_to_fail_starts_with_one_click(name: str) -> None:
    occupied()
    run = linked(press(app("train"), f"start-{name}"))
    assert run.config == with_budget(PRESETS[name])
    assert run.info.budget == time_budget(name)
    assert run.info.name == name


def grey_pictures(count: int = 20) -> list[tuple[str, bytes, str]]:
    """Return pictures as (name, content, type)."""
    pictures = []
    for k in range(count):
        png = io.BytesIO()
        Image.fromarray(np.full((9, 9, 3), 10 * k, np.uint8)).save(png, "PNG")
        pictures.append((f"{k}.png", png.getvalue(), "image/png"))
    return pictures


def zipped(files: Iterable[tuple[str, bytes, str]]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content, _ in files:
            archive.writestr(name, content)
    return file.getvalue()


def test_own_images_are_looked_at_before_they_are_trained_on(home: Path) -> None:
    occupied()
    before = set(home.iterdir())
    at = press(app("train"), "choose-images")
    content = zipped([*grey_pictures(), ("notes.txt", b"?", "")])
    at = choose(at, [("flowers.tar.zip", content, "application/zip")])
    shown = words(at)
    assert "**flowers.tar.zip** · 20 images" in shown
    assert "Few: the networks will mostly learn these by heart" in shown
    assert "1 × it is no picture" in shown
    assert {path.name for path in set(home.iterdir()) - before} == {"uploads"}, "no run is made of them yet"
    run = linked(press(at, "use-images"))
    assert (run.info.name, run.config.data.size, run.config.model.conditional) == ("flowers.tar", 32, False)
    assert run.config.train.augment == FEW_IMAGES_AUGMENT
    assert Path(run.config.data.path).name == "flowers.tar.zip"
    assert Path(run.config.data.path).read_bytes() == content
    assert "own-images-check" not in at.session_state


def test_own_images_train_from_pictures_chosen_one_by_one_as_on_a_phone() -> None:
    occupied()
    at = press(app("train"), "choose-images")
    pictures = grey_pictures()
    at = choose(at, [*pictures, ("0.png", pictures[1][1], "image/png")])
    assert "**21 pictures** · 21 images" in words(at)
    run = linked(press(at, "use-images"))
    assert run.info.name == "21 pictures"
    with zipfile.ZipFile(run.config.data.path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    assert contents == {name: content for name, content, _ in pictures} | {"20-0.png": pictures[1][1]}


def test_folders_become_classes_that_the_networks_may_be_told() -> None:
    occupied()
    at = press(app("train"), "choose-images")
    at.segmented_control("own-images-source").set_value("folder").run()
    files = [(f"pets/{kind}/{name}", content, "") for kind in ("cat", "dog") for name, content, _ in grey_pictures(10)]
    at = choose(at, files, "folder")
    assert "Classes: cat (10), dog (10)" in words(at)
    at.toggle("own-told").set_value(True).run()
    run = linked(press(at, "use-images"))
    assert (run.info.name, run.config.model.conditional) == ("pets", True)


def test_names_in_another_encoding_are_shown_with_the_choice() -> None:
    occupied()
    names = [f"{kind}/{name}" for kind in ("猫", "狗") for name, _, _ in grey_pictures(10)]
    content = zipped(
        (f"{k:02d}".ljust(len(name.encode("gbk")), "x"), grey_pictures()[k][1], "") for k, name in enumerate(names)
    )
    for k, name in enumerate(names):
        content = content.replace(f"{k:02d}".ljust(len(name.encode("gbk")), "x").encode(), name.encode("gbk"))
    at = choose(press(app("train"), "choose-images"), [("pets.zip", content, "application/zip")])
    assert "Classes: 狗 (10), 猫 (10)" in words(at)
    (encoding,) = (box for box in at.selectbox if str(box.key).startswith("own-encoding"))
    assert encoding.value == "gb18030"
    at = encoding.set_value("cp949").run()
    assert "猫" not in words(at)
    assert linked(press(at, "use-images")).config.data.encoding == "cp949"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_set_that_cannot_be_used_makes_no_run_and_is_called_by_its_name(language: str, home: Path) -> None:
    at = press(app("train", language=language), "choose-images")
    at = choose(at, [("Ferien.zip", zipped(grey_pictures(5)), "application/zip")])
    assert "Ferien.zip" in words(at)
    assert "16" in words(at)
    assert str(home) not in words(at)
    assert "use-images" not in keys(at)
    at = press(at, "other-images")
    assert list((home / "uploads").iterdir()) == []
    at = choose(at, [*grey_pictures(2), ("more.zip", b"", "application/zip")])
    assert {"en": "Choose one zip file, or only pictures", "zh": "zip"}[language] in words(at)
    assert [path.name for path in home.iterdir()] == ["uploads"]


def test_uploaded_bytes_leave_the_memory_once_they_are_saved(monkeypatch: pytest.MonkeyPatch) -> None:
    removed: list[str] = []
    monkeypatch.setattr(session, "forget_files", lambda files: removed.extend(file.name for file in files))
    choose(press(app("train"), "choose-images"), grey_pictures(2))
    assert removed == ["0.png", "1.png"]


@pytest.mark.parametrize(
    ("address", "works"),
    [
        ("https://school.example/train", True),
        ("http://localhost:8501/train", True),
        ("http://127.0.0.1:8501", True),
        ("http://[::1]:8501", True),
        ("http://192.168.1.7:8501/train", False),
        ("http://school.example/train", False),
    ],
)
def test_a_camera_is_offered_only_where_browsers_have_one(address: str, works: bool) -> None:
    assert choice.has_camera(address) == works
