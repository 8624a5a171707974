"""The explorer on an otherwise empty page, without Streamlit and fast to open, from the app or from static pages."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from playwright.sync_api import Browser, Locator, Page

from gan_demo.config import DataConfig, ModelConfig, RunConfig
from gan_demo.gan.models.build import build_generator
from gan_demo.runs.run_dir import RunDir
from tests.browser.hosts import ALWAYS, Host
from tests.browser.pages import watched

HOME = "/api/ui/explorer/explorer.css"  # a page of the host's origin with nothing on it
UNPACKED = """const unpacked = async (address) => address && new Response(
  (await fetch(address)).body.pipeThrough(new DecompressionStream('gzip'))).arrayBuffer();"""  # the runtime, of static pages
READ = "one => [...one.getContext('2d').getImageData(0, 0, one.width, one.height).data].join()"

_hosts: WeakKeyDictionary[Page, Host] = WeakKeyDictionary()  # of empty pages


def make_run(home: Path, name: str, model: ModelConfig, data: str, steps: tuple[int, ...]) -> RunDir:
    """Make a run of untrained generators, a different one at each step; or return it if another file of tests made it."""
    if (home / name).is_dir():
        return RunDir(home / name)
    run = RunDir.create(home / name, RunConfig(DataConfig(data), model), name)
    for step in steps:
        run.add_checkpoint(step, build_generator(model, seed=step).state_dict())
    run.set_info(dataclasses.replace(run.info, status="done", step=steps[-1], checkpoints=steps))
    return run


@contextmanager
def empty_page(chromium: Browser, host: Host, *runs: RunDir, height: int = 1100, **context: Any) -> Iterator[Page]:
    """Yield an empty page of the host's origin, with these runs published."""
    for run in runs:
        host.publish(run)
    with watched(chromium, host, **{"viewport": {"width": 1200, "height": height}} | context) as page:
        page.goto(HOME)
        _hosts[page] = host
        yield page


@pytest.fixture(scope="module")
def own_page(host: Host, runs: list[RunDir], chromium: Browser) -> Iterator[Page]:
    """One page for all tests of a file, with that file's ``runs``."""
    with empty_page(chromium, host, *runs) as page:
        yield page


@contextmanager
def changed_page(page: Page, script: str) -> Iterator[Page]:
    """Yield another empty page of the same profile, in which a script runs before the page's own: to take features away."""
    other = page.context.new_page()
    other.add_init_script(script)
    other.goto(HOME)
    _hosts[other] = _hosts[page]
    yield other
    other.close()


def explore(
    page: Page, run: str, step: int, *tools: str, also: tuple[str, ...] = (), shadow: bool = False, **data: Any
) -> None:
    """Open the explorer again at the first of the tools, or at ``hash``; wait for a picture on stage.

    ``shadow``: in a shadow root, as on the pages of both hosts.

    It gets the data of the host; of the addresses it gets those that it needs, those in ``also``, and ``urls``.
    """
    explorer_data = _hosts[page].explorer_data(run, step)
    urls = {name: url for name, url in explorer_data["urls"].items() if name in (*ALWAYS, *also)} | data.pop("urls", {})
    fragment = data.pop("hash", f"#tool={tools[0]}" if tools else "")
    shared = {
        "id": run,
        "stem": f"{run}-{step}",
        "tools": ["sliders", *tools],
        "texts": explorer_data["texts"],
        "language": "en",
        "query": {},
        "site": True,
        "models": [],
        "realLabels": explorer_data.get("realLabels"),
        "urls": urls,
    }
    page.evaluate(
        """async ([data, hash, shadow]) => {
          const { draw, clear } = await import('/api/ui/explorer/explorer.mjs');
          const old = document.getElementById('here');
          if (old) clear(old.shadowRoot ?? old);
          document.body.innerHTML = "<div id='here' style='--st-primary-color:#c03a0a; --st-background-color:#fff'></div>";
          history.replaceState(null, '', location.pathname + hash);
          const here = document.getElementById('here');
          draw({ data, parentElement: shadow ? here.attachShadow({ mode: 'open' }) : here, setTriggerValue() {} });
        }""",
        [shared | data, fragment, shadow],
    )
    page.locator(".explorer[data-ready]").wait_for()


def mount(page: Page, run: RunDir, fragment: str = "", discriminator: bool = True) -> None:
    """Publish a run and open the explorer on its newest checkpoint, tools that need other networks included."""
    _hosts[page].publish(run)
    also = ("classifier", *(("discriminator",) if discriminator else ()))
    explore(page, run.id, run.checkpoints[-1], "map", "arithmetic", hash=fragment, also=also)


def module(page: Page, name: str, code: str, given: Any = None) -> Any:
    """Return the value of ``code``: in it ``m`` is a module of the explorer, ``s`` that of states, ``given`` the argument."""
    load = "const load = (name) => import(`/api/ui/explorer/${name}.mjs`);"
    return page.evaluate(
        f"async (given) => {{ {load} const m = await load('{name}'), s = await load('latent'); {code} }}", given
    )


def pixels(canvas: Locator) -> str:
    """Return the pixels of a canvas as RGBA."""
    encoded: str = canvas.evaluate(READ)
    return encoded


def stage(page: Page) -> str:
    """Return the pixels on stage."""
    return pixels(page.locator(".stage canvas"))


def shows(page: Page, wanted: str) -> None:
    """Wait until these pixels are on stage."""
    canvas = page.locator(".stage canvas").element_handle()
    page.wait_for_function(f"([canvas, wanted]) => ({READ})(canvas) === wanted", arg=[canvas, wanted])
