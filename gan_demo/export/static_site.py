"""A run as a static page of its own: explorer, recorded training with film and curves, in both languages, no server.

``files`` gives a folder that any static host serves as it is. Its files lie under the addresses at which the app's
server answers, so the components in it ask as they always do; nothing in it leads outside.
"""

from __future__ import annotations

import gzip
import io
import json
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from gan_demo.analysis.downsampling import evenly_spaced, thinned
from gan_demo.boards import assets, explorer, titles
from gan_demo.boards import film as board_film
from gan_demo.boards import panels as board_panels
from gan_demo.errors import GanDemoError, RunError
from gan_demo.explorer import artifacts
from gan_demo.i18n import text
from gan_demo.i18n.text import t
from gan_demo.runs import library
from gan_demo.runs.explorer_cache import VERSION
from gan_demo.runs.run_dir import RunDir
from gan_demo.support.memory_cache import MemoryCache

CHECKPOINTS = 8  # generators of other moments, for looking at a sample through time
BUCKETS = 500  # of the curves: two points each
REAL = 64  # training images in the picture of them
FILM_WIDTH = 760  # pixels at most
_STATIC = Path(__file__).parents[1] / "ui" / "static"
_zips: MemoryCache[bytes] = MemoryCache(2**27, len)  # some 10 MB each
_zipping = threading.Lock()  # seconds of one core, and the files in memory
_COMPONENTS = ("explorer", "film", "curves")
_COLUMNS_TOO = ("step", "images", "seconds", "histogram")


def files(run: RunDir, step: int | None = None) -> dict[str, bytes]:
    """Every file of the page by its path. Raises RunError where the run has no such checkpoint.

    Some 10 to 30 MB, of which the runtime is 4 and each checkpoint one; no file reaches 10 MB for the models here. Own
    images stay at home: a run on them brings its samples, none of what it learned from.
    """
    kept = run.checkpoints
    if not kept:
        raise RunError("run", run.id, "has no checkpoint yet", "Let it train for a few seconds more")
    if step is not None and step not in kept:
        raise RunError("step", step, "is not kept in this run", "Kept: {kept}", kept=", ".join(map(str, kept)))
    at = kept[-1] if step is None else step
    steps = evenly_spaced([one for one in kept if one <= at], CHECKPOINTS)
    networks = dict(_networks(run, steps))
    found = {**_shell(run), **_code(), **_runtime(), **networks, **_training(run)}
    found["site.json"] = _json(_told(run, at, found))
    return found


def zipped(run: RunDir, step: int | None = None) -> bytes:
    """The same as one zip, in a folder of the run's name; made once until the run changes, and one at a time."""

    def make() -> bytes:
        with _zipping:
            return _zip(run, step)

    parts = (run.path / name for name in ("config.json", "run.json", "metrics.jsonl", "card.json"))
    stamp = tuple(part.stat().st_mtime_ns for part in parts if part.is_file())
    return _zips.get_or_make((str(run.path), step, stamp, tuple(run.grids), VERSION), make)


def _zip(run: RunDir, step: int | None) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in files(run, step).items():
            kind = zipfile.ZIP_STORED if name.endswith((".png", ".gz", ".woff2")) else zipfile.ZIP_DEFLATED
            archive.writestr(f"{run.id}/{name}", content, kind)
    return file.getvalue()


def content(found: RunDir | Path, step: int | None) -> dict[str, bytes]:
    """The same, of what the command line was given. Raises RunError for a weights file."""
    if not isinstance(found, RunDir):
        raise RunError("run", found.name, "is a weights file, and a page tells of a training", "Name a run's folder")
    return files(found, step)


# ---- the parts


def _shell(run: RunDir) -> dict[str, bytes]:
    here = assets.FRONTEND / "site"
    found = {name: (here / name).read_bytes() for name in ("index.html", "site.css", "site.mjs")}
    for name in ("icon.png", "space-grotesk.woff2", "space-grotesk.LICENSE.txt"):
        found[name] = (_STATIC / name).read_bytes()
    return found | {"README.md": _readme(run).encode(), ".nojekyll": b""}


def _readme(run: RunDir) -> str:
    title = _title(run, "en")
    return f"""---
title: {json.dumps(f"{title}, drawn by a GAN")}
emoji: 🎨
colorFrom: red
colorTo: blue
sdk: static
app_file: index.html
pinned: false
license: mit
short_description: Hold the latent space of a GAN in your hand
---

# {title}

A generator, its training and its latent space as a page without a server, made by gan_demo. The lines above make this
folder a static Hugging Face Space; GitHub Pages and every other static host serve it as it is. On your own machine:

    python -m http.server --directory .

and open the address that it prints. A browser does not load modules from a file opened by itself.

{_licence(run)}
"""


def _code() -> dict[str, bytes]:
    """Modules, style sheets and licences of the components, as the server serves them."""
    root = assets.FRONTEND
    return {
        f"api/ui/{path.relative_to(root).as_posix()}": path.read_bytes()
        for name in _COMPONENTS
        for path in sorted((root / name).rglob("*"))
        if path.is_file() and path.parent.name != "runtime"
    }


