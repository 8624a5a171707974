"""A training in the browser's trainer, in node: it repeats, goes back, changes, plays, and moves to the server and back."""

from __future__ import annotations

import base64

import numpy as np
import pytest
import torch

from gan_demo.gan.compiled.layout import StateLayout
from gan_demo.lab import training_file
from gan_demo.lab.handover import to_vectors
from gan_demo.lab.training_file import SavedTraining
from gan_demo.training.state import new_state
from gan_demo.training.step import train_step
from tests.frontend.browser_trainer import play
from tests.gan.test_compiled import PENALTIES, points


def test_a_training_repeats_goes_back_and_goes_on_from_its_file() -> None:
    results = play(
        """
        await player.open(settings, {});
        const first = await player.step("both", 12);
        await player.step("d", 1);
        const last = await player.step("both", 40);
        const back = await player.back(41);
        await player.step("d", 1);
        const again = await player.step("both", 40);
        const sought = await player.seek(12);
        const state = await player.exportState();
        await player.step("d", 1);
        const resumed = await player.open(settings, { state });
        await player.step("d", 1);
        const fromFile = await player.step("both", 40);
        await player.open(settings, {});
        await player.step("both", 12);
        await player.step("d", 1);
        const repeated = await player.step("both", 40);
        const { iteration, gUpdates, dUpdates } = last;
        return {
          counts: [iteration, gUpdates, dUpdates], rows, span: player.span, finite: last.samples.every(Number.isFinite),
          sizes: [last.samples.length, last.logits.length, last.slopes.length], differs: !same(first, last),
          same: [same(back, first), same(again, last), same(sought, first), same(resumed, first) || "no report",
                 same(fromFile, last), same(repeated, last)],
        };
        """,
        points(loss="relativistic", r1=0.1, r2=0.3, ema=0.9),
    )
    assert results["same"] == [True, True, True, "no report", True, True]
    assert results["counts"] == [53, 52, 53]
    assert results["rows"] == 53 + 41 + 1 + 41 + 53
    assert results["span"] == [0, 53]
    assert results["sizes"] == [2 * 1000, 100, 50]
    assert results["differs"]
    assert results["finite"]


def test_a_change_keeps_the_weights_and_what_goes_wrong_is_told() -> None:
    results = play(
        """
        await player.open(settings, {});
        const before = await player.step("both", 20);
        const changed = await player.change({ ...settings, gLr: 5e-3, dSteps: 2, gSteps: 3 }, null);
        const stepped = await player.step("both", 2);
        const swapped = await player.change(other, null);
        const learned = await player.step("both", 5);
        const back = await player.seek(20);
        const moved = await player.step("both", 2);
        await player.change({ ...settings, dLr: 1e30, gLr: 1e30 }, null);
        const end = await player.step("both", 2000);
        return {
          kept: String(before.samples) === String(changed.samples) && String(stepped.samples) === String(swapped.samples),
          updates: [stepped.gUpdates - before.gUpdates, stepped.dUpdates - before.dUpdates],
          optimizer: [learned.settings.optimizer, back.settings.optimizer, back.settings.gLr], again: same(moved, stepped),
          finite: learned.samples.every(Number.isFinite), gone, end: end.iteration,
        };
        """,
        points(loss="wasserstein", **PENALTIES[0], ema=0.0),
        points(loss="hinge", **PENALTIES[1], optimizer="sgd", ema=0.0),
    )
    assert results["kept"]
    assert results["updates"] == [2 * 3, 2 * 2]
    assert results["optimizer"] == ["sgd", "adam", 5e-3]
    assert results["again"]
    assert results["finite"]
    (gone,) = results["gone"]
    assert gone["back"] == 22
    assert gone["setting"] == "gLr"
    assert gone["iteration"] == results["end"] + 1


