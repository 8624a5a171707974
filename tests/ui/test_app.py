"""The pages, run by Streamlit's AppTest: what they show, what their buttons do, and to whom."""

from __future__ import annotations

import io
import json
import re
import shutil
import threading
import zipfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from gan_demo.boards import curves
from gan_demo.config import DataConfig, RunConfig
from gan_demo.errors import DataError, RunError
from gan_demo.export import charts_page
from gan_demo.export.script import build
from gan_demo.export.script.options import ScriptOptions
from gan_demo.i18n import text
from gan_demo.presets import FAILURES, FEW_IMAGES_AUGMENT, PRESETS, time_budget
from gan_demo.runs import library, ownership
from gan_demo.runs.archive import packing
from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.status import Status
from gan_demo.schedule import open_ended
from gan_demo.service import app_state, run_actions, trash
from gan_demo.service.own_images import uploads
from gan_demo.training.control import Progress
from gan_demo.training.jobs.job import Job
from gan_demo.ui import session
from gan_demo.ui.own_images import choice
from gan_demo.ui.train_page import end

MAIN = Path(session.__file__).parent / "main.py"
ME = "m" * 43
OTHER = "o" * 43
PATIENCE = 60.0
TINY = PRESETS["ring"].with_settings({"steps": 30, "batch": 16, "width": 8, "d_width": 8, "evaluate": "false"})


@pytest.fixture(autouse=True)
def jobs() -> Iterator[None]:
    """Give the test a job manager of its own, and shut it down afterwards."""
    app_state.close_current()
    yield
    for gate in GATES:
        gate.set()
    GATES.clear()
    app_state.close_current()


def app(page: str = "home", *, owner: str = ME, language: str = "en", **query: str) -> AppTest:
    """Return a page after its first run."""
    at = AppTest.from_file(str(MAIN), default_timeout=PATIENCE)
    at.session_state["owner"] = owner
    at.session_state["language"] = language
    for key, value in query.items():
        at.query_params[key] = value
    if page != "home":
        at.switch_page(f"{page}.py")
    at.run()
    assert not at.exception
    return at


def press(at: AppTest, key: str) -> AppTest:
    """Press the button with this key."""
    at.button(key).click().run()
    assert not at.exception
    return at


def linked(at: AppTest) -> RunDir:
    """Return the run in the page's address."""
    value = at.query_params["run"]
    return library.find(value if isinstance(value, str) else value[0])


def keys(at: AppTest) -> set[str]:
    return {str(button.key) for button in at.button}


def words(at: AppTest) -> str:
    """Return all text of the page."""
    parts = [*at.title, *at.markdown, *at.caption, *at.error, *at.warning, *at.success, *at.info, *at.header]
    return "\n".join(str(part.value) for part in parts)


def finished(config: RunConfig = TINY, owner: str = ME, name: str = "ring") -> RunDir:
    """Return a run that trained to its end."""
    run_id = run_actions.start(config, name, owner)
    job = app_state.current().jobs.get(run_id)
    assert job is not None
    assert job.wait(PATIENCE)
    assert job.snapshot.status is Status.DONE, job.snapshot.error
    return library.find(run_id)


def with_budget(config: RunConfig) -> RunConfig:
    """Return the settings of a run with a time budget, before that has become a number of steps."""
    return replace(config, train=open_ended(config.train))


GATES: list[threading.Event] = []  # each holds a device until it is set


def occupied() -> None:
    """Hold the device, so that what is started from now on only waits for its first turn."""
    gate = threading.Event()
    GATES.append(gate)

    def wait(job: Job) -> Iterator[Any]:
        gate.wait(PATIENCE)
        yield Progress("training", step=1)

    job = app_state.current().jobs.submit(f"gate-{len(GATES)}", "faces", OTHER, "cpu", wait)
    ticking = threading.Event()
    while job.snapshot.status is Status.QUEUED:
        ticking.wait(0.002)


