"""A run as a static web page: its explorer, its training as a film and its curves, in both languages.

``files`` returns a folder that any static host can serve. Its paths are the addresses of the app's server, so the
components work unchanged; no link leads outside.
"""

from __future__ import annotations

import gzip
import html
import io
import json
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from gan_demo.analysis.downsampling import evenly_spaced, thinned
from gan_demo.boards import addresses, assets, curves, explorer, titles
from gan_demo.boards import film as board_film
from gan_demo.boards.lab import page as lab_page
from gan_demo.errors import GanDemoError, RunError
from gan_demo.explorer import artifacts
from gan_demo.export import static_site_trainings
from gan_demo.export.lab_script_parts import script_parts
from gan_demo.i18n import text
from gan_demo.i18n.text import t
from gan_demo.lab.page import GRAPHS
from gan_demo.runs import library
from gan_demo.runs.parts.explorer_cache import VERSION
from gan_demo.runs.run_dir import RunDir
from gan_demo.support.memory_cache import MemoryCache

MAX_CHECKPOINTS = 8  # generators on the page, for looking at a sample through time
CURVE_BUCKETS = 500  # two points each
TRAINING_IMAGES = 64  # in one picture
MAX_FILM_WIDTH = 760  # pixels
UI_STATIC = Path(__file__).parents[1] / "ui" / "static"
NOT_SERVED = ("index.html", ".d.ts", ".d.mts")  # the page itself lies elsewhere; types are for the checker alone
FRONTEND_FOLDERS = ["browser_training", "curves", "explorer", "film", "lab", "shared", "site", "trainer", "vendor"]
LAB_GRAPHS = f"{addresses.LAB_GRAPHS}.bin"
RUNTIME = f"{addresses.RUNTIME_UNVERSIONED}/"
WASM = f"{RUNTIME}ort-wasm-simd-threaded.wasm.gz"
COLUMNS_BESIDE_CURVES = ("step", "images", "seconds", "histogram")
_zip_cache: MemoryCache[bytes] = MemoryCache(2**27, len)  # bytes; a zip has some 10 MB
_zip_lock = threading.Lock()  # one zip at a time: it takes seconds of one core, and its files lie in memory


def files(run: RunDir, step: int | None = None) -> dict[str, bytes]:
    """Return every file of the page by its path, with the explorer at ``step`` (None: the last checkpoint).

    Some 15 to 35 MB, of which the runtime is 4, what trains 5 and each checkpoint one; no file reaches 10 MB for the
    models here. Own images that a run was trained on are not among the files. Raises RunError where the run has no
    such checkpoint.
    """
    last, checkpoints = run.newest_checkpoint(), run.intact_checkpoints
    if step is not None and step not in checkpoints:
        known = ", ".join(map(str, checkpoints))
        raise RunError("step", step, "is not saved in this run", "Saved steps: {steps}", steps=known)
    last = last if step is None else step
    steps = evenly_spaced([checkpoint for checkpoint in checkpoints if checkpoint <= last], MAX_CHECKPOINTS)
    page = {**_shell(run), **_components(), **_runtime(), **dict(_networks(run, steps)), **_training(run)}
    page |= {
        LAB_GRAPHS: GRAPHS.read_bytes(),
        addresses.LAB_SCRIPT: _json(script_parts()),
        **static_site_trainings.files(),
    }
    page["site.json"] = _json(_site_json(run, last, page))
    return page


def zipped(run: RunDir, step: int | None = None) -> bytes:
    """Return the page as a zip file, in a folder of the run's name; cached until the run changes."""

    def make() -> bytes:
        with _zip_lock:
            return _zip(run, step)

    parts = (run.path / name for name in ("config.json", "run.json", "metrics.jsonl", "card.json"))
    stamp = tuple(part.stat().st_mtime_ns for part in parts if part.is_file())
    return _zip_cache.get_or_make((str(run.path), step, stamp, tuple(run.grids), VERSION), make)


def _zip(run: RunDir, step: int | None) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in files(run, step).items():
            kind = zipfile.ZIP_STORED if name.endswith((".png", ".gz", ".woff2")) else zipfile.ZIP_DEFLATED
            archive.writestr(f"{run.id}/{name}", content, kind)
    return file.getvalue()


