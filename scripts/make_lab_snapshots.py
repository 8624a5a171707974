"""Train the lab's default and its lessons in Chromium, and write the moments that the page shows at first.

    python -m scripts.make_lab_snapshots

It starts the app, trains in its own page, and writes frontend/lab/snapshots.json. Run it again when the lab's defaults,
its lessons, the trainer or the graphs change: a snapshot of other settings is never drawn.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from benchmarks.browser import chromium, served, wait_until_healthy
from gan_demo.boards import addresses

ROOT = Path(__file__).parents[1]
FILE = ROOT / "gan_demo" / "frontend" / "lab" / "snapshots.json"
# The lab's address and the iteration; that of a lesson which begins trained is the lesson's own. The lesson
# that diverges is shown before it does; that with a view of its own has the default's.
MOMENTS = {
    "": 1000,
    "#lesson=best_d": 300,
    "#lesson=vanishing": 300,
    "#lesson=hopping": 400,
    "#lesson=wgan": 600,
    "#lesson=r1": 600,
    "#lesson=nan": 6,
}
TRAIN = """async ([frontend, runtime, shipped, hash, iteration]) => {
  const load = (name) => import(`${frontend}/${name}.mjs`);
  const [{ readAddress }, { LabEngine }] = await Promise.all([load("lab/address"), load("lab/engine")]);
  const [{ stageFrame, noiseGrid, joined, SURFACE }, { packSnapshot }] =
    await Promise.all([load("lab/frames"), load("lab/snapshots")]);
  const [{ shippedGraphs }, { Trainer }] = await Promise.all([load("lab/shipped_graphs"), load("trainer/trainer")]);
  const { EXTENT } = await load("lab/stage/stage");
  const { settings } = readAddress(hash);
  const engine = new LabEngine(EXTENT);
  engine.start(Trainer.create({ runtime, graphs: shippedGraphs(shipped) }));
  await engine.open(settings, null);
  await engine.seek(iteration);
  const grid = noiseGrid(settings.noiseDim, settings.noiseKind);
  const shown = 500;
  const wanted = new Promise((resolve, reject) => { engine.onframe = resolve; engine.onerror = reject; });
  engine.watch({ latents: joined([engine.latents(shown), grid.noise]), surface: SURFACE, arrows: 0 });
  const frame = await wanted;
  engine.close();
  return packSnapshot(settings, stageFrame(frame, settings, { shown, grid, extent: EXTENT }));
}"""


def main() -> None:
    """Write the file; one line a snapshot."""
    with (
        tempfile.TemporaryDirectory() as home,
        served(["run", "app.py"], ROOT, Path(home)) as (url, process),
        chromium() as browser,
    ):
        wait_until_healthy(url, process)
        page = browser.new_page()
        page.goto(f"{url}/_stcore/health")
        places = [f"{url}/{path}" for path in (addresses.FRONTEND, addresses.RUNTIME_UNVERSIONED + "/")]
        shipped = f"{url}/{addresses.SHIPPED_GRAPHS}"
        snapshots = [page.evaluate(TRAIN, [*places, shipped, *moment]) for moment in MOMENTS.items()]
    lines = ",\n".join(json.dumps(snapshot, separators=(",", ":")) for snapshot in snapshots)
    FILE.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(f"{FILE.name}: {FILE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
