"""A run of the server's goes on in the lab: which can, with what, and that its next step is the server's own."""

from __future__ import annotations

import base64
import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from gan_demo import own_points
from gan_demo.config import RunConfig
from gan_demo.gan.compiled.layout import StateLayout
from gan_demo.gan.compiled.spec import GraphSpec
from gan_demo.lab import browser_runs, lab_settings, training_file
from gan_demo.lab.handover import to_vectors
from gan_demo.presets import PRESETS
from gan_demo.runs.run_dir import RunDir
from gan_demo.schedule import rate_factor
from gan_demo.training.state import TrainState, new_state
from gan_demo.training.step import train_step
from gan_demo.training.trainer import train
from tests.frontend.browser_trainer import PLAYER, PRELUDE, RUNTIME, bundle, settings
from tests.frontend.node import evaluate
from tests.frontend.test_trainer import array, floats
from tests.gan.test_compiled import PENALTIES, compare_vectors, points

STOPPED_AT = 25
OWN = own_points.pack(np.random.default_rng(0).normal(size=(3000, 2)).astype("<f4").tobytes())
CASES = {
    "falling rates": points(schedule="cosine", steps=60, batch=16, warmup=40),
    "rarer penalties": points(loss="hinge", **PENALTIES[1], optimizer="rmsprop", beta1=0.5, penalty_every=4, batch=16),
    "own points": points(name=own_points.NAME, points=OWN, batch=16, steps=60, schedule="linear", d_depth=1),
}


def stopped(folder: Path, config: RunConfig) -> RunDir:
    """Return a run that was stopped after some steps."""
    run = RunDir.create(folder / "run", dataclasses.replace(config, data=config.data), "ring")
    training = train(run)
    for progress in training:
        if progress.step == STOPPED_AT:
            break
    training.close()
    assert run.newest_state() == STOPPED_AT
    return run


def restored(run: RunDir) -> TrainState:
    state = new_state(run.config, "cpu")
    state.load(run.load_state_at(STOPPED_AT))
    return state


def in_lab(run: RunDir, code: str, **given: Any) -> Any:
    """Return what code returns that has the run's ``file``, what the lab reads from it, and a ``player`` with graphs."""
    values = {
        "runtime": RUNTIME,
        "settings": [settings(run.config)],
        "bundles": [bundle(run.config)],
        "file": base64.b64encode(browser_runs.training_of(run)).decode(),
        **given,
    }
    read = """
    const { readRunTraining } = await import(new URL("../lab/files/run_training.mjs", process.argv[1]).href);
    const file = bytes(given.file);
    const training = readRunTraining(file);
    const data = training.points && { values: training.points, size: 2, labels: null, labelWidth: 0 };
    """
    return evaluate("trainer/player.mjs", PRELUDE + PLAYER + read + code, values)


@pytest.mark.parametrize("case", CASES)
def test_the_labs_first_step_is_the_runs_own_next_step(case: str, tmp_path: Path) -> None:
    run = stopped(tmp_path, CASES[case])
    config, state, layout = run.config, restored(run), StateLayout.of(run.config.model)
    before = to_vectors(state, layout)
    rng = torch.Generator().manual_seed(5)
    x = torch.randn(config.train.batch, 2, generator=rng)
    rng.set_state(state.rng.get_state())
    z = torch.randn(config.train.batch, config.model.z_dim, generator=rng)
    result = in_lab(
        run,
        """
        const { Training } = await import(new URL("./training.mjs", process.argv[1]).href);
        const { Graphs } = await import(new URL("./bundle.mjs", process.argv[1]).href);
        const { readState } = await import(new URL("./state_file.mjs", process.argv[1]).href);
        const graphs = new Graphs(runtime, bytes(given.bundles[0]).buffer);
        const lab = new Training(training.settings, graphs, data, readState(file).state);
        const start = { g: text(lab.state.g), d: text(lab.state.d) };
        const { logits, ...report } = await lab.update("step", { x: floats(given.x), z: floats(given.z) });
        const { g, d, gUpdates, dUpdates } = lab.state;
        return { start, g: text(g), d: text(d), logits: text(logits), report, updates: [gUpdates, dUpdates],
          settings: training.settings, adapted: training.adapted, points: training.points?.length ?? 0,
          iterations: training.rows.iteration };
        """,
        x=floats(x),
        z=floats(z),
    )
    assert np.array_equal(array(result["start"]["g"]), before.g)
    assert np.array_equal(array(result["start"]["d"]), before.d)
    assert result["settings"]["gLr"] == config.train.g_lr * rate_factor(config.train, STOPPED_AT)
    # the server adds rarer penalties in its steps 0, 4, 8, …, and the lab in every step; else both do the same
    server = dataclasses.replace(config.train, penalty_every=1)
    report = train_step(state, iter([(x, None)]), server)
    after = to_vectors(state, layout)
    assert result["updates"] == [after.g_updates, after.d_updates]
    logits = torch.cat([report.real_logits, report.fake_logits])
    np.testing.assert_allclose(array(result["logits"]), logits, rtol=1e-4, atol=1e-4)
    wanted = [float(report.d_loss), float(report.g_loss), float(report.penalty or 0)]
    numbers = [result["report"][name] for name in ("dLoss", "gLoss", "penalty")]
    np.testing.assert_allclose(numbers, wanted, rtol=1e-4, atol=1e-4)
    spec = GraphSpec.of(config, "step")
    compare_vectors(array(result["g"]), after.g, layout.g, spec)
    compare_vectors(array(result["d"]), after.d, layout.d, spec)
    adapted = {"rarer penalties": [{"setting": "penalty_every", "n": 4}]}.get(case, [{"setting": "schedule", "n": 0}])
    assert result["adapted"] == adapted
    assert (result["points"], result["settings"]["data"]) == ((6000, "table") if case == "own points" else (0, "ring"))
    assert max(result["iterations"]) <= STOPPED_AT


