"""The explorer's engine where answers come late: the newest network counts, and there is one worker, whoever leaves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from playwright.sync_api import Browser, Page, Route

from gan_demo.config import LabelField, ModelConfig
from gan_demo.gan import latent
from gan_demo.runs import networks
from gan_demo.runs.run_dir import RunDir
from tests.browser.explorer_page import UNPACKED, empty_page, make_run
from tests.browser.hosts import Host

DIGITS = ModelConfig(arch="dcgan", z_dim=6, width=4, shape=(1, 28, 28))
# Workers are counted, and `hold(part)` keeps back answers of addresses with that part until the function it returns is called.
WATCH = """
window.begun = []; window.held = new Map();
const [Native, native] = [Worker, fetch];
window.Worker = class extends Native {
  answers = 0;
  constructor(...all) {
    super(...all);
    begun.push(this);
    this.addEventListener('message', ({ data }) => { this.answers += data.progress === undefined; });
  }
};
window.frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
window.hold = (part) => new Promise((resolve) => held.set(part, new Promise((go) => resolve({ go }))));
window.fetch = async (what, ...rest) => {
  const answer = await native(what, ...rest);
  for (const [part, wait] of held) if (String(what).includes(part)) await wait;
  return answer;
};
"""


@pytest.fixture(scope="module")
def run(app_home: Path) -> RunDir:
    return make_run(app_home, "late-digits", DIGITS, "mnist", (10, 20))


@pytest.fixture(scope="module")
def mapped(app_home: Path) -> RunDir:
    labels = (LabelField("arm", ("a", "b")),)
    model = ModelConfig("points", 6, 8, 8, mapping=2, conditional=True, shape=(2,), labels=labels)
    return make_run(app_home, "mapped", model, "spiral", (10,))


@pytest.fixture(scope="module")
def page(host: Host, run: RunDir, chromium: Browser) -> Iterator[Page]:
    host.publish(run, 10, 20)
    with empty_page(chromium, host) as page:
        page.evaluate(f"() => {{ {WATCH} }}")
        page.route("**/space.json*", _unmeasured)
        yield page


def _unmeasured(route: Route) -> None:
    """Answer with space.json as it is before directions are measured, which takes seconds, and end it there."""
    space = route.fetch(url=f"{route.request.url}?first=1").json()
    route.fulfill(json=space | {"pending": False})


@pytest.fixture
def urls(host: Host) -> list[dict[str, Any]]:
    """Return the addresses that the explorer is given at each step."""
    return [host.explorer_data("late-digits", step)["urls"] for step in (10, 20)]


def test_a_network_that_comes_late_does_not_replace_what_was_asked_for_after_it(
    page: Page, urls: list[dict[str, Any]]
) -> None:
    output = page.evaluate(
        f"""async ([{{ runtime, wasm, generator: first }}, {{ generator: second }}]) => {{ {UNPACKED}"""
        """
          const { Engine } = await import('/api/ui/explorer/engine/engine.mjs');
          const engine = await Engine.open({ runtime, wasm: await unpacked(wasm) });
          const draw = async () => [...await engine.samples(new Float32Array(6).fill(0.5), null)].join();
          await engine.load('main', first);
          const ten = await draw();
          await engine.load('main', second);
          const twenty = await draw();
          const { go } = await hold('/10/generator');
          const late = engine.load('main', first);
          await engine.load('main', second);
          go();
          const { sizes } = await late;
          held.clear();
          const shown = await draw();
          engine.close();
          return { differ: ten !== twenty, newest: shown === twenty, sizes };
        }""",
        urls,
    )
    assert output == {"differ": True, "newest": True, "sizes": {"z": 6, "psi": 1}}


def test_a_mapping_network_with_labels_draws_in_the_browser_what_it_draws_here(
    page: Page, host: Host, mapped: RunDir
) -> None:
    host.publish(mapped)
    z, y = latent.sample_z(12, 6, seed=1), torch.tensor([[1.0, 0.0]] * 5 + [[0.3, 0.7]] * 7)
    psis = (1.0, 0.6)
    drawn = page.evaluate(
        f"""async ([{{ runtime, wasm, generator }}, z, y, psis]) => {{ {UNPACKED}"""
        """
          const { Engine } = await import('/api/ui/explorer/engine/engine.mjs');
          const engine = await Engine.open({ runtime, wasm: await unpacked(wasm), generator });
          const samples = [];
          for (const psi of psis)
            samples.push([...await engine.samples(Float32Array.from(z), Float32Array.from(y), psi)]);
          engine.close();
          return samples;
        }""",
        [host.explorer_data(mapped.id, 10)["urls"], z.flatten().tolist(), y.flatten().tolist(), psis],
    )
    for psi, samples in zip(psis, drawn, strict=True):
        wanted = latent.generate(networks.generator(mapped, 10), z, y, psi)
        torch.testing.assert_close(torch.tensor(samples).view(12, 2), wanted, rtol=0, atol=1e-4)


def test_another_model_wanted_before_the_first_is_there_takes_the_same_worker(
    page: Page, urls: list[dict[str, Any]]
) -> None:
    assert page.evaluate(OPENED, [False, *urls]) == {"begun": 1, "ready": 1}


def test_who_leaves_before_it_is_there_leaves_the_worker_to_the_next(page: Page, urls: list[dict[str, Any]]) -> None:
    assert page.evaluate(OPENED, [True, *urls]) == {"begun": 1, "ready": 1}


@pytest.mark.both_hosts
def test_how_much_of_the_runtime_has_come_is_told(page: Page, urls: list[dict[str, Any]]) -> None:
    shares = page.evaluate(PROGRESS, urls[1])
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert any(0 < share < 1 for share in shares)


ANEW = """
  const { draw, clear } = await import('/api/ui/explorer/explorer.mjs');
  const { discardSpare } = await import('/api/ui/explorer/engine/spare_engine.mjs');
  discardSpare(); // no engine of an earlier test
  const texts = new Proxy({}, { get: (_, key) => String(key) });
  const data = (urls) => ({
    id: 'late-digits', stem: 'late', tools: ['sliders'], texts, language: 'en', query: {}, site: true, models: [], urls,
  });
  const place = () => document.body.appendChild(document.createElement('div'));
  document.body.replaceChildren();
  let parent = place();
  const show = (urls) => draw({ data: data(urls), parentElement: parent, setTriggerValue: () => {} });
"""
# The shares that are reported from the start to the first picture.
PROGRESS = """async (urls) => {
  ANEW
  const { LoadingBar } = await import('/api/ui/explorer/loading_bar.mjs');
  const shares = [], original = LoadingBar.prototype.at;
  LoadingBar.prototype.at = function (share) { shares.push(share); original.call(this, share); };
  show(urls);
  while (!document.querySelector('.explorer[data-ready]')) await frame();
  LoadingBar.prototype.at = original;
  clear(parent);
  return shares;
}""".replace("ANEW", ANEW)
# Two models one right after the other, or the first left at once: how many workers there are, and how many pictures.
OPENED = """async ([leave, first, second]) => {
  begun.length = 0; ANEW
  show(first);
  while (!begun.length) await frame();
  if (leave) {
    clear(parent);
    parent.remove();
    parent = place();
    while (begun[0].answers < 2) await frame(); // it is open, and has its network
  }
  show(second);
  while (!document.querySelector('.explorer[data-ready]')) await frame();
  await frame();
  const counts = { begun: begun.length, ready: document.querySelectorAll('.explorer[data-ready]').length };
  clear(parent);
  return counts;
}""".replace("ANEW", ANEW)