def _runtime() -> dict[str, bytes]:
    """The modules unpacked, as no header says that they are not; the large file stays gzipped: see explorer.mjs."""
    found = {}
    for path in sorted((assets.RUNTIME).glob("*")):
        content = path.read_bytes()
        if path.name.endswith(".mjs.gz"):
            found[f"api/runtime/{path.stem}"] = gzip.decompress(content)
        elif path.suffix in (".gz", ".txt"):
            found[f"api/runtime/{path.name}"] = content
    return found


def _networks(run: RunDir, steps: list[int]) -> Iterator[tuple[str, bytes]]:
    here = f"api/explore/{run.id}"
    for step in steps:
        yield f"{here}/{step}/generator.onnx", gzip.decompress(artifacts.content(run, step, "generator.onnx"))
    last = steps[-1]
    space = artifacts.space(run, last) | {"steps": steps}
    yield f"{here}/{last}/space.json", _json(space)
    judged = steps if space["discriminator"] else []
    for step in judged:
        if artifacts.state_for(run, step) is not None:  # as it was by then
            judge = artifacts.content(run, step, "discriminator.onnx")
            yield f"{here}/{step}/discriminator.onnx", gzip.decompress(judge)
    if space["classifier"]:
        reader = artifacts.classifier(space["classifier"])
        yield f"api/explore/classifiers/{space['classifier']}.onnx", gzip.decompress(reader)
    if not run.config.data.path:
        from gan_demo.explorer import training_images  # torch comes with it

        try:
            png, labels = training_images.real_images(run, REAL, 0)
        except GanDemoError:  # its data is not at hand, or it has points
            return
        yield f"{here}/real.png", png
        yield f"{here}/real.json", labels.encode()


def _training(run: RunDir) -> dict[str, bytes]:
    return {f"api/runs/{run.id}/grids/{step}.png": run.grid_png(step) for step in run.grids}


# ---- what site.json says


def _told(run: RunDir, step: int, found: dict[str, bytes]) -> dict[str, Any]:
    is_points, labels = run.config.model.arch == "points", run.config.model.labels
    classes = labels[0].values if len(labels) == 1 else ()
    columns = run.metrics()
    panels = _both(lambda: board_panels.panel_specs(is_points, classes, columns.keys()))
    wanted = {*_COLUMNS_TOO, *(one["column"] for panel in panels["en"] for one in panel.get("series", ()))}
    with text.use_language("en"):
        shown = board_film.data(run, most=FILM_WIDTH)
    film = {**shown, "run": run.id, "steps": run.grids, "live": False, "explain": False}
    return {
        "title": _titles(run),
        "licence": _licence(run),
        "words": _both(lambda: {key.removeprefix("site."): t(key) for key in text.keys("site.")}),
        "explorer": _explorer(run, step, found) | {"texts": _both(explorer.texts)},
        "film": film | {"texts": _both(lambda: board_film.texts(labels))},
        "curves": _both(board_panels.texts),
        "columns": thinned({name: values for name, values in columns.items() if name in wanted}, BUCKETS),
        "panels": panels,
    }


def _explorer(run: RunDir, step: int, found: dict[str, bytes]) -> dict[str, Any]:
    """Return the data of the explorer component, for the files of this page."""
    here = f"api/explore/{run.id}"
    urls = {
        "space": f"{here}/{step}/space.json", "generator": f"{here}/{step}/generator.onnx",
        "discriminator": f"{here}/{step}/discriminator.onnx", "real": f"{here}/real.png",
        "classifier": next((name for name in found if name.startswith("api/explore/classifiers/")), ""),
    }  # fmt: skip
    urls = {name: url for name, url in urls.items() if url in found}
    generators = {kept: f"{here}/{kept}/generator.onnx" for kept in run.checkpoints}
    beside = explorer.offer(run, _titles(run), {kept: url for kept, url in generators.items() if url in found})
    return {
        "id": run.id, "stem": f"{run.id}-{step}", "query": {}, "site": True,
        "realLabels": json.loads(found.get(f"{here}/real.json", b"null")), "models": [beside],
        "tools": explorer.tools(),
        "urls": urls | {"runtime": "api/runtime/", "wasm": "api/runtime/ort-wasm-simd-threaded.wasm.gz"},
    }  # fmt: skip


def _both(speak: Callable[[], Any]) -> dict[str, Any]:
    """The same in every language."""
    said = {}
    for language in text.LANGUAGES:
        with text.use_language(language):
            said[language] = speak()
    return said


def _titles(run: RunDir) -> dict[str, str]:
    return {language: _title(run, language) for language in text.LANGUAGES}


def _title(run: RunDir, language: str) -> str:
    shipped = run.path.parent == library.PRETRAINED and text.has(f"shipped.{run.id}")
    with text.use_language(language):
        return t(f"shipped.{run.id}") if shipped else titles.run_title(run, run.info.name)


def _licence(run: RunDir) -> str:
    """Of a shipped model, what its card says; others are their owner's to license."""
    card = run.path / "card.json"
    if not card.is_file():
        return ""
    said: str = json.loads(card.read_text("utf-8")).get("licence", "")
    return said[:1].upper() + said[1:]


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