@pytest.mark.parametrize("case", CASES)
def test_a_run_that_went_to_the_lab_comes_back_with_state_curves_and_points(case: str, tmp_path: Path) -> None:
    run = stopped(tmp_path, CASES[case])
    saved = in_lab(
        run,
        """
        player.graphs.add(training.settings, bytes(given.bundles[0]).buffer);
        await player.open(training.settings, { data, state: file });
        const unchanged = text(await player.exportState());
        await player.step("both", 3);
        return [unchanged, text(await player.exportState())];
        """,
    )
    same, trained = (training_file.read(base64.b64decode(content)) for content in saved)
    back = browser_runs.create(same, tmp_path / "back", "ring")
    wanted, actual = run.load_state_at(STOPPED_AT), back.load_state_at(STOPPED_AT)
    assert actual.keys() == wanted.keys()
    assert all(torch.equal(actual[name], wanted[name]) for name in wanted if name != "rng")
    losses = [value for value in run.metrics()["d_loss"] if value == value]
    assert back.metrics()["d_loss"] == pytest.approx(losses, rel=1e-4)
    assert back.config.data == run.config.data
    assert back.config.model.discriminator_depth == run.config.model.discriminator_depth
    assert (back.config.train.schedule, back.config.train.penalty_every) == ("constant", 1)
    assert back.config.train.g_lr == run.config.train.g_lr * rate_factor(run.config.train, STOPPED_AT)
    assert trained.vectors.g_updates == STOPPED_AT + 3
    assert trained.rows[-1]["step"] == STOPPED_AT + 3


def test_a_run_whose_rates_have_fallen_to_nothing_has_its_full_rates_in_the_lab(tmp_path: Path) -> None:
    run = stopped(tmp_path, points(schedule="cosine", steps=STOPPED_AT, batch=16))
    assert rate_factor(run.config.train, STOPPED_AT) < 0.01
    assert in_lab(run, "return training.settings;")["gLr"] == run.config.train.g_lr


def test_the_labs_limits_are_those_of_its_controls() -> None:
    code = """
    const { fromCore, toCore } = await import(new URL("../trainer/core_settings.mjs", process.argv[1]).href);
    const names = Object.entries(toCore({ ...m.DEFAULTS, arch: "points" }));
    return m.CONTROLS.filter(({ key }) => typeof m.DEFAULTS[key] === "number" && key !== "gSteps").map((control) => {
      const [[name]] = Object.entries(toCore({ [control.key]: 1 })).filter(([name]) => name !== "arch");
      const [least, most] = given[name] ?? [NaN, NaN];
      const step = control.isWhole ? 1 : 1e-9;
      const takes = (value) => m.parseValue(control, String(value)) !== undefined;
      return [name, takes(least), takes(most), takes(least - step), takes(most + step)];
    });
    """
    ranges = evaluate("lab/settings.mjs", code, lab_settings.RANGES)
    assert {name for name, *_ in ranges} == set(lab_settings.RANGES)
    assert [takes for _, *takes in ranges] == [[True, True, False, False]] * len(ranges)


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({}, []),
        ({"d_depth": -1, "depth": 6}, ["depth", "d_depth"]),
        ({"width": 300, "z_dim": 100}, ["z_dim", "width"]),
        ({"mapping": 2}, ["mapping"]),
        ({"limit": 500, "batch": 8}, ["batch", "limit"]),
    ],
)
def test_settings_that_the_lab_lacks_are_named(change: dict[str, object], names: list[str]) -> None:
    assert lab_settings.missing(PRESETS["ring"].with_settings(change)) == names