# ---- the files


def _shell(run: RunDir) -> dict[str, bytes]:
    """Return the files at the top of the folder, beside site.json."""
    sources = [UI_STATIC / name for name in ("icon.png", "space-grotesk.woff2", "space-grotesk.LICENSE.txt")]
    shell = {source.name: source.read_bytes() for source in sources}
    return shell | {"index.html": _index(), "README.md": _readme(run).encode(), ".nojekyll": b""}


def _index() -> bytes:
    """Return index.html with what it says, in every language, in a browser that runs none of its modules."""
    page = (assets.FRONTEND / "site" / "index.html").read_text("utf-8")
    sentences = " ".join(text.table(language)["site.too_old"] for language in text.LANGUAGES)
    return page.replace("SITE_TOO_OLD", html.escape(sentences)).encode()


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


def _components() -> dict[str, bytes]:
    """Return the modules, style sheets and licences of the components, at the server's addresses."""
    root = assets.FRONTEND
    return {
        f"{addresses.FRONTEND}/{path.relative_to(root).as_posix()}": path.read_bytes()
        for name in FRONTEND_FOLDERS
        for path in sorted((root / name).rglob("*"))
        if path.is_file() and assets.RUNTIME not in path.parents and not path.name.endswith(NOT_SERVED)
    }


def _runtime() -> dict[str, bytes]:
    """Return the files of onnxruntime-web.

    A static host sends no header that says "gzipped", so the modules are unpacked here. The WebAssembly file stays
    gzipped: explorer.mjs unpacks it.
    """
    contents = {}
    for path in sorted(assets.RUNTIME.glob("*")):
        content = path.read_bytes()
        if path.name.endswith(".mjs.gz"):
            contents[f"{addresses.RUNTIME_UNVERSIONED}/{path.stem}"] = gzip.decompress(content)
        elif path.suffix in (".gz", ".txt"):
            contents[f"{addresses.RUNTIME_UNVERSIONED}/{path.name}"] = content
    return contents


def _networks(run: RunDir, steps: list[int]) -> Iterator[tuple[str, bytes]]:
    """Yield the explorer's files, as (path, content): networks of ``steps``, latent space, classifier, real images."""
    for step in steps:
        yield _network(run, step, "generator"), artifacts.unpacked(run, step, "generator.onnx")
    last = steps[-1]
    space = artifacts.space(run, last) | {"steps": steps}
    yield addresses.filled(addresses.SPACE, run_id=run.id, step=last), _json(space)
    for step in steps if space["discriminator"] else ():
        if artifacts.discriminator_step(run, step) is not None:  # None before the first saved state
            yield _network(run, step, "discriminator"), artifacts.unpacked(run, step, "discriminator.onnx")
    if classifier := space["classifier"]:
        yield addresses.filled(addresses.CLASSIFIER, name=classifier), artifacts.classifier(classifier)
    if not run.config.data.path:  # own images are left out
        yield from _training_images(run)


def _network(run: RunDir, step: int, network: str) -> str:
    return addresses.filled(addresses.NETWORK, run_id=run.id, step=step, network=network)


def _training_images(run: RunDir) -> Iterator[tuple[str, bytes]]:
    from gan_demo.explorer import training_images  # imported late, because it loads torch

    try:
        png, labels = training_images.real_images(run, TRAINING_IMAGES, 0)
    except GanDemoError:  # the data is not on this computer, or it consists of 2-D points
        return
    yield addresses.filled(addresses.TRAINING_IMAGES, run_id=run.id), png
    yield addresses.filled(addresses.TRAINING_IMAGE_LABELS, run_id=run.id), labels.encode()


def _training(run: RunDir) -> dict[str, bytes]:
    return {addresses.filled(addresses.GRID, run_id=run.id, step=step): run.grid_png(step) for step in run.grids}


# ---- site.json