class RepeatingJob:
    """A job that yields the same items again and again until it is stopped."""

    def __init__(self, owner: str = ME, name: str = "digits") -> None:
        self.run = RunDir.create(library.home() / library.new_id(name), PRESETS[name], name)
        ownership.claim(self.run, owner)
        self.items: list[Any] = [Progress("training", step=1, steps=100, images_per_second=10.0, seconds_left=90.0)]
        self.go = threading.Event()
        self.job = app_state.current().jobs.submit(self.run.id, name, owner, "cpu", self._make)

    def _make(self, job: Job) -> Iterator[Any]:
        while True:
            for item in self.items:
                if isinstance(item, BaseException):
                    raise item
                yield item
            self.go.wait(0.01)

    def until(self, condition: Callable[[Job], bool]) -> RepeatingJob:
        ticking = threading.Event()
        for _ in range(int(PATIENCE * 100)):
            if condition(self.job):
                return self
            ticking.wait(0.01)
        raise AssertionError(self.job.snapshot)

    def running(self) -> RepeatingJob:
        return self.until(lambda job: job.snapshot.status is Status.RUNNING and job.snapshot.progress is not None)


# ---- pages and languages


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("page", ["home", "train", "compare", "lab", "learn"])
def test_every_page_opens_in_both_languages(page: str, language: str) -> None:
    at = app(page, language=language)
    heading = {"train": "setup.title"}.get(page, f"{page}.title")
    assert text.table(language)[heading] in words(at)


def test_the_language_can_be_switched_on_the_page() -> None:
    at = app()
    at.segmented_control("language").set_value("zh").run()
    assert text.table("zh")["home.title"] in words(at)


def test_an_address_may_ask_for_a_language() -> None:
    at = AppTest.from_file(str(MAIN), default_timeout=PATIENCE)
    at.query_params["lang"] = "zh"
    assert text.table("zh")["home.title"] in words(at.run())


# ---- covers


def covers(at: AppTest) -> list[str]:
    """Return the addresses of the covers on a page."""
    return [
        address
        for element in at.get("html")
        for address in re.findall(r'<img class="cover" src="([^"]+)"', element.proto.body)
    ]


def test_every_card_has_its_cover_among_the_static_files() -> None:
    addresses = covers(app("train"))
    assert len(set(addresses)) == 6
    for address in addresses:
        folder, _, name = address.rpartition("/")
        assert folder == "app/static", "relative, so that it holds below a base path"
        file = MAIN.parent / "static" / name
        assert file.stat().st_size < 32_000, "a page has six of them"
        with Image.open(file) as picture:
            assert (picture.format, picture.size) == ("PNG", (960, 320))


def test_home_shows_a_cover_where_no_model_is_shipped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(library, "PRETRAINED", tmp_path)
    assert covers(app()) == ["app/static/cover-digits.png"]


# ---- starting


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


def choose(at: AppTest, files: list[tuple[str, bytes, str]], source: str = "files") -> AppTest:
    """Choose own images in the open dialog, and wait until they were looked at."""
    (uploader,) = (field for field in at.file_uploader if str(field.key).startswith(f"own-images-{source}"))
    at = uploader.set_value(files).run()
    assert not at.exception
    return at


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


def test_images_that_were_left_out_are_listed_with_their_reason() -> None:
    run = finished()
    run.set_refused((("notes.png", "it is not an image that can be read"),))
    (table,) = app("train", run=run.id, language="zh").dataframe
    assert table.value.iloc[0].tolist() == ["notes.png", "不是可以读取的图片"]


