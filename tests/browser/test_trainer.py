"""Training in the browser's worker, with graphs that the app compiles; what a training does is tested in tests/frontend."""

from __future__ import annotations

from playwright.sync_api import Page

from gan_demo.boards import addresses
from tests.browser.pages import PARKED

SETTINGS = {
    "data": "ring",
    "noiseDim": 2,
    "noiseKind": "gaussian",
    "activation": "leaky_relu",
    "pack": 1,
    "seed": 1,
    "gLayers": 1,
    "gWidth": 8,
    "dLayers": 1,
    "dWidth": 8,
    "dSteps": 1,
    "gSteps": 1,
    "batch": 16,
    "loss": "hinge",
    "r1": 0,
    "r2": 0,
    "gp": 0,
    "labelSmoothing": 0,
    "ema": 0,
    "optimizer": "adam",
    "gLr": 1e-3,
    "dLr": 1e-3,
    "beta1": 0,
    "beta2": 0.99,
}
TRAIN = """async ([frontend, runtime, graphs, settings]) => {
  const { Trainer } = await import(`/${frontend}/trainer/trainer.mjs`);
  const { serverGraphs } = await import(`/${frontend}/trainer/graphs.mjs`);
  const shares = [];
  const trainer = await Trainer.create({
    runtime: `/${runtime}/`, graphs: serverGraphs(`/${graphs}`), onProgress: (share) => shares.push(share),
  });
  let [pictures, rows] = [0, 0];
  const shown = [];
  const enough = new Promise((resolve) => {
    trainer.onframe = (frame) => { shown.push(frame.iteration); if (shown.length === 5) resolve(); };
  });
  trainer.onhistory = ({ iterations }) => { rows += iterations.length; };
  const count = () => { pictures++; requestAnimationFrame(count); };
  requestAnimationFrame(count);
  const first = await trainer.open(settings);
  await trainer.watch({ latents: new Float32Array(20), surface: 8, arrows: 4 });
  await trainer.play();
  await enough;
  const paused = await trainer.pause();
  const back = await trainer.back(3);
  const refused = await trainer.change({ loss: "none" }).catch(({ status }) => status);
  const { loss } = trainer.settings;
  const closing = trainer.step("both", 1e6).catch(({ message }) => message);
  trainer.close();
  return {
    first: first.iteration, sizes: [paused.samples.length, paused.logits.length, paused.slopes.length],
    rising: shown.every((iteration, k) => !k || iteration > shown[k - 1]), rows: rows === paused.iteration,
    back: paused.iteration - back.iteration, refused, loss, closed: await closing, whole: shares.at(-1),
    pictures: pictures > 5,
  };
}"""


def test_a_page_trains_in_a_worker_and_draws_meanwhile(page: Page) -> None:
    page.goto(PARKED["app"])
    results = page.evaluate(TRAIN, [addresses.FRONTEND, addresses.RUNTIME_UNVERSIONED, addresses.LAB_GRAPHS, SETTINGS])
    assert results == {
        "first": 0,
        "sizes": [20, 64, 32],
        "rising": True,
        "rows": True,
        "back": 3,
        "refused": 400,
        "loss": "hinge",
        "closed": "closed",
        "whole": 1,
        "pictures": True,
    }
