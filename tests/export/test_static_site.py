"""A run as a static page: what is in it, that it leads nowhere outside, and that its colours are the app's."""

from __future__ import annotations

import dataclasses
import gzip
import io
import json
import re
import tomllib
import zipfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path

import pytest

from gan_demo.cli.main import main
from gan_demo.config import RunConfig
from gan_demo.errors import GanDemoError
from gan_demo.explorer import artifacts
from gan_demo.export import static_site
from gan_demo.i18n.text import table
from gan_demo.runs import library, networks
from gan_demo.runs.run_dir import RunDir
from gan_demo.support.memory_cache import MemoryCache

ROOT = Path(__file__).resolve().parents[2]
OUTSIDE = re.compile(rb"""(?:import\s|from\s|fetch\(|src=|href=|url\()\s*["'(]?(?:https?:)?//""")


@pytest.fixture(scope="module")
def files() -> Mapping[str, bytes]:
    return static_site.files(library.find("digits"))


@pytest.fixture(scope="module")
def site_json(files: Mapping[str, bytes]) -> dict[str, object]:
    content: dict[str, object] = json.loads(files["site.json"])
    return content


def test_everything_that_the_page_names_is_in_it(
    files: Mapping[str, bytes], site_json: dict[str, dict[str, dict[str, str]]]
) -> None:
    urls = dict(site_json["explorer"]["urls"])
    assert {"space", "generator", "classifier", "real", "runtime", "wasm"} <= urls.keys()
    assert urls.pop("runtime") == "api/runtime/"
    lab = site_json["lab"]["urls"]
    assert lab["graphs"].startswith("api/lab/")
    assert (lab["runtime"], lab["wasm"]) == ("api/runtime/", urls["wasm"])
    for training in site_json["trainings"]:
        urls |= {f"{training['preset']}.{name}": url for name, url in training["urls"].items() if url}
        assert urls.pop(f"{training['preset']}.runtime") == "api/runtime/"
    named = [*urls.values(), lab["graphs"], "api/runtime/ort.wasm.min.mjs", "api/runtime/ort-wasm-simd-threaded.mjs"]
    named += [f"api/runs/digits/grids/{step}.png" for step in site_json["film"]["steps"]]
    assert [name for name in named if name not in files] == []
    space = json.loads(files[urls["space"]])
    assert space["discriminator"] == ("discriminator" in urls)
    assert [step for step in space["steps"] if f"api/explore/digits/{step}/generator.onnx" not in files] == []
    assert 2 <= len(space["steps"]) <= static_site.MAX_CHECKPOINTS


def test_modules_and_styles_find_each_other(files: Mapping[str, bytes]) -> None:
    waiting = [
        "api/ui/site/site.mjs",
        *(name for name in files if re.match("api/ui/(browser_training|explorer|lab|trainer)/.*[.]mjs$", name)),
    ]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        assert name in files
        seen.add(name)
        code = re.sub(r"/\*\*.*?\*/", "", files[name].decode(), flags=re.DOTALL)  # types are imported in comments
        for target in re.findall(r"""(?:from|import)\s*\(?["'](\.[^"'$`]+)["']""", code):
            path = str((Path("/") / name).parent.joinpath(target).resolve())[1:]
            waiting += [path] if path not in seen else []
    assert {"api/ui/vendor/uplot/uplot.mjs", "api/ui/film/film.mjs", "api/ui/explorer/engine/worker.mjs"} <= seen
    assert {"api/ui/lab/measure/worker.mjs", "api/ui/trainer/worker.mjs"} <= seen
    links: list[str] = []

    class Links(HTMLParser):
        def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
            links.extend(value for key, value in attributes if key in ("src", "href") and value)

    Links().feed(files["index.html"].decode())
    assert links
    assert [link for link in links if link not in files] == []


def test_nothing_leads_outside_and_no_file_is_too_large_for_a_free_host(files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        assert len(content) < 10_000_000, name
        if name.endswith((".html", ".mjs", ".css")) and not name.startswith("api/runtime"):
            assert OUTSIDE.search(content) is None, name


def counted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int | None]]:
    """Record the pages that are built from now on, each a short one."""
    calls: list[tuple[str, int | None]] = []

    def few(run: RunDir, step: int | None = None) -> dict[str, bytes]:
        assert static_site._zip_lock.locked(), "nobody else makes one meanwhile"
        calls.append((run.id, step))
        return {"index.html": b"page"}

    monkeypatch.setattr(static_site, "files", few)
    monkeypatch.setattr(static_site, "_zip_cache", MemoryCache[bytes](2**20, len))
    return calls


def test_zips_are_made_one_at_a_time_and_once_however_often_they_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = counted(monkeypatch)
    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(lambda _: static_site.zipped(library.find("digits")), range(8)))) == 1
    first = library.find("digits").checkpoints[0]
    assert static_site.zipped(library.find("digits"), first) == static_site.zipped(library.find("digits"), first)
    assert calls == [("digits", None), ("digits", first)], "of another step there is another page"


