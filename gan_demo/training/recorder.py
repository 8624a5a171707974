"""Recorder of a training session: takes the steps, and records rows, pictures, checkpoints and states.

Recording follows the clock and draws from its own random generators, so it never changes the training: the same seed
gives the same weights however often a run is recorded.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator, Mapping
from dataclasses import replace

import torch
from torch import Tensor

from gan_demo.config import RunConfig
from gan_demo.data import datasets
from gan_demo.errors import ConfigError
from gan_demo.pictures import images
from gan_demo.pictures.sample_sheet import sheet_of
from gan_demo.runs import setting_changes
from gan_demo.runs.manifest import RunInfo
from gan_demo.runs.resuming import load_state
from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.status import TRAINING, Status
from gan_demo.schedule import fitted, rate_factor
from gan_demo.training.clock import Clock, Timing, round_for_log
from gan_demo.training.control import Control, Progress, Suspended
from gan_demo.training.evaluator import Evaluator, UpdateProbe, last_evaluation
from gan_demo.training.health import check_losses, check_weights, gradient_norm
from gan_demo.training.state import TrainState, new_state
from gan_demo.training.step import Batch, StepReport, d_step, g_step, summary, train_step

FIRST_SAVE = 2.0  # seconds of training before the first save and the first checkpoint of a session
SAVE_EVERY = 15.0  # seconds of training between two saves


class Recorder:
    """One training session of a run."""

    def __init__(self, run: RunDir, data: datasets.Dataset, device: str, control: Control, timing: Timing) -> None:
        self.run = run
        self.data = data
        self.config: RunConfig = run.config
        self.control = control
        self.state: TrainState = new_state(self.config, device)
        saved = load_state(run)
        self.info: RunInfo = replace(run.info, status=TRAINING, device=device, error=None)
        if saved is not None:
            self.state.load(saved)
        checkpoints = tuple(step for step in self.info.checkpoints if step <= self.state.step)
        self.info = replace(self.info, checkpoints=checkpoints)  # later ones may be of other settings
        self.clock = Clock(self.info.seconds if saved is not None else 0.0)
        self.first_seconds = next(iter(run.metrics().get("seconds", [])), self.clock.now())  # a fork starts above 0
        self.images = self.info.images if saved is not None else 0
        self.saved_version = self._version() if saved is not None else None
        evaluation_seconds = self.info.evaluation_seconds if saved is not None else 0.0
        last = last_evaluation(run.metrics(), self.first_seconds)
        self.evaluator = Evaluator(data, self.config, evaluation_seconds, last)
        self.probe = UpdateProbe(data, self.config)
        self.reports: list[StepReport] = []  # since the last row
        self.rate, self.pace, self.due = timing.rate, timing.pace, timing.begin(self.clock.now() + FIRST_SAVE)
        self.grid: int | None = run.grids[-1] if run.grids else None
        self.sheet = sheet_of(data, self.config)

    def train(self, seconds: float | None) -> Generator[Progress, None, None]:
        """Train to the last step, or for ``seconds``; yields before the first step and after each."""
        config, state = self.config.train, self.state
        if state.step > config.steps:
            raise ConfigError(
                "steps", config.steps, "is below the {done} steps already done", "Give more steps", done=state.step
            )
        data = self.data if self.config.model.conditional else replace(self.data, fields=())
        real = datasets.batches(data, config.batch, state.rng, self.config.data.flip)
        end = math.inf if seconds is None else self.clock.now() + seconds
        status: Status | None = Status.STOPPED
        self.run.set_info(self.info)
        try:
            if self.grid is None:
                self._draw()
            yield self._progress("training", None)
            while state.step < self.config.train.steps and self.clock.now() < end:
                self._apply_changes()
                if not self.control.order:  # paused: only changes were requested
                    yield self._progress("training", None)
                    continue
                self.clock.start()
                scalars = self._one_step(real)
                self.clock.stop()
                self._fit_budget()
                yield self._progress("training", scalars)
            status = Status.DONE if state.step >= self.config.train.steps else Status.STOPPED
            self.clock.start()
            scalars = self._row() if self.reports else None
            self._finish()
            self.clock.stop()
            yield self._progress("done", scalars)
        except Suspended:
            status = None
            raise
        except Exception:  # the step may be incomplete
            status = Status.FAILED
            raise
        finally:
            self._close(status)

    def _one_step(self, real: Iterator[Batch]) -> dict[str, float] | None:
        """Take the step that ``control`` orders and record what is due; return the row, if one was written."""
        before, step, order = self.clock.now() - self.evaluator.seconds, self.state.step, self.control.order
        single = order in ("d", "g")
        if single and self.reports:
            self._row()
        update = {"d": d_step, "g": g_step}.get(order, train_step)
        with self.probe.watching(self.control.is_stepping(), order, self.state, self.config.train.loss):
            self.reports.append(update(self.state, real, self.config.train))
        self.images += self.config.train.batch * (self.state.step - step)
        if single:
            self._save()  # before its row: rows of a lost step are recognised by their step alone
        scalars = self._record(single or self.control.is_stepping())
        seconds = max(0.0, self.clock.now() - self.evaluator.seconds - before)  # evaluations say nothing of other steps
        self.rate.add(self.config.train.batch, seconds)
        if not (single or self.control.is_stepping()):  # these are recorded in full, and slower
            self.pace.add(self.state.step - step, seconds)
        return scalars

    def _fit_budget(self) -> None:
        """Turn a time budget into a number of steps, once, when the pace is known.

        The rates were full until now, so the settings with that number give the same training from the first step.
        """
        left = self.info.budget - self.clock.now()
        if self.info.budget and self.pace.is_known_for(left):
            train, step = self.config.train, self.state.step
            steps = min(train.steps, step + self.pace.steps_in(left))
            self.config = replace(self.config, train=fitted(train, step, max(1, steps)))
            self.run.set_config(self.config)
            self.info = replace(self.info, budget=0.0)
            self.run.set_info(self.info)

    def _record(self, in_full: bool) -> dict[str, float] | None:
        """Record whatever is due, with ``in_full`` always a row and a picture; return the row if one was written."""
        now, scalars = self.clock.now(), None
        age = now - self.first_seconds
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

    def _apply_changes(self) -> None:
        while (settings := self.control.next_change()) is not None:
            self._change(settings)
            self.control.change_done()

    def _change(self, settings: Mapping[str, object]) -> None:
        """Change settings from the next step on.

        The state is saved first, so that a kill cannot lose a step taken with the old settings.
        """
        changed = setting_changes.live(self.config, settings)
        if changed == self.config:
            return
        if self.reports:
            self._row()
        self._save()
        position = self._position()
        values = self.run.change_config(changed, self.state.step, position["seconds"])
        self.config = changed
        self.run.append(position | values | self._learning_rates())
        self.due["row"] = 0.0  # the next step writes a row, which shows the effect

    def _row(self) -> dict[str, float]:
        """Write and return a row: means since the last row, and the gradient norms of the last step."""
        row = summary(self.reports, self.config.train.loss)
        self.reports.clear()
        check_losses(row, self.state.step, bool(self.info.checkpoints))
        row |= {"d_grad": gradient_norm(self.state.D), "g_grad": gradient_norm(self.state.G)}
        row |= self._learning_rates()
        row["images_per_second"] = round(self.rate.value, 1)
        self.run.append(self._position() | {key: round_for_log(value) for key, value in row.items()})
        return row

    def _learning_rates(self) -> dict[str, float]:
        """Return the learning rates of the last step, after the schedule."""
        train = self.config.train
        factor = rate_factor(train, max(0, self.state.step - 1))
        return {"d_lr": train.d_lr * factor, "g_lr": train.g_lr * factor}

    def _position(self) -> dict[str, float]:
        """Return the columns that every row starts with."""
        return {"step": self.state.step, "images": self.images, "seconds": round(self.clock.now(), 3)}

    @torch.no_grad()
    def _samples(self, z: Tensor, y: Tensor | None) -> Tensor:
        """Generate (S, ...) from latents z (S, Z) with the generator that a checkpoint saves."""
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
        quality = self.evaluator.measure(self._samples)
        if quality is not None:
            self.run.append(self._position() | quality)

    def _checkpoint(self) -> None:
        """Save the generator as a checkpoint, and the whole state for forks."""
        if self.saved_version != self._version():
            self._write_state()
        self.run.keep_state(self.state.step)
        self.run.add_checkpoint(self.state.step, self.state.G_ema.state_dict())
        checkpoints = tuple(sorted({*self.info.checkpoints, self.state.step}))
        self.info = replace(self.info, checkpoints=checkpoints)
        self._write_manifest(TRAINING)
        self.run.thin_states()

    def _save(self) -> None:
        """Write the state to resume from, unless it is on disk already, and the manifest."""
        if self.saved_version != self._version():
            self._write_state()
            if self.state.step in self.info.checkpoints:  # D was updated alone since the checkpoint of this step
                self.run.keep_state(self.state.step)
        self._write_manifest(TRAINING)

    def _write_state(self) -> None:
        self._refuse_broken_weights()
        self.run.save_state(self.state.step, self.state.tensors())
        self.saved_version = self._version()
        self.due["save"] = self.clock.now() + SAVE_EVERY

    def _version(self) -> tuple[int, int]:
        """Return the numbers of updates of G and D, which identify a state of the run."""
        return self.state.step, self.state.d_updates

    def _refuse_broken_weights(self) -> None:
        check_weights((self.state.G, self.state.D), self.state.step, bool(self.info.checkpoints))

    def _write_manifest(self, status: str) -> None:
        position = self._position()
        self.info = replace(
            self.info,
            status=status,
            step=self.state.step,
            state=self.state.step,
            images=int(position["images"]),
            seconds=position["seconds"],
            evaluation_seconds=round(self.evaluator.seconds, 3),
        )
        self.run.set_info(self.info)

    def _finish(self) -> None:
        if self.config.train.evaluate:
            self._evaluate()
        self._draw()

    def _close(self, status: Status | None) -> None:
        """Save all of the last step; after a failure leave the last good save; None: suspended, save the state."""
        self.clock.stop()
        if status is None:
            self._save()
            return
        if status is Status.FAILED:
            self.run.set_info(replace(self.info, status=status))
            return
        if self.grid != self.state.step:
            self._draw()
        if status is not Status.DONE and self.evaluator.is_due_at_stop(self.clock.now()):
            self._evaluate()
        if self.saved_version != self._version():
            self._save()
        if self.state.step not in self.info.checkpoints:
            self._checkpoint()
        self._write_manifest(status)

    def _progress(self, phase: str, scalars: dict[str, float] | None) -> Progress:
        steps, done, budget = self.config.train.steps, self.state.step, self.info.budget or None
        is_known = self.pace.is_settled and self.rate.value and budget is None
        left = (steps - done) * self.config.train.batch / self.rate.value if is_known else None
        position = self._position()
        images, seconds = int(position["images"]), position["seconds"]
        rate, grid, effect = self.rate.value, self.grid, self.probe.effect
        return Progress(phase, done, steps, images, seconds, rate, left, budget, scalars, grid, effect=effect)
