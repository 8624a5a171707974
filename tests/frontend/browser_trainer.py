"""The browser's trainer in node: files of graphs, arrays in base64, and a player of trainings."""

from __future__ import annotations

import base64
import functools
from pathlib import Path
from typing import Any

from gan_demo.config import RunConfig
from gan_demo.lab import graphs
from gan_demo.lab.bundle import graph_bundle
from tests.frontend.node import evaluate

RUNTIME = (Path(__file__).parent / "trainer" / "runtime.mjs").as_uri()


def settings(config: RunConfig) -> dict[str, Any]:
    """Return all settings by their names."""
    return {**vars(config.model), **vars(config.train), "name": config.data.name, "shape": None, "labels": None}


def bundle(config: RunConfig) -> str:
    """Return the file of graphs, in base64; trainings of the same graphs share one."""
    model = config.model
    return _bundle(graphs.without_inputs(config).fit(model.shape, model.labels))


@functools.cache
def _bundle(config: RunConfig) -> str:
    return base64.b64encode(graph_bundle(config)).decode()


# Arrays are in base64.
PRELUDE = """
const { openRuntime } = await import(given.runtime);
const { fromCore } = await import(new URL("./core_settings.mjs", process.argv[1]).href);
const runtime = await openRuntime();
const bytes = (text) => new Uint8Array(Buffer.from(text, "base64"));
const floats = (text) => (text === null ? undefined : new Float32Array(bytes(text).buffer));
const text = (values) => Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("base64");
"""


# A player whose frames are at once taken; `end(rate)` plays until something is shown at least at iteration `rate`.
PLAYER = """
const frames = [], gone = [];
let rows = 0;
const player = new m.Player(runtime, {
  onframe: (frame) => { frames.push(frame); player.isFrameTaken = true; },
  onhistory: ({ iterations }) => { rows += iterations.length; },
  ondiverged: (what) => gone.push(what),
  onerror: (error) => { throw error; },
});
const [settings, other] = given.settings.map(fromCore);
[settings, other].forEach((known, k) => known && player.graphs.add(known, bytes(given.bundles[k]).buffer));
await player.watch({ latents: new Float32Array(3000).map((_, k) => Math.sin(k)), surface: 10, arrows: 5 });
const same = (a, b) => ["dLoss", "gLoss", "dReal", "samples", "logits", "slopes"].every(
  (name) => String(a[name]) === String(b[name]));
"""


def play(code: str, *configs: RunConfig, extra: str = "") -> Any:
    """Return what code returns that has a ``player`` and the settings of one or two configurations."""
    given = {
        "runtime": RUNTIME,
        "settings": [settings(config) for config in configs],
        "bundles": [bundle(config) for config in configs],
        "extra": extra,
    }
    return evaluate("trainer/player.mjs", PRELUDE + PLAYER + code, given)
