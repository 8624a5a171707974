"""Training as a generator of progress: it knows no thread, no page and no terminal.

    for progress in train(run):
        print(progress.step)

What is recorded (rows, grids, checkpoints) goes by the clock and draws from random generators of its own, so it never
changes what is learned: the same seed gives the same weights however often one looks.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from gan_demo import changes, datasets, images
from gan_demo.config import RunConfig
from gan_demo.downloads import Loading
from gan_demo.errors import ConfigError, GanDemoError, RunError
from gan_demo.evaluating import Evaluator
from gan_demo.manifest import KeptError, RunInfo
from gan_demo.recording import Clock, Rate, check_losses, check_weights, gradient_norm, sheet_of, short
from gan_demo.runs import RunDir
from gan_demo.steering import FREE, Control
from gan_demo.training_state import (
    Batch,
    StepReport,
    TrainState,
    d_step,
    g_step,
    new_state,
    schedule,
    summary,
    train_step,
)

BROKEN_OFF = "Free memory or disk space, then resume: the last save is kept"


@dataclass(frozen=True)
class Progress:
    """Where training is. ``scalars`` are None between two recorded rows; ``grid`` is the step of the newest picture."""

    phase: str  # "loading", "training" or "done"
    step: int = 0
    steps: int = 0
    images: int = 0
    seconds: float = 0.0
    images_per_second: float = 0.0
    seconds_left: float | None = None
    scalars: dict[str, float] | None = None
    grid: int | None = None
    loading: Loading | None = None


def train(
    run: RunDir,
    *,
    device: str = "cpu",
    seconds: float | None = None,
    data: datasets.Dataset | None = None,
    control: Control = FREE,
) -> Generator[Progress, None, None]:
    """Begin or go on with ``run``, for ``run.config.train.steps`` steps in all, or ``seconds`` more of training.

    Yields after every step; closing it saves. ``control`` steers in between. Raises DataError (data), ConfigError
    (settings, device), RunError (in use; divergence: the last good state stays on disk).
    """
    check_device(device)
    with run.writing():
        if run.info.state is None and run.info.checkpoints:
            raise RunError("run", run.id, "is kept without what resuming needs", "Start a new run with its settings")
        try:
            if data is None:
                data = yield from _load(run)
                run.set_refused(data.refused)
            run.set_config(run.config.fit(data.shape, data.fields))
            yield from _Recorder(run, data.to(device), device, control).go(seconds)
        except GanDemoError as failure:
            run.set_info(replace(run.info, status="failed", error=KeptError.of(failure)))
            raise
        except (OSError, MemoryError, RuntimeError) as failure:
            why = f"{type(failure).__name__}: {failure}".splitlines()[0][:200]
            broken = RunError("run", run.id, "was broken off. {why}", BROKEN_OFF, why=why)
            with contextlib.suppress(OSError):  # the disk may be what is full
                run.set_info(replace(run.info, status="failed", error=KeptError.of(broken)))
            raise broken from failure


def check_device(device: str) -> None:
    """Raises ConfigError if this machine's torch has no such device."""
    try:
        torch.empty(1, device=device)
        torch.Generator(device=device)  # "meta" and some others have memory, but no random numbers
    except (RuntimeError, AssertionError) as failure:
        raise ConfigError("device", device, "is not available here", "Use cpu, or leave it out") from failure


