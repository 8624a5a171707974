"""Runs from trainings in the browser, and trainings for the browser from runs."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from gan_demo.analysis.downsampling import thinned
from gan_demo.config import RunConfig
from gan_demo.data import datasets
from gan_demo.errors import RunError
from gan_demo.gan import latent
from gan_demo.gan.compiled.layout import StateLayout
from gan_demo.lab import training_file
from gan_demo.lab.handover import from_vectors, to_vectors
from gan_demo.lab.training_file import SavedTraining
from gan_demo.pictures import images
from gan_demo.pictures.sample_sheet import sheet_of
from gan_demo.runs.resuming import totals_at
from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.status import Status
from gan_demo.training.state import TrainState, new_state

ARCHITECTURES = ("points", "mlp", "dcgan")  # whose steps are compiled
CURVE_BUCKETS = 390  # two rows each, and the newest: fewer than a training in the browser keeps
_SEED_STRIDE = 1_000_003


def create(saved: SavedTraining, path: Path | str, name: str) -> RunDir:
    """Create a run in ``path`` that goes on where a training in the browser was saved.

    Its random numbers begin at ``random_seed``. Raises RunError for a folder in use.
    """
    config, vectors = saved.config, saved.vectors
    state = new_state(config, "cpu")
    from_vectors(state, StateLayout.of(config.model), vectors)
    state.rng.manual_seed(random_seed(config.train.seed, state.step))
    grid = _sample_grid(config, state)

    is_over = bool(saved.plan) and state.step >= config.train.steps

    def fill(run: RunDir) -> None:
        for row in saved.rows:
            run.append(row)
        run.save_state(state.step, state.tensors())
        run.keep_state(state.step)
        run.add_checkpoint(state.step, state.G_ema.state_dict())
        run.add_grid(state.step, grid)
        run.set_info(
            dataclasses.replace(
                run.info,
                status=Status.DONE if is_over else Status.STOPPED,
                step=state.step,
                state=state.step,
                checkpoints=(state.step,),
                images=state.step * config.train.batch,
                seconds=saved.seconds,
                plan=saved.plan,
            )
        )

    return RunDir.create(path, config, name, fill)


def training_of(run: RunDir, step: int | None = None) -> bytes:
    """Return the file of a run's training at a saved state, the newest by default, to go on in the browser.

    Raises RunError for a step without a state, and for networks, data and augmentation that browsers cannot train with.
    """
    config, is_embedded = run.config, datasets.source(run.config.data.name).embedded
    if config.model.arch not in ARCHITECTURES or config.train.augment or not is_embedded:
        raise RunError("run", run.id, "cannot be trained in a browser", "Train it here")
    step = run.newest_state() if step is None else step
    if step is None:
        raise RunError("run", run.id, "has no saved training state", "Let it train for a few seconds more")
    config = run.config_at(step)
    state = new_state(config, "cpu")
    state.load(run.load_state_at(step))
    vectors = to_vectors(state, StateLayout.of(config.model))
    seconds = float(totals_at(run, step, config).get("seconds", 0.0))
    seed = random_seed(config.train.seed, step) % 2**32
    plan = run.info.plan or config.train.steps
    return training_file.write(SavedTraining(config, vectors, seconds, _rows(run, step), plan), seed)


def _rows(run: RunDir, step: int) -> tuple[dict[str, float], ...]:
    """Return a run's losses and gradients up to a step, thinned."""
    columns = {name: column for name, column in run.metrics().items() if name in training_file.COLUMNS}
    if not {"step", "seconds", "d_loss"} <= columns.keys():
        return ()
    thin = thinned(columns, CURVE_BUCKETS, last=step)
    rows = (dict(zip(thin, values, strict=True)) for values in zip(*thin.values(), strict=True))
    return tuple(row for row in rows if row["d_loss"] is not None)


def _sample_grid(config: RunConfig, state: TrainState) -> bytes:
    """Return the sample grid of a training as PNG, as the recorder draws it."""
    data = datasets.load(config.data, config.train.seed)
    sheet = sheet_of(data, config)
    samples = latent.generate(state.G_ema.eval(), sheet.z, sheet.y)
    return images.png(sheet.picture(samples, data))


def random_seed(seed: int, step: int) -> int:
    """Return the seed of the random numbers after a hand-over: another one at every step."""
    return (seed * _SEED_STRIDE + step + 1) % 2**63
