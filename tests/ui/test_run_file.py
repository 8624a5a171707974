"""Earlier runs, and a whole run as a file: opened, refused, deleted and brought back."""

from __future__ import annotations

import io
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from gan_demo.config import DataConfig, RunConfig
from gan_demo.export.script import build
from gan_demo.export.script.options import ScriptOptions
from gan_demo.i18n import text
from gan_demo.runs import library, ownership
from gan_demo.runs.archive import packing
from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.status import Status
from gan_demo.service import app_state, run_actions, trash
from gan_demo.service.own_images import uploads
from tests.ui.app_page import ME, OTHER, PATIENCE, app, choose, finished, keys, linked, press, words
from tests.ui.app_page import jobs as jobs


def test_the_list_shows_ones_own_runs_only() -> None:
    mine, theirs = finished(), finished(owner=OTHER)
    shown = keys(app("train"))
    assert f"open-{mine.id}" in shown
    assert f"open-{theirs.id}" not in shown


def test_a_deleted_run_can_be_brought_back() -> None:
    run = finished()
    at = press(app("train"), f"delete-{run.id}")
    assert f"open-{run.id}" not in keys(at)
    assert not run.path.exists()
    at = press(at, "undo-delete")
    assert f"open-{run.id}" in keys(at)
    assert RunDir(run.path).info.step == 30


def test_nobody_deletes_or_resumes_the_run_of_another() -> None:
    run = finished(owner=OTHER)
    for act in (trash.delete, run_actions.resume):
        with pytest.raises(Exception, match="belongs to someone else"):
            act(run, ME)
    assert run.path.exists()


def test_the_owner_is_known_again_after_a_restart() -> None:
    run = finished()
    app_state.close_current()
    assert "longer" in keys(app("train", run=run.id))
    assert "longer" not in keys(app("train", owner=OTHER, run=run.id))


def opened(data: bytes, name: str = "my-run.zip", owner: str = ME) -> AppTest:
    """Return the page after ``owner`` opened a run's file."""
    at = app("train", owner=owner)
    at.file_uploader("run-file").set_value((name, data, "application/zip")).run()
    return press(at, "open-run-file")


def test_without_runs_the_page_says_how_to_get_one() -> None:
    assert text.table("en")["earlier.empty"] in words(app("train"))
    finished()
    assert text.table("en")["earlier.empty"] not in words(app("train"))


def test_a_run_taken_from_its_page_is_opened_on_another_and_belongs_to_whoever_opened_it() -> None:
    run = finished()
    data = packing.zip_bytes(run)
    at = opened(data, owner=OTHER)
    new = linked(at)
    assert new.id != run.id
    assert (ownership.owns(new, OTHER), ownership.owns(new, ME)) == (True, False)
    assert {"longer", "again"} <= keys(at)
    explorer = app_state.current().explorer
    app_state.close_current()
    explorer.spaces.shutdown(wait=True)  # so that nothing is written into the run's folder any more
    shutil.rmtree(run.path)
    assert linked(opened(data)).id == run.id


def test_an_opened_shipped_model_offers_no_resume_but_its_settings() -> None:
    at = opened(packing.zip_bytes(library.find("tutorial")))
    assert not {"longer", "resume"} & keys(at)
    assert {"explore", "again"} <= keys(at)


def test_a_deleted_run_is_not_replaced_by_its_file() -> None:
    run = finished()
    data = packing.zip_bytes(run)
    trash.delete(run, ME)
    assert linked(opened(data)).id != run.id
    assert trash.restore(run.id)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_file_that_is_no_run_is_refused_in_words(language: str, home: Path) -> None:
    at = app("train", language=language)
    at.file_uploader("run-file").set_value(("my-run.zip", b"no zip", "application/zip")).run()
    press(at, "open-run-file")
    with text.use_language(language):
        problem = text.sentence("is not a zip file, or a damaged one")
    assert problem in words(at)
    assert list(home.iterdir()) == []
    assert "run" not in at.query_params


def image_zip(count: int = 16, size: int = 32) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for k in range(count):
            picture = io.BytesIO()
            Image.fromarray(np.full((size, size, 3), 8 * k, np.uint8)).save(picture, "PNG")
            archive.writestr(f"{k}.png", picture.getvalue())
    return file.getvalue()


def test_a_run_on_own_images_is_opened_without_them_and_trains_on_with_them() -> None:
    path = uploads.save([("flowers.zip", image_zip())], "flowers.zip")
    small = RunConfig.from_dict(
        {"model": {"arch": "mlp", "z_dim": 4, "width": 4, "d_width": 4}, "train": {"batch": 4, "steps": 3}}
    )
    run = finished(replace(small, data=DataConfig("images", path=str(path), size=32)), name="flowers")
    assert "whole-run" not in {element.key for element in app("train", owner=OTHER, run=run.id).get("download_button")}
    data = packing.zip_bytes(run)
    at = opened(data)
    new = linked(at)
    assert text.table("en")["run_file.no_images"] in words(at)
    assert not {"longer", "resume", "again"} & keys(at)
    assert text.table("en")["run_file.no_images"] not in words(app("train", owner=OTHER, run=new.id))
    at = choose(press(at, "images-again"), [("wrong.zip", image_zip(3), "application/zip")])
    assert "16" in words(at)
    at = press(at, "other-images")
    assert len(list((library.home() / "uploads").iterdir())) == 1
    at = choose(at, [("flowers.zip", image_zip(), "application/zip")])
    press(press(at, "use-images"), "longer")
    job = app_state.current().jobs.get(new.id)
    assert job is not None
    assert job.wait(PATIENCE)
    assert (job.snapshot.status, RunDir(new.path).info.step) == (Status.DONE, 6)


def test_a_script_tells_nothing_of_a_parent_that_an_opened_file_names() -> None:
    path = uploads.save([("flowers.zip", image_zip())], "flowers.zip")
    small = RunConfig.from_dict(
        {"model": {"arch": "mlp", "z_dim": 4, "width": 4, "d_width": 4}, "train": {"batch": 4, "steps": 3}}
    )
    theirs = finished(replace(small, data=DataConfig("images", path=str(path), size=32)), owner=OTHER, name="flowers")
    mine = finished()
    with mine.writing():
        mine.set_info(replace(mine.info, parent=f"{theirs.id}@3"))
    assert "script-py" in {element.key for element in app("train", run=mine.id).get("download_button")}
    for name in ("train.py", "train.ipynb"):
        for content in build.files(mine, ScriptOptions(name)).values():
            assert path.parent.name.encode() not in content
