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
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from gan_demo import datasets, images
from gan_demo.config import RunConfig
from gan_demo.downloads import Loading
from gan_demo.errors import ConfigError, GanDemoError, RunError
from gan_demo.metrics import Quality, points_quality, quality_for
from gan_demo.recording import Clock, Rate, gradient_norm, sheet_of, short
from gan_demo.runs import KeptError, RunDir, RunInfo
from gan_demo.training_state import StepReport, TrainState, new_state, schedule, summary, train_step

EVALUATED = 500  # samples a live evaluation looks at
LIVE_REFERENCE = 3_000  # training samples it is compared with; the evaluate command takes all
EVALUATION_SHARE = 0.015  # of the training time, at most
BROKEN_OFF = "Free memory or disk space, then resume: the last save is kept"
DIVERGED = 1e7  # a loss beyond this is no longer one


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
    is_stepping: Callable[[], bool] = lambda: False,
) -> Generator[Progress, None, None]:
    """Begin or go on with ``run``, for ``run.config.train.steps`` steps in all, or ``seconds`` more of training.

    Yields after every step; closing it saves. Raises DataError (data), ConfigError (settings, device), RunError (in
    use; divergence: the last good state stays on disk).
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
            yield from _Recorder(run, data.to(device), device, is_stepping).go(seconds)
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

    def __init__(self, run: RunDir, data: datasets.Dataset, device: str, is_stepping: Callable[[], bool]) -> None:
        self.run = run
        self.data = data
        self.config: RunConfig = run.config
        self.is_stepping = is_stepping
        self.state: TrainState = new_state(self.config, device)
        self.info: RunInfo = replace(run.info, status="training", device=device, error=None)
        saved = run.load_state()
        if saved is not None:
            self.state.load(saved)
        followed = tuple(step for step in self.info.checkpoints if step <= self.state.step)
        self.info = replace(self.info, checkpoints=followed)  # later ones may be of another future, settings changed
        self.clock = Clock(self.info.seconds if saved is not None else 0.0)
        self.evaluation_seconds = self.info.evaluation_seconds if saved is not None else 0.0
        self.evaluation_cost = 0.15  # seconds the next one may take: at first a guess, which puts it off for a while
        self.quality: Quality | None = None
        self.reports: list[StepReport] = []  # since the last row
        self.rate = Rate()
        self.due = {
            "row": 0.0,
            "grid": 0.0,
            "save": self.clock.now() + 2.0,
            "checkpoint": self.clock.now() + 2.0,  # after the first save: what is kept can be gone on with
            "evaluation": 0.0,
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
            if state.step == 0:
                self._draw()
            yield self._progress("training", None)
            while state.step < config.steps and self.clock.now() < ends:
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

    def _one_step(self, real: Iterator[tuple[Tensor, Tensor | None]]) -> dict[str, float] | None:
        before = time.perf_counter()
        self.reports.append(train_step(self.state, real, self.config.train))
        now, scalars = self.clock.now(), None
        single = self.is_stepping()
        if single or now >= self.due["row"]:
            scalars = self._row()
            self.due["row"] = now + max(0.15, now / 2000)
        if single or now >= self.due["grid"]:
            self._draw()
            self.due["grid"] = now + max(0.7, 0.04 * now)
        if now >= self.due["save"]:
            self._save()
            self.due["save"] = now + 15.0
        if now >= self.due["checkpoint"]:
            self._checkpoint()
            self.due["checkpoint"] = now + max(4.0, 0.3 * now)
        affordable = self.evaluation_seconds + self.evaluation_cost <= EVALUATION_SHARE * now
        if self.config.train.evaluate and affordable and now >= self.due["evaluation"]:
            self._evaluate()
            self.due["evaluation"] = now + max(0.5, now / 400)
        self.rate.add(self.config.train.batch, time.perf_counter() - before)
        return scalars

    def _row(self) -> dict[str, float]:
        """Means since the last row, and the gradients of the last step; written and returned."""
        row = summary(self.reports, self.config.train.loss)
        self.reports.clear()
        self._check(row)
        factor = schedule(self.config.train, self.state.step - 1)
        row |= {"d_grad": gradient_norm(self.state.D), "g_grad": gradient_norm(self.state.G)}
        row |= {"d_lr": self.config.train.d_lr * factor, "g_lr": self.config.train.g_lr * factor}
        row["images_per_second"] = round(self.rate.value, 1)
        self.run.append(self._where() | {key: short(value) for key, value in row.items()})
        return row

    def _where(self) -> dict[str, float]:
        images = self.state.step * self.config.train.batch
        return {"step": self.state.step, "images": images, "seconds": round(self.clock.now(), 3)}

    def _check(self, row: dict[str, float]) -> None:
        for name in ("d_loss", "g_loss"):
            if not math.isfinite(row[name]):
                raise self._not_a_number(name, row[name])
            if abs(row[name]) > DIVERGED:
                raise RunError(
                    name, row[name], "diverged at step {step}",
                    "Lower the learning rates, or add a gradient penalty; the last good checkpoint is kept",
                    step=self.state.step,
                )  # fmt: skip

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
        before = time.perf_counter()
        if self.config.model.arch != "points":
            self.quality = self.quality or quality_for(self.data, LIVE_REFERENCE)
            if self.quality is None:  # images that no shipped classifier fits
                self.due["evaluation"] = math.inf
                return
        z = torch.randn(EVALUATED, self.state.G.z_dim, generator=torch.Generator().manual_seed(7))  # (E, Z)
        rows = torch.arange(EVALUATED) % len(self.data.labels)
        labels = self.data.labels[rows.to(self.data.labels.device)] if self.config.model.conditional else None
        y = None if labels is None else datasets.multi_hot(labels, self.data.fields)
        samples = self._samples(z, y)
        found: dict[str, float | list[float]] = {}
        if self.config.model.arch == "points":
            found = points_quality(samples.cpu(), self.config.data.name)
        elif self.quality is not None:
            found = self.quality.measure(samples, labels)
        self.evaluation_cost = time.perf_counter() - before
        self.evaluation_seconds += self.evaluation_cost
        found["eval_seconds"] = round(self.evaluation_seconds, 3)
        kept = {k: [round(n, 4) for n in v] if isinstance(v, list) else short(v) for k, v in found.items()}
        self.run.append(self._where() | kept)

    def _checkpoint(self) -> None:
        self._refuse_broken_weights()
        self.run.add_checkpoint(self.state.step, self.state.G_ema.state_dict())
        kept = tuple(sorted({*self.info.checkpoints, self.state.step}))
        self.info = replace(self.info, checkpoints=kept)
        self.run.set_info(self.info)

    def _save(self) -> None:
        self._refuse_broken_weights()
        self.run.save_state(self.state.step, self.state.tensors())
        self._describe("training")

    def _refuse_broken_weights(self) -> None:
        for network in (self.state.G, self.state.D):
            with torch.no_grad():
                norm = torch.nn.utils.get_total_norm(list(network.parameters()))
            if not math.isfinite(norm):
                raise self._not_a_number("weights", "NaN")

    def _not_a_number(self, what: str, value: object) -> RunError:
        return RunError(
            what, value, "became not a number at step {step}",
            "Lower the learning rates, or add an R1 penalty; the last good checkpoint is kept",
            step=self.state.step,
        )  # fmt: skip

    def _describe(self, status: str) -> None:
        where = self._where()
        self.info = replace(
            self.info, status=status, step=self.state.step, state=self.state.step, images=int(where["images"]),
            seconds=where["seconds"], evaluation_seconds=round(self.evaluation_seconds, 3),
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
        if self.info.state != self.state.step:
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