def test_a_run_that_is_deleted_while_its_page_is_drawn_is_reported(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run = finished()

    show = end.show

    def delete_and_show(*about: Any) -> None:  # in the middle of the page
        if run.path.exists():
            run.path.rename(
                tmp_path / "deleted"
            )  # at once, as the trash does it: the explorer's files may be on their way
        show(*about)

    monkeypatch.setattr(end, "show", delete_and_show)
    assert app("train", run=run.id).title[0].value == "There is no such run here"
    assert (tmp_path / "deleted/run.json").exists()


# ---- settings


def customised() -> AppTest:
    at = AppTest.from_file(str(MAIN), default_timeout=PATIENCE)
    at.session_state["owner"] = ME
    at.session_state["wanted-settings"] = True
    at.run()
    at.switch_page("train.py").run()
    assert not at.exception
    return at


def field(at: AppTest, kind: str, name: str) -> Any:
    """Return the widget of a setting, whichever draft it belongs to."""
    fields = [widget for widget in at.get(kind) if str(widget.key).startswith(f"draft.{name}.")]
    assert len(fields) == 1, name
    return fields[0]


def test_a_changed_setting_reaches_the_run() -> None:
    at = customised()
    field(at, "number_input", "batch").set_value(48).run()
    occupied()
    at = press(at, "start-custom")
    in_a_minute = {"schedule_from": PRESETS["digits"].train.steps}  # until the trainer knows its steps
    assert linked(at).config == PRESETS["digits"].with_settings({"batch": 48} | in_a_minute)
    assert linked(at).info.budget == 60.0


def test_a_setting_out_of_range_is_marked_and_disables_the_start_button() -> None:
    at = customised()
    field(at, "number_input", "batch").set_value(1).run()
    field(at, "number_input", "g_lr").set_value(-1.0).run()
    messages = [str(element.value) for element in at.caption if ":red[" in str(element.value)]
    assert len(messages) == 2
    assert any(text.table("en")["setting.batch"] in message for message in messages)
    assert at.button("start-custom").disabled


def test_another_loss_brings_its_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    from gan_demo import presets

    monkeypatch.setitem(presets.LOSS_SETTINGS, ("wasserstein", "images"), {"gp": 10.0, "d_steps": 5})
    at = customised()
    field(at, "selectbox", "loss").set_value("wasserstein").run()
    assert field(at, "number_input", "d_steps").value == 5
    assert field(at, "number_input", "gp").value == 10.0


def test_another_kind_of_data_brings_its_networks() -> None:
    at = customised()
    field(at, "selectbox", "name").set_value("spiral").run()
    assert session_values(at)["arch"] == "points"
    assert session_values(at)["name"] == "spiral"
    assert not at.button("start-custom").disabled


def session_values(at: AppTest) -> dict[str, Any]:
    values: dict[str, Any] = at.session_state["draft"].values
    return values


# ---- a run


def test_a_finished_run_offers_to_explore_to_go_on_and_its_files() -> None:
    run = finished()
    at = app("train", run=run.id)
    assert {"explore", "longer", "again"} <= keys(at)
    assert text.table("en")["status.done"] in words(at)
    downloads = {element.key for element in at.get("download_button")}
    films, scripts = {"film-gif", "film-mp4"}, {"script-py", "script-ipynb"}
    assert downloads == {"weights", "metrics", "report", "site", "whole-run", *films, *scripts}
    groups = [text.table("en")[f"files.group.{group}"] for group in ("pictures", "network", "run", "page")]
    assert [str(part.value).strip("*") for part in at.markdown if str(part.value).strip("*") in groups] == groups
    sized = {element.key: element.label for element in at.get("download_button")}
    assert re.search(r"· \d+ KB$", sized["weights"]), "the size that is known"
    assert re.search(r"· \d+ KB$", sized["whole-run"])


def test_a_report_is_in_the_language_of_the_session_that_downloads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    reports: list[Callable[[], bytes]] = []

    def download_button(label: str, data: Callable[[], bytes], *_args: object, key: str, **_options: object) -> None:
        if key == "report":
            reports.append(data)

    monkeypatch.setattr(st, "download_button", download_button)
    run = finished()
    app("train", language="zh", run=run.id)
    with ThreadPoolExecutor(1) as threads:  # as Streamlit does, in a thread that belongs to no session
        page = threads.submit(reports[-1]).result().decode()
    title = text.table("zh")["panel.losses"]
    assert title in page or json.dumps(title)[1:-1] in page


def test_a_card_starts_a_run_with_a_time_budget_and_a_done_run_trains_on_for_minutes() -> None:
    started: list[tuple[str, float]] = []
    run = finished()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run_actions, "_submit", lambda run, name, owner: started.append((run.id, run.info.budget)))
        press(app("train"), "start-digits")
        (run_id, budget), *_ = started
        assert (budget, library.find(run_id).info.plan) == (60.0, PRESETS["digits"].train.steps)
        before = run.info.seconds
        at = app("train", run=run.id)
        assert {"train-on-5", "train-on-15", "longer"} <= keys(at)
        press(at, "train-on-5")
    assert started[-1] == (run.id, before + 300)
    assert RunDir(run.path).config.train.restart == run.info.step


def test_a_finished_run_can_train_longer() -> None:
    run = finished()
    press(app("train", run=run.id), "longer")
    job = app_state.current().jobs.get(run.id)
    assert job is not None
    assert job.wait(PATIENCE)
    assert RunDir(run.path).info.step == 60


def test_only_the_owner_has_controls() -> None:
    held = RepeatingJob().running()
    assert {"control-pause", "control-stop"} <= keys(app("train", run=held.run.id))
    at = app("train", owner=OTHER, run=held.run.id)
    assert not any(key.startswith("control-") for key in keys(at))
    assert text.table("en")["live.watching"] in words(at)