def test_an_iteration_taken_apart_is_the_next_one() -> None:
    results = play(
        """
        await player.open(settings, {});
        await player.step("both", 5);
        const trace = await player.trace();
        const next = await player.step("both", 1);
        const norm = (tensors) => Math.hypot(...tensors.flatMap(({ gradient }) => [...gradient]));
        const { surfaceBefore, surfaceAfter, fakes, movedFakes } = trace;
        const units = await player.units("g");
        return {
          same: ["dLoss", "gLoss", "penalty", "gradNormD"].map((name) => trace[name] === next[name]),
          norms: [norm(trace.tensors.d) / next.gradNormD, norm(trace.tensors.g) / next.gradNormG],
          after: String(surfaceAfter) === String(next.logits), moved: String(surfaceBefore) !== String(surfaceAfter),
          fakes: String(fakes) !== String(movedFakes) && fakes.length === 2 * settings.batch,
          logits: trace.realLogits.length, units: [units.counts, units.values.length, units.weights.map((w) => w.length)],
        };
        """,
        points(loss="relativistic", r1=0.1, r2=0.3, d_steps=2),
    )
    assert results["same"] == [True, True, False, True]  # the penalty is the mean of both updates of D
    assert results["norms"] == pytest.approx([1, 1], abs=1e-3)
    assert results["after"]
    assert results["moved"]
    assert results["fakes"]
    assert results["logits"] == 8
    assert results["units"] == [[6, 6, 2], 32 * 32 * 14, [18, 36, 12]]


def test_it_plays_until_it_is_paused_as_fast_as_it_may() -> None:
    results = play(
        """
        await player.open(settings, {});
        const until = async (condition) => { while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5)); };
        player.play(Infinity);
        await until(() => frames.length > 3);
        const paused = await player.pause();
        const shown = frames.length;
        const still = await player.watch({ latents: new Float32Array(3), surface: 0, arrows: 0 });
        player.isFrameTaken = false;
        player.play(Infinity);
        await until(() => player.span[1] > paused.iteration + 50); // it goes on while the page does not draw
        const hidden = await player.pause();
        return {
          rising: frames.every((frame, k) => !k || frame.iteration > frames[k - 1].iteration), rows,
          stopped: still.iteration === paused.iteration, rates: [frames.at(-1).rate > 0, paused.rate],
          last: hidden.iteration, unseen: frames.length - shown,
        };
        """,
        points(loss="hinge", **PENALTIES[0]),
    )
    assert results["rising"]
    assert results["stopped"]
    assert results["rates"] == [True, 0]
    assert results["rows"] == results["last"]
    assert results["unseen"] == 0


def test_a_training_goes_to_the_server_and_back() -> None:
    config = points(loss="hinge", **PENALTIES[1], ema=0.9, schedule="linear", steps=100, d_depth=2)
    state = new_state(config, "cpu")
    real = iter(lambda: (torch.randn(8, 2, generator=state.rng), None), None)
    for _ in range(3):
        train_step(state, real, config.train)
    here = to_vectors(state, StateLayout.of(config.model))
    given = training_file.write(SavedTraining(config, here, 1.5), seed=2)
    results = play(
        """
        const file = bytes(given.extra);
        const { readState } = await import(new URL("./state_file.mjs", process.argv[1]).href);
        const saved = readState(file);
        await player.open(saved.settings, { state: file });
        const unchanged = await player.exportState();
        await player.step("d", 2);
        const { gUpdates, dUpdates } = await player.step("both", 4);
        return { same: text(unchanged), last: text(await player.exportState()), settings: saved.settings, updates: [gUpdates, dUpdates] };
        """,
        config,
        extra=base64.b64encode(given).decode(),
    )
    assert results["settings"]["schedule"] == "linear"
    same = training_file.read(base64.b64decode(results["same"]))
    assert same.config == config
    assert np.array_equal(same.vectors.g, here.g)
    assert np.array_equal(same.vectors.d, here.d)
    assert same.vectors[2:] == (3, 3, 3, 3)
    last = training_file.read(base64.b64decode(results["last"]))
    assert last.vectors[2:] == (7, 9, 7, 9)
    assert results["updates"] == [7, 9]
    assert [row["step"] for row in last.rows] == [3, 3, 4, 5, 6, 7]
    assert last.rows[-1]["d_loss"] > 0
    assert last.seconds > 1.5