def _site_json(run: RunDir, step: int, page: Mapping[str, bytes]) -> dict[str, Any]:
    """Return what site.mjs reads: texts in both languages, and the data of each component. ``page``: the files."""
    is_points, labels = run.config.model.arch == "points", run.config.model.labels
    classes = labels[0].values if len(labels) == 1 else ()
    columns = run.metrics()
    panels = _by_language(lambda: curves.panel_specs(is_points, classes, columns.keys()))
    drawn = {curve["column"] for panel in panels["en"] for curve in panel.get("series", ())}
    used = drawn | set(COLUMNS_BESIDE_CURVES)
    with text.use_language("en"):
        film = board_film.run_data(run, max_width=MAX_FILM_WIDTH)
    film |= {"run": run.id, "steps": run.grids, "live": False, "explain": False}
    return {
        "title": _title_by_language(run),
        "licence": _licence(run),
        "words": _by_language(lambda: {key.removeprefix("site."): t(key) for key in text.keys("site.")}),
        "explorer": _explorer(run, step, page) | {"texts": _by_language(explorer.texts)},
        "film": film | {"texts": _by_language(lambda: board_film.texts(labels))},
        "lab": _lab(),
        "trainings": static_site_trainings.data(RUNTIME, WASM),
        "trainingWords": _by_language(static_site_trainings.words),
        "curves": _by_language(curves.texts),
        "columns": thinned({name: values for name, values in columns.items() if name in used}, CURVE_BUCKETS),
        "panels": panels,
        "marks": _by_language(lambda: curves.setting_marks(run)),
        "changes": _by_language(lambda: t("live.changes")),
        "goTo": _by_language(lambda: t("live.go_to")),
    }


def _explorer(run: RunDir, step: int, page: Mapping[str, bytes]) -> dict[str, Any]:
    """Return the data of the explorer component, for the files of this page."""
    classifier = artifacts.classifier_of(run.config.data.name) or ""
    urls = {
        "space": addresses.filled(addresses.SPACE, run_id=run.id, step=step),
        "generator": _network(run, step, "generator"),
        "discriminator": _network(run, step, "discriminator"),
        "real": addresses.filled(addresses.TRAINING_IMAGES, run_id=run.id),
        "classifier": addresses.filled(addresses.CLASSIFIER, name=classifier),
    }
    labels = page.get(addresses.filled(addresses.TRAINING_IMAGE_LABELS, run_id=run.id), b"null")
    generators = {checkpoint: _network(run, checkpoint, "generator") for checkpoint in run.intact_checkpoints}
    shipped = {checkpoint: url for checkpoint, url in generators.items() if url in page}
    return {
        "id": run.id,
        "stem": f"{run.id}-{step}",
        "query": {},
        "site": True,
        "realLabels": json.loads(labels),
        "models": [explorer.offer(run, _title_by_language(run), shipped)],
        "tools": explorer.tools(),
        "urls": {name: url for name, url in urls.items() if url in page} | {"runtime": RUNTIME, "wasm": WASM},
    }


def _lab() -> dict[str, Any]:
    """Return the data of the lab, its texts by language; the charts' are those of the page."""
    return lab_page.site_data(RUNTIME, WASM, LAB_GRAPHS, addresses.LAB_SCRIPT) | {"texts": _by_language(lab_page.texts)}


def _by_language(make: Callable[[], Any]) -> dict[str, Any]:
    """Return what ``make`` returns in each language, by language."""
    results = {}
    for language in text.LANGUAGES:
        with text.use_language(language):
            results[language] = make()
    return results


def _title_by_language(run: RunDir) -> dict[str, str]:
    return {language: _title(run, language) for language in text.LANGUAGES}


def _title(run: RunDir, language: str) -> str:
    shipped = run.path.parent == library.PRETRAINED and text.has(f"shipped.{run.id}")
    with text.use_language(language):
        return t(f"shipped.{run.id}") if shipped else titles.run_title(run)


def _licence(run: RunDir) -> str:
    """Return the licence on the card of a shipped model; "" for other runs, whose owners decide."""
    licence = (run.card or {}).get("licence")
    if not isinstance(licence, str):
        return ""
    return licence[:1].upper() + licence[1:]


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
