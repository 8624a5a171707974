"""Data of the component that trains images in the viewer's own browser."""

from __future__ import annotations

from typing import Any

from gan_demo.boards import addresses, assets, curves, titles
from gan_demo.config import RunConfig
from gan_demo.i18n import text
from gan_demo.i18n.text import keys, t
from gan_demo.lab.graphs import PRESETS_SHIPPED
from gan_demo.presets import PRESETS, time_budget
from gan_demo.runs import setting_changes
from gan_demo.runs.run_dir import RunDir

PRESETS_HERE = PRESETS_SHIPPED
MEGABYTES = {"digits": 1, "faces": 3}  # of an embedded set, packed
BYTES = {"digits": 3_925_052, "faces": 61_600_068}  # and unpacked
RUNTIME_MEGABYTES = 4
_FOLDERS = ("root", "path")  # settings that name folders of the server
_PANELS = ("verdicts", "losses", "quality", "gradients")
_COLUMNS = frozenset({"d_fake", "d_real", "g_loss", "d_loss", "g_grad", "d_grad", "fcd"})


def data(preset: str) -> dict[str, Any]:
    """Return ``BrowserTrainingData`` of browser_training/types.d.ts, for a preset."""
    return _data(preset, PRESETS[preset], time_budget(preset), _app_urls(PRESETS[preset])) | words()


def run_data(run: RunDir) -> dict[str, Any]:
    """Return ``BrowserTrainingData`` for a run that ``may_go_on``, from its newest state."""
    urls = _app_urls(run.config) | {"state": addresses.filled(addresses.TRAINING, run_id=run.id)}
    return _data(run.id, run.config, time_budget(run.info.name), urls) | words()


def site_data(preset: str, runtime: str, wasm: str) -> dict[str, Any]:
    """Return ``BrowserTrainingData`` without ``words``, for a page without a server (``site_addresses``)."""
    urls = {"runtime": runtime, "wasm": wasm, "state": None, "runs": None, "page": None} | site_addresses(preset)
    return _data(preset, PRESETS[preset], time_budget(preset), urls)


def site_addresses(preset: str) -> dict[str, str]:
    """Return the addresses of a preset's gzipped files on a page without a server."""
    name = PRESETS[preset].data.name
    return {
        "graphs": f"{addresses.LAB_GRAPHS}/{preset}.gz",
        "images": f"{addresses.filled(addresses.LAB_DATA, name=name)}.gz",
        "reference": f"{addresses.filled(addresses.LAB_REFERENCE, name=name)}.gz",
    }


def may_go_on(run: RunDir) -> bool:
    """Return whether browsers can train a run of images on; their steps augment nothing."""
    config = run.config
    is_compiled = config.model.arch in ("mlp", "dcgan") and not config.train.augment
    is_whole = config.data.name in MEGABYTES and not (config.data.limit or config.data.flip)  # the set as it is
    return is_compiled and is_whole and run.newest_state() is not None


def words() -> dict[str, Any]:
    """Return what depends on the language."""
    unsupported = {key.removeprefix("explorer."): t(key) for key in keys("explorer.unsupported.")}
    return {
        "panels": [spec for spec in curves.panel_specs(False, (), _COLUMNS) if spec["id"] in _PANELS],
        "curves": curves.texts(),
        "texts": unsupported
        | {key.removeprefix("browser."): t(key) for key in keys("browser.")}
        | titles.duration_words(),
        "language": text.language(),
    }


def _data(preset: str, config: RunConfig, budget: float, urls: dict[str, Any]) -> dict[str, Any]:
    return {
        "preset": preset,
        "settings": setting_changes.by_name(config, _FOLDERS),
        "budget": budget,
        "megabytes": RUNTIME_MEGABYTES + MEGABYTES[config.data.name],
        "bytes": BYTES[config.data.name],
        "urls": urls,
    }


def _app_urls(config: RunConfig) -> dict[str, Any]:
    return {
        "runtime": addresses.filled(addresses.RUNTIME, version=assets.runtime_version()) + "/",
        "wasm": None,
        "graphs": addresses.LAB_GRAPHS,
        "images": addresses.filled(addresses.LAB_DATA, name=config.data.name),
        "reference": addresses.filled(addresses.LAB_REFERENCE, name=config.data.name),
        "state": None,
        "runs": addresses.LAB_RUNS,
        "page": addresses.RUN_PAGE,
    }
