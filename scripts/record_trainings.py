"""Train the presets that the tests of the diagnosis judge, and record the metrics of each.

    python -m scripts.record_trainings [NAME ...]

writes tests/fixtures/trainings/NAME.json.gz: the settings, the columns of metrics, the last step, and the error of a
run that failed. Without a name all are recorded, which takes some minutes. To be run again when a preset, the training
or the metrics change; ``make soak`` compares the verdicts on a fresh recording with those on the stored one.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import json
import math
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import torch

from gan_demo.analysis.diagnosis import findings
from gan_demo.analysis.findings import Finding
from gan_demo.config import RunConfig
from gan_demo.errors import RunError
from gan_demo.presets import PRESETS
from gan_demo.runs.run_dir import RunDir
from gan_demo.training import evaluator, recorder, trainer
from gan_demo.training.clock import Clock

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "fixtures" / "trainings"
DIGITS = 5  # significant ones of a recorded number


@dataclass(frozen=True)
class Training:
    """A training of a preset: so many steps, each counted as so many milliseconds."""

    preset: str
    steps: int
    milliseconds: float
    seed: int | None = None  # None: the preset's own
    cures: str = ""  # the training whose remedy is applied


@dataclass(frozen=True)
class Recording:
    """What is left of a training: the settings, the metrics as columns, the last step, and the error's field or ""."""

    config: RunConfig
    columns: Mapping[str, list[Any]]
    step: int
    error: str

    def finding(self) -> Finding:
        """Return the finding at the end of the training."""
        (last,) = findings(self.columns, self.config, self.error)
        return last

    def alarms(self, moments: int = 60) -> list[Finding]:
        """Return the warnings at so many moments of the training."""
        rows = len(self.columns["step"])
        prefixes = (
            {name: column[: rows * k // moments] for name, column in self.columns.items()}
            for k in range(1, moments + 1)
        )
        return [
            finding for columns in prefixes for finding in findings(columns, self.config) if finding.kind == "warning"
        ]


FAILING = {  # presets that fail on purpose, with the seeds that they are recorded with
    "fail-collapse": ((0, 1), 1_800, 5),
    "fail-d-wins": ((0, 1), 450, 15),
    "fail-oscillation": ((0, 1), 2_000, 2),
    "fail-weak-d": ((0, 1), 1_800, 4),
    "fail-memorise": ((0,), 2_600, 4),
    "fail-nan": ((0, 1), 6_000, 2),
}
FAILED = {
    f"{preset}-{seed}": Training(preset, steps, milliseconds, seed)
    for preset, (seeds, steps, milliseconds) in FAILING.items()
    for seed in seeds
}
CURED = {
    "fail-collapse-cured": Training("fail-collapse", 1_000, 5, cures="fail-collapse-0"),
    "fail-d-wins-cured": Training("fail-d-wins", 700, 10, cures="fail-d-wins-0"),
}
HEALTHY = {
    name: Training(name, steps, milliseconds)
    for name, steps, milliseconds in (
        ("digits", 320, 20),
        ("faces", 260, 25),
        ("tutorial", 1_500, 10),
        ("ring", 700, 10),
        ("grid", 700, 10),
    )
}
TRAININGS = FAILED | CURED | HEALTHY


def settings(training: Training) -> RunConfig:
    """Return the settings of a training; of a cured one by the diagnosis of the recorded failure."""
    config = PRESETS[training.preset]
    if training.seed is not None:
        config = config.with_settings({"seed": training.seed})
    return config.with_settings(load(training.cures).finding().remedy) if training.cures else config


@contextlib.contextmanager
def counted_steps(milliseconds: float) -> Iterator[None]:
    """Count a step as so many milliseconds and an evaluation as none, so that a run is the same on every machine."""

    class Steps(Clock):
        def start(self) -> None:
            self._total += milliseconds / 1000

        def now(self) -> float:
            return self._total

    with mock.patch.object(recorder, "Clock", Steps), mock.patch.object(evaluator, "EVALUATION_SHARE", math.inf):
        yield


def record(training: Training) -> Recording:
    """Train, and return what the tests judge."""
    with tempfile.TemporaryDirectory() as folder, counted_steps(training.milliseconds):
        run = RunDir.create(Path(folder) / "run", settings(training), "recorded")
        with contextlib.suppress(RunError):  # it is in the run's info
            for _ in trainer.train(run, seconds=training.steps * training.milliseconds / 1000):
                pass
        error = run.info.error
        return Recording(run.config, run.metrics(), run.info.step, error.field if error else "")


def file_of(name: str) -> Path:
    """Return the file of a recording."""
    return FOLDER / f"{name}.json.gz"


def save(name: str, recording: Recording) -> None:
    """Write a recording, with NaN as null and numbers rounded."""
    content = {
        "config": recording.config.to_dict(),
        "columns": {column: [_plain(value) for value in values] for column, values in recording.columns.items()},
        "step": recording.step,
        "error": recording.error,
    }
    FOLDER.mkdir(parents=True, exist_ok=True)
    file_of(name).write_bytes(gzip.compress(json.dumps(content, allow_nan=False).encode(), 9, mtime=0))


def load(name: str) -> Recording:
    """Read a recording."""
    content = json.loads(gzip.decompress(file_of(name).read_bytes()))
    columns = {
        column: [math.nan if value is None else value for value in values]
        for column, values in content["columns"].items()
    }
    return Recording(RunConfig.from_dict(content["config"]), columns, content["step"], content["error"])


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None
    return value


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="one of " + ", ".join(TRAININGS))
    names = parser.parse_args().names or list(TRAININGS)
    if unknown := [name for name in names if name not in TRAININGS]:
        parser.error(f"{unknown[0]} is no training; there are {', '.join(TRAININGS)}")
    torch.set_num_threads(1)
    for name in names:
        recording = record(TRAININGS[name])
        save(name, recording)
        finding = recording.finding()
        print(f"{name}: {finding.key} ({finding.kind}) after {recording.step} steps", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