def test_a_run_that_went_on_has_another_zip(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    calls, run = counted(monkeypatch), RunDir.create(home / "mine", RunConfig(), "mine")
    static_site.zipped(run)
    run.append({"step": 1, "images": 8, "seconds": 1.0, "d_loss": 1.0, "g_loss": 1.0})
    static_site.zipped(run)
    assert len(calls) == 2


def test_it_speaks_both_languages(site_json: dict[str, dict[str, dict[str, object]]]) -> None:
    for part in (
        site_json["words"],
        site_json["panels"],
        site_json["curves"],
        site_json["explorer"]["texts"],
        site_json["film"]["texts"],
        site_json["lab"]["texts"],
        site_json["trainingWords"],
        site_json["title"],
    ):
        assert set(part) == {"en", "zh"}
        assert part["en"] != part["zh"]
    assert site_json["words"]["zh"]["explore"] == table("zh")["site.explore"]


def test_a_static_space_knows_what_to_serve(files: Mapping[str, bytes]) -> None:
    _, front, text = files["README.md"].decode().split("---\n", 2)
    settings = dict(line.split(": ", 1) for line in front.strip().splitlines())
    assert (settings["sdk"], settings["app_file"]) == ("static", "index.html")
    assert "CC BY-SA 3.0" in text
    licences = [name for name in files if "LICENSE" in name]
    assert any("runtime" in name for name in licences)
    assert any("uplot" in name for name in licences)


def test_own_images_stay_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    run = library.find("faces")
    config = run.config.to_dict()
    config["data"] = config["data"] | {"name": "images", "path": "/somewhere/zq17"}
    own_images = RunConfig.from_dict(config)
    monkeypatch.setattr(RunDir, "config", property(lambda self: own_images))
    monkeypatch.setattr(static_site, "MAX_CHECKPOINTS", 2)
    page = static_site.files(run)
    assert [name for name in page if name.endswith("real.png")] == []
    assert b"zq17" not in b"".join(page[name] for name in page if name.endswith(".json"))


def test_a_checkpoint_brings_the_discriminator_of_its_time_once_there_was_one(tmp_path: Path) -> None:
    tiny = ["--device", "cpu", "--set", "batch=8", "--set", "evaluate=false", "--set", "limit=100", "--set", "width=4"]
    assert main(["train", "digits", "--steps", "3", "--out", str(tmp_path / "run"), *tiny]) == 0
    run = RunDir(tmp_path / "run")
    for step in (1, 9):
        run.add_checkpoint(step, networks.generator(run).state_dict())
    run.set_info(dataclasses.replace(run.info, checkpoints=(1, 3, 9)))
    page = static_site.files(run)
    judges = [name for name in page if name.endswith("discriminator.onnx")]
    assert sorted(judges) == [f"api/explore/run/{step}/discriminator.onnx" for step in (3, 9)]
    assert json.loads(page["site.json"])["explorer"]["models"][0]["states"] == [3]


def test_its_networks_are_those_that_the_app_serves(files: Mapping[str, bytes]) -> None:
    run = library.find("digits")
    step = run.checkpoints[-1]
    served = gzip.decompress(artifacts.content(run, step, "generator.onnx"))
    assert files[f"api/explore/digits/{step}/generator.onnx"] == served


def test_the_zip_holds_the_same_in_one_folder(files: Mapping[str, bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(static_site.zipped(library.find("digits")))) as archive:
        assert {name.removeprefix("digits/") for name in archive.namelist()} == set(files)
        assert archive.read("digits/index.html") == files["index.html"]


def test_a_run_without_a_checkpoint_and_a_step_that_is_not_kept_are_refused(tmp_path: Path) -> None:
    with pytest.raises(GanDemoError, match="no checkpoint"):
        static_site.files(RunDir.create(tmp_path / "new", RunConfig(), "ring"))
    with pytest.raises(GanDemoError, match="not saved"):
        static_site.files(library.find("digits"), 7)


@pytest.mark.parametrize(("theme", "selector"), [("light", ":root {"), ("dark", ':root[data-theme="dark"] {')])
def test_its_colours_are_the_apps(theme: str, selector: str) -> None:
    css = (ROOT / "gan_demo/frontend/site/site.css").read_text("utf-8")
    block = css[css.index(selector) :].partition("}")[0]
    site_colours = dict(re.findall(r"--st-([a-z-]+): ([^;]+);", block))
    colours = tomllib.loads((ROOT / ".streamlit/config.toml").read_text("utf-8"))["theme"][theme]
    wanted = {re.sub("([A-Z])", lambda m: "-" + m[1].lower(), name): value for name, value in colours.items()}
    shared = [name for name in site_colours if name in wanted]
    assert len(shared) > 15
    for name in shared:
        value = wanted[name]
        assert re.sub(r",\s+", ",", site_colours[name]) == (",".join(value) if isinstance(value, list) else value), name


def test_the_command_writes_it_over_its_like_and_over_nothing_else(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "page"
    words = ["export", "digits", "--format", "site", "--out", str(out)]
    assert main(words) == 0
    assert capfd.readouterr().err == ""
    (out / "index.html").unlink()
    assert main(words) == 0
    assert (out / "index.html").is_file()
    (tmp_path / "mine" / "letter.txt").parent.mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    assert main([*words[:-1], str(tmp_path / "mine")]) == 2
    assert "holds something else" in capfd.readouterr().err
    assert [file.name for file in (tmp_path / "mine").iterdir()] == ["letter.txt"]