def default_device() -> str:
    """The fastest device there is: "cuda" or "cpu"."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def _load(run: RunDir) -> Generator[Progress, None, datasets.Dataset]:
    steps = datasets.loading(run.config.data, run.config.train.seed)
    while True:
        try:
            yield Progress("loading", steps=run.config.train.steps, loading=next(steps))
        except StopIteration as end:
            data: datasets.Dataset = end.value
            return data


class _Recorder:
    """One training session of a run: steps, and what is kept of them."""

    def __init__(self, run: RunDir, data: datasets.Dataset, device: str, control: Control) -> None:
        self.run = run
        self.data = data
        self.config: RunConfig = run.config
        self.control = control
        self.state: TrainState = new_state(self.config, device)
        self.info: RunInfo = replace(run.info, status="training", device=device, error=None)
        saved = run.load_state()
        if saved is not None:
            self.state.load(saved)
        followed = tuple(step for step in self.info.checkpoints if step <= self.state.step)
        self.info = replace(self.info, checkpoints=followed)  # later ones may be of another future, settings changed
        self.clock = Clock(self.info.seconds if saved is not None else 0.0)
        self.begun = next(iter(run.metrics().get("seconds", [])), self.clock.now())  # a fork's, where its parent was
        self.images = self.info.images if saved is not None else 0
        self.saved = self._mark() if saved is not None else None
        self.evaluator = Evaluator(data, self.config, self.info.evaluation_seconds if saved is not None else 0.0)
        self.reports: list[StepReport] = []  # since the last row
        self.rate = Rate()
        self.due = {
            "row": 0.0,
            "grid": 0.0,
            "save": self.clock.now() + 2.0,
            "checkpoint": self.clock.now() + 2.0,  # after the first save: what is kept can be gone on with
        }
        self.grid: int | None = run.grids[-1] if run.grids else None
        self.sheet = sheet_of(data, self.config)

    def go(self, seconds: float | None) -> Generator[Progress, None, None]:
        config, state = self.config.train, self.state
        if state.step > config.steps:
            raise ConfigError("steps", config.steps, "is below the {done} already done", "Give more", done=state.step)
        told = self.data if self.config.model.conditional else replace(self.data, fields=())
        real = datasets.batches(told, config.batch, state.rng, self.config.data.flip)
        ends = math.inf if seconds is None else self.clock.now() + seconds
        status = "stopped"
        self.run.set_info(self.info)
        try:
            if self.grid is None:
                self._draw()
            yield self._progress("training", None)
            while state.step < config.steps and self.clock.now() < ends:
                self._take_changes()
                if not self.control.order:  # woken for the changes alone
                    yield self._progress("training", None)
                    continue
                self.clock.start()
                scalars = self._one_step(real)
                self.clock.stop()
                yield self._progress("training", scalars)
            status = "done" if state.step >= config.steps else "stopped"
            self.clock.start()
            scalars = self._row() if self.reports else None
            self._finish()
            self.clock.stop()
            yield self._progress("done", scalars)
        except Exception:  # the step it happened in may be half done
            status = "failed"
            raise
        finally:
            self._close(status)

    def _one_step(self, real: Iterator[Batch]) -> dict[str, float] | None:
        before, step, order = time.perf_counter(), self.state.step, self.control.order
        alone = order in ("d", "g")
        if alone and self.reports:
            self._row()
        update = {"d": d_step, "g": g_step}.get(order, train_step)
        self.reports.append(update(self.state, real, self.config.train))
        self.images += self.config.train.batch * (self.state.step - step)
        if alone:
            self._save()  # before its row: rows of a step that was lost are known by their step alone
        scalars = self._record(alone or self.control.is_stepping())
        self.rate.add(self.config.train.batch, time.perf_counter() - before)
        return scalars

    def _record(self, in_full: bool) -> dict[str, float] | None:
        """What is due by the clock, or all that viewers of single steps see; the row, if there is one."""
        now, scalars = self.clock.now(), None
        age = now - self.begun
        if in_full or now >= self.due["row"]:
            scalars = self._row()
            self.due["row"] = now + max(0.15, age / 2000)
        if in_full or now >= self.due["grid"]:
            self._draw()
            self.due["grid"] = now + max(1.0, 0.04 * age)
        if now >= self.due["checkpoint"]:
            self._checkpoint()
            self.due["checkpoint"] = now + max(4.0, 0.3 * age)
        if now >= self.due["save"]:
            self._save()
        if self.evaluator.is_due(now):
            self._evaluate()
        return scalars

    def _take_changes(self) -> None:
        while (settings := self.control.next_change()) is not None:
            self._change(settings)
            self.control.change_done()

    def _change(self, settings: Mapping[str, object]) -> None:
        """Other settings from the next step on. First the state, so that a kill can't lose a step made before them."""
        changed = changes.live(self.config, settings)
        if changed == self.config:
            return
        if self.reports:
            self._row()
        self._save()
        where = self._where()
        now = self.run.change_config(changed, self.state.step, where["seconds"])
        self.config = changed
        self.run.append(where | now | self._rates())
        self.due["row"] = 0.0  # what it does shows at once

    def _row(self) -> dict[str, float]:
        """Means since the last row, and the gradients of the last step; written and returned."""
        row = summary(self.reports, self.config.train.loss)
        self.reports.clear()
        check_losses(row, self.state.step)
        row |= {"d_grad": gradient_norm(self.state.D), "g_grad": gradient_norm(self.state.G)}
        row |= self._rates()
        row["images_per_second"] = round(self.rate.value, 1)
        self.run.append(self._where() | {key: short(value) for key, value in row.items()})
        return row

    def _rates(self) -> dict[str, float]:
        """The learning rates of the last step, by the schedule."""
        train = self.config.train
        factor = schedule(train, max(0, self.state.step - 1))
        return {"d_lr": train.d_lr * factor, "g_lr": train.g_lr * factor}

    def _where(self) -> dict[str, float]:
        return {"step": self.state.step, "images": self.images, "seconds": round(self.clock.now(), 3)}

    @torch.no_grad()
    def _samples(self, z: Tensor, y: Tensor | None) -> Tensor:
        """What the generator that would be kept makes of fixed latents now."""
        self._refuse_broken_weights()
        G = self.state.G_ema
        was_training = G.training
        G.eval()
        samples: Tensor = G(z.to(self.state.device), None if y is None else y.to(self.state.device))
        G.train(was_training)
        return samples

    def _draw(self) -> None:
        samples = self._samples(self.sheet.z, self.sheet.y)
        self.run.add_grid(self.state.step, images.png(self.sheet.picture(samples, self.data)))
        self.grid = self.state.step

    def _evaluate(self) -> None:
        found = self.evaluator.measure(self._samples)
        if found is not None:
            self.run.append(self._where() | found)

    def _checkpoint(self) -> None:
        """The generator, and the whole state for forks."""
        if self.saved != self._mark():
            self._write_state()
        self.run.keep_state(self.state.step)
        self.run.add_checkpoint(self.state.step, self.state.G_ema.state_dict())
        kept = tuple(sorted({*self.info.checkpoints, self.state.step}))
        self.info = replace(self.info, checkpoints=kept)
        self._describe("training")
        self.run.thin_states()

    def _save(self) -> None:
        if self.saved != self._mark():
            self._write_state()
            if self.state.step in self.info.checkpoints:  # D learned on at this step
                self.run.keep_state(self.state.step)
        self._describe("training")

    def _write_state(self) -> None:
        self._refuse_broken_weights()
        self.run.save_state(self.state.step, self.state.tensors())
        self.saved = self._mark()
        self.due["save"] = self.clock.now() + 15.0

    def _mark(self) -> tuple[int, int]:
        """Tells one state of the run from another."""
        return self.state.step, self.state.d_updates

    def _refuse_broken_weights(self) -> None:
        check_weights((self.state.G, self.state.D), self.state.step)

    def _describe(self, status: str) -> None:
        where = self._where()
        self.info = replace(
            self.info, status=status, step=self.state.step, state=self.state.step, images=int(where["images"]),
            seconds=where["seconds"], evaluation_seconds=round(self.evaluator.seconds, 3),
        )  # fmt: skip
        self.run.set_info(self.info)

    def _finish(self) -> None:
        if self.config.train.evaluate:
            self._evaluate()
        self._draw()

    def _close(self, status: str) -> None:
        """Keep what there is; after a failure, what was good before it."""
        self.clock.stop()
        if status == "failed":
            self.run.set_info(replace(self.info, status=status))
            return
        if self.grid != self.state.step:
            self._draw()  # where it stopped is what one wants to see
        if self.saved != self._mark():
            self._save()
        if self.state.step not in self.info.checkpoints:
            self._checkpoint()
        self._describe(status)

    def _progress(self, phase: str, scalars: dict[str, float] | None) -> Progress:
        steps, done = self.config.train.steps, self.state.step
        speed = self.rate.value
        left = (steps - done) * self.config.train.batch / speed if speed else None
        where = self._where()
        return Progress(
            phase, done, steps, int(where["images"]), where["seconds"], speed, left, scalars, self.grid
        )  # fmt: skip
