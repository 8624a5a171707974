"""The explorer on a page with nothing else, fed by hand, as a static site would: no Streamlit, and fast to open."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page

from gan_demo.config import DataConfig, ModelConfig, RunConfig
from gan_demo.models import build_generator
from gan_demo.runs import RunDir
from gan_demo.ui.explore_board import texts

HOME = "/api/ui/explorer/explorer.css"  # a page of the app's origin with nothing on it
READ = "one => [...one.getContext('2d').getImageData(0, 0, one.width, one.height).data].join()"


def make_run(home: Path, name: str, model: ModelConfig, data: str, steps: tuple[int, ...]) -> RunDir:
    """A run of untrained generators, another one each step."""
    run = RunDir.create(home / name, RunConfig(DataConfig(data), model), name)
    for step in steps:
        run.add_checkpoint(step, build_generator(model, seed=step).state_dict())
    run.set_info(dataclasses.replace(run.info, status="done", step=steps[-1], checkpoints=steps))
    return run


@contextmanager
def watched(chromium: Browser, url: str, errors: list[str], **context: Any) -> Iterator[Page]:
    """A page in a profile of its own, still empty; ``errors`` collects what goes wrong in it uncaught."""
    made = chromium.new_context(base_url=url, **context)
    page = made.new_page()
    page.set_default_timeout(30_000)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    made.close()


@contextmanager
def empty_page(chromium: Browser, url: str, height: int = 1100, **context: Any) -> Iterator[Page]:
    """A page of the app's origin; an uncaught error on it fails the test."""
    errors: list[str] = []
    with watched(chromium, url, errors, **{"viewport": {"width": 1200, "height": height}} | context) as page:
        page.goto(HOME)
        yield page
    assert errors == [], "uncaught errors in the page"


def explore(page: Page, run: str, step: int, *tools: str, **data: Any) -> None:
    """Open the explorer anew at the first of the tools, or at ``hash``; wait until there is a picture on stage."""
    here = f"/api/explore/{run}/{step}"
    urls: Mapping[str, str] = data.pop("urls", {})
    place = data.pop("hash", f"#tool={tools[0]}")
    shared = {
        "id": run, "stem": run, "tools": ["hold", *tools], "texts": texts(), "language": "en", "query": {}, "site": True,
        "models": [],
        "urls": {"space": f"{here}/space.json", "generator": f"{here}/generator.onnx", "runtime": "/api/runtime/", **urls},
    }  # fmt: skip
    page.evaluate(
        """async ([data, hash]) => {
          const { draw, clear } = await import('/api/ui/explorer/explorer.mjs');
          const old = document.getElementById('here');
          if (old) clear(old);
          document.body.innerHTML = "<div id='here' style='--st-primary-color:#c03a0a; --st-background-color:#fff'></div>";
          history.replaceState(null, '', location.pathname + hash);
          draw({ data, parentElement: document.getElementById('here'), setTriggerValue() {} });
        }""",
        [shared | data, place],
    )
    page.locator(".explorer[data-ready]").wait_for()


def mount(page: Page, run: RunDir, classifier: str = "", fragment: str = "", discriminator: bool = True) -> None:
    """Open the explorer on a run's newest checkpoint, with the tools that ask for other networks too."""
    here = f"/api/explore/{run.id}/{run.checkpoints[-1]}"
    urls = {"discriminator": f"{here}/discriminator.onnx"} if discriminator else {}
    urls |= {"classifier": f"/api/explore/classifiers/{classifier}.onnx"} if classifier else {}
    explore(page, run.id, run.checkpoints[-1], "map", "arithmetic", hash=fragment, urls=urls)


def module(page: Page, name: str, code: str, given: Any = None) -> Any:
    """The value of ``code``, in which ``m`` is a module of the explorer, ``s`` that of states, and ``given`` is given."""
    load = "const load = (name) => import(`/api/ui/explorer/${name}.mjs`);"
    return page.evaluate(
        f"async (given) => {{ {load} const m = await load('{name}'), s = await load('space'); {code} }}", given
    )


def pixels(canvas: Locator) -> str:
    """What is on it, RGBA."""
    found: str = canvas.evaluate(READ)
    return found


def stage(page: Page) -> str:
    """The pixels on stage."""
    return pixels(page.locator(".stage canvas"))


def shows(page: Page, wanted: str) -> None:
    """Wait until that is on stage."""
    page.wait_for_function(f"wanted => ({READ})(document.querySelector('.stage canvas')) === wanted", arg=wanted)
