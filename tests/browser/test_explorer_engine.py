"""The explorer's engine where answers come late: the newest network counts, and there is one worker, whoever leaves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
import torch
from playwright.sync_api import Browser, Page

from gan_demo import latent
from gan_demo.config import LabelField, ModelConfig
from tests.browser.explorer_page import empty_page, make_run

if TYPE_CHECKING:
    from tests.browser.conftest import AppServer

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
def page(app_server: AppServer, chromium: Browser) -> Iterator[Page]:
    make_run(app_server.home, "late-digits", DIGITS, "mnist", (10, 20))
    with empty_page(chromium, app_server.url) as found:
        found.evaluate(f"() => {{ {WATCH} }}")
        yield found


def test_a_network_that_comes_late_does_not_replace_what_was_asked_for_after_it(page: Page) -> None:
    found = page.evaluate(
        """async () => {
          const { Engine } = await import('/api/ui/explorer/engine.mjs');
          const at = (step) => `/api/explore/late-digits/${step}/generator.onnx`;
          const engine = await Engine.open({ runtime: '/api/runtime/' });
          const draw = async () => [...await engine.samples(new Float32Array(6).fill(0.5), null)].join();
          await engine.load('main', at(10));
          const ten = await draw();
          await engine.load('main', at(20));
          const twenty = await draw();
          const { go } = await hold('/10/generator');
          const late = engine.load('main', at(10));
          await engine.load('main', at(20));
          go();
          const { sizes } = await late;
          held.clear();
          const shown = await draw();
          engine.close();
          return { differ: ten !== twenty, newest: shown === twenty, sizes };
        }"""
    )
    assert found == {"differ": True, "newest": True, "sizes": {"z": 6, "psi": 1}}


@pytest.mark.parametrize("psi", [1.0, 0.6])
def test_a_mapping_network_with_labels_draws_in_the_browser_what_it_draws_here(
    page: Page, app_server: AppServer, psi: float
) -> None:
    model = ModelConfig(
        "points", 6, 8, 8, mapping=2, conditional=True, shape=(2,), labels=(LabelField("arm", ("a", "b")),)
    )
    name = f"mapped-{psi}"
    run = make_run(app_server.home, name, model, "spiral", (10,))
    z, y = latent.sample_z(12, 6, seed=1), torch.tensor([[1.0, 0.0]] * 5 + [[0.3, 0.7]] * 7)
    found = page.evaluate(
        """async ([name, z, y, psi]) => {
          const { Engine } = await import('/api/ui/explorer/engine.mjs');
          const engine = await Engine.open({ runtime: '/api/runtime/', generator: `/api/explore/${name}/10/generator.onnx` });
          const x = await engine.samples(Float32Array.from(z), Float32Array.from(y), psi);
          engine.close();
          return [...x];
        }""",
        [name, z.flatten().tolist(), y.flatten().tolist(), psi],
    )
    torch.testing.assert_close(
        torch.tensor(found).view(12, 2), latent.generate(run.generator(10), z, y, psi), rtol=0, atol=1e-4
    )


def test_another_model_wanted_before_the_first_is_there_takes_the_same_worker(page: Page) -> None:
    assert page.evaluate(OPENED, [True, False]) == {"begun": 1, "ready": 1}


def test_who_leaves_before_it_is_there_leaves_the_worker_to_the_next(page: Page) -> None:
    assert page.evaluate(OPENED, [False, True]) == {"begun": 1, "ready": 1}


# Two models one right after the other, or the first left at once: how many workers there are, and how many pictures.
OPENED = """async ([again, leave]) => {
  begun.length = 0;
  const { draw, clear } = await import(`/api/ui/explorer/explorer.mjs?${again}`); // with no engine of before
  const texts = new Proxy({}, { get: (_, key) => String(key) });
  const data = (step) => ({
    id: 'late-digits', stem: 'late', tools: ['hold'], texts, language: 'en', query: {}, site: true, models: [],
    urls: { runtime: '/api/runtime/', space: `/api/explore/late-digits/${step}/space.json`, generator: `/api/explore/late-digits/${step}/generator.onnx` },
  });
  const place = () => document.body.appendChild(document.createElement('div'));
  document.body.replaceChildren();
  let parent = place();
  const show = (step) => draw({ data: data(step), parentElement: parent, setTriggerValue: () => {} });
  show(10);
  while (!begun.length) await frame();
  if (leave) {
    clear(parent);
    parent.remove();
    parent = place();
    while (begun[0].answers < 2) await frame(); // it is open, and has its network
  }
  show(20);
  while (!document.querySelector('.explorer[data-ready]')) await frame();
  await frame();
  const found = { begun: begun.length, ready: document.querySelectorAll('.explorer[data-ready]').length };
  clear(parent);
  return found;
}"""