def test_pause_step_resume_and_stop() -> None:
    held = RepeatingJob().running()
    at = press(app("train", run=held.run.id), "control-pause")
    assert held.job.snapshot.status is Status.PAUSED
    held.until(lambda job: job.is_stepping())
    held.items = [Progress("training", step=2, steps=100)]
    press(at, "control-step")
    held.until(lambda job: job.snapshot.progress.step == 2)
    assert held.job.snapshot.status is Status.PAUSED
    press(at, "control-resume")
    assert held.job.snapshot.status is Status.RUNNING
    at.button("control-stop").click().run()
    assert held.job.wait(PATIENCE)
    assert held.job.snapshot.status is Status.STOPPED


def test_a_control_pressed_after_the_run_ended_shows_an_error() -> None:
    held = RepeatingJob().running()
    at = app("train", run=held.run.id)
    held.job.stop()
    assert held.job.wait(PATIENCE)
    at = press(at, "control-pause")
    assert any("is over" in str(element.value) for element in at.error)


def test_a_run_before_its_first_turn_says_how_many_come_first_and_offers_the_explorer() -> None:
    occupied()
    second = RepeatingJob(name="digits")
    at = app("train", run=second.run.id)
    sentences = text.table("en")
    assert sentences["queue.next"] in words(at)
    assert sentences["queue.sharing"].format(n=1) in words(at)
    assert {sentences["queue.explore"], sentences["queue.lab"]} <= {link.proto.label for link in at.get("page_link")}
    GATES[-1].set()
    second.running()


def test_a_failed_download_offers_the_built_in_data() -> None:
    held = RepeatingJob(name="fashion")
    failure = DataError(
        "data", "fashion", "could not be downloaded ({megabytes} MB)", "Use {fallback}", megabytes=31, fallback="digits"
    )
    held.items = [failure]
    assert held.job.wait(PATIENCE)
    at = app("train", run=held.run.id)
    assert any("31 MB" in str(element.value) for element in at.error)
    occupied()
    at = press(at, "fallback")
    assert linked(at).config.data.name == "digits"


def test_a_divergence_offers_a_gentler_run() -> None:
    held = RepeatingJob()
    held.items = [RunError("d_loss", "inf", "diverged at step {step}", "Lower the learning rates", step=7)]
    assert held.job.wait(PATIENCE)
    at = app("train", run=held.run.id)
    assert any("step 7" in str(element.value) for element in at.error)
    occupied()
    assert "G's rate = D's rate\\: 0.002 → 0.0005" in words(at), "what the button changes"
    at = press(at, "calmer")
    again = linked(at).config
    assert again.train.g_lr == PRESETS["digits"].train.g_lr / 4
    assert again.model == PRESETS["digits"].model


def test_an_unexpected_failure_shows_no_traceback() -> None:
    held = RepeatingJob()
    held.items = [ZeroDivisionError("secret path")]
    assert held.job.wait(PATIENCE)
    at = app("train", run=held.run.id)
    assert any("ZeroDivisionError" in str(element.value) for element in at.error)
    assert "secret path" not in words(at)


def test_an_unknown_link_leads_on() -> None:
    at = app("train", run="no-such-run")
    assert text.table("en")["unknown.title"] in words(at)
    press(at, "unknown-start")
    assert text.table("en")["setup.title"] in words(at)


@pytest.mark.parametrize("run", ["../../etc", "..", "a/b", "%2e%2e", "-"])
def test_a_link_that_is_no_run_is_unknown_too(run: str) -> None:
    assert text.table("en")["unknown.title"] in words(app("train", run=run))


# ---- earlier runs


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


# ---- a whole run as a file


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


def test_a_runs_curves_become_a_page_of_their_own_with_the_changes_that_they_mark(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = next(run for run in library.pretrained() if run.id == "digits")
    change = {"step": 1200, "seconds": 9.0, "was": {"r1": 0.0}, "now": {"r1": 0.5}}
    monkeypatch.setattr(RunDir, "changes", lambda _: [change])
    page = charts_page.page(run).decode()
    assert "<li>Step 1,200: R1: off → 0.5</li>" in page
    assert page.count("<script") >= 2
    assert "cdn" not in page.split("<body>")[0].lower()
    assert all(panel["title"] in page for panel in curves.main_panels(run.metrics(), False))
