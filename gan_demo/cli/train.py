"""The train command: train a preset, resume a run or fork one, with a progress bar."""

from __future__ import annotations

import argparse
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from gan_demo import presets
from gan_demo.cli import arguments
from gan_demo.cli.arguments import Commands
from gan_demo.cli.terminal import follow
from gan_demo.config import NO_IMAGES, RunConfig
from gan_demo.errors import ConfigError, RunError
from gan_demo.export import formats
from gan_demo.presets import PRESETS
from gan_demo.runs import disk_space

if TYPE_CHECKING:
    from gan_demo.data.datasets import Dataset
    from gan_demo.runs.run_dir import RunDir
    from gan_demo.training.from_weights import Beginning

IMAGES = "images"  # the preset of own images, which need a path
PATHS = ("path", "data.path", "root", "data.root")  # settings that are paths


def add_parser(commands: Commands) -> None:
    """Add the command and its options."""
    parser = commands.add_parser("train", help="train a preset, resume a run or fork one")
    parser.add_argument("preset", metavar="PRESET", nargs="?", help=", ".join((*PRESETS, IMAGES)))
    parser.add_argument("--data", metavar="NAME", help="another data set than the preset's")
    parser.add_argument(
        "--data-root", metavar="DIR", help="the folder of torchvision's data, which is downloaded to it"
    )
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--steps", type=int, metavar="N", help="generator updates in all")
    length.add_argument("--seconds", type=float, metavar="S", help="train so long; the learning rates fall accordingly")
    parser.add_argument("--seed", type=int, metavar="N", help="the seed of all random numbers")
    parser.add_argument("--device", metavar="D", help="cpu or cuda; by default the fastest available")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="key=value",
        dest="settings",
        help="change a setting by its name, such as batch=128; may be given several times",
    )
    parser.add_argument(
        "--out", metavar="RUN", type=arguments.path, help="the run's folder; by default among the app's runs"
    )
    parser.add_argument("--resume", action="store_true", help="continue the run in --out")
    parser.add_argument(
        "--fork", metavar="RUN", type=arguments.path, help="start from a saved step of another run, in place of PRESET"
    )
    parser.add_argument(
        "--from-weights",
        metavar="FILE",
        type=arguments.path,
        help="begin with the generator of a weights file, or hf:owner/name, in the place of random weights",
    )
    arguments.add_weights_options(parser, "--weights-set")
    parser.add_argument("--at", type=int, metavar="STEP", help="the saved step to fork at; by default the last")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Train what the options name; return the exit code."""
    if options.seconds is not None and not 0 < options.seconds < 1e9:
        raise ConfigError("seconds", options.seconds, "must be above 0 and below a billion")
    if options.at is not None and options.fork is None:
        raise ConfigError("at", options.at, "needs a run to fork", "Add --fork RUN")
    if options.preset is None and options.fork is None:
        raise ConfigError("preset", "", "is missing: train PRESET", "Known: {known}", known=", ".join(PRESETS))
    if options.from_weights is None and (options.network or options.weights_settings):
        problem = "is chosen for weights to begin from"
        name, value = ("network", options.network) if options.network else ("weights-set", options.weights_settings[0])
        raise ConfigError(name, value, problem, "Add --from-weights FILE")
    if options.fork is not None and options.from_weights is not None:
        raise ConfigError(
            "from-weights", options.from_weights, "can't be combined with --fork", "Leave one of them out"
        )
    return _train_fork(options) if options.fork is not None else _train_preset(options)


def _train_preset(options: argparse.Namespace) -> int:
    settings = _settings(options)
    config = _preset(options, settings).with_settings(settings)
    if options.resume and options.out is None:
        raise ConfigError("out", "", "is needed with --resume", "Name the run's folder: --out RUN")

    from gan_demo.data import datasets
    from gan_demo.runs import library
    from gan_demo.training import budget, from_weights
    from gan_demo.training.devices import check_device, default_device

    device = options.device or default_device()
    check_device(device)
    known = datasets.source(config.data.name)
    if known.name != "images":  # own images have to be read before their shape and labels are known
        config.fit(known.shape, known.labels)
    path = options.out or library.home() / library.new_id(options.preset)
    if options.resume:
        disk_space.check_free(path)
        run = _reopen(options.out, options.preset, settings)
        _train_on(run, options.seconds)
        return follow(run, device, options.seconds)
    library.remove_unfinished()
    disk_space.check_new(path, library.home())
    begin = _beginning(options) if options.from_weights is not None else None
    if begin is not None:
        config = from_weights.adapted(config, begin)
    data = _own_images(config) if known.name == "images" else None  # a set that can't be used makes no run
    if data is not None and not {"augment", "train.augment"} & settings.keys():
        config = config.with_settings({"augment": presets.augmentation(len(data.samples))})
    _discard_failed(path)
    seconds = options.seconds or 0.0
    if begin is not None:
        run = from_weights.create(path, config, options.preset, begin, seconds)
    else:
        run = budget.create(path, config, options.preset, seconds)
    if data is not None:
        run.set_refused(data.refused)
    return follow(run, device, options.seconds, data)


def _preset(options: argparse.Namespace, settings: dict[str, object]) -> RunConfig:
    """Return the preset's settings; those of own images need their ``path``. Raises ConfigError."""
    if options.preset == IMAGES and not options.resume:
        return presets.own_images(str(settings.get("path", "")), presets.OWN_SIZE)
    if options.preset not in PRESETS and not options.resume:
        known = ", ".join((*PRESETS, IMAGES))
        raise ConfigError("preset", options.preset, "is not known", "Known: {known}", known=known)
    return PRESETS.get(options.preset, RunConfig())


def _beginning(options: argparse.Namespace) -> Beginning:
    """Return the generator to begin from. Raises GanDemoError."""
    from gan_demo.training import from_weights

    if options.resume:
        problem = "can't be combined with --resume: the run has weights already"
        raise ConfigError("from-weights", options.from_weights, problem, "Leave it out")
    source, weights = formats.find_source(options.from_weights, arguments.weights_options(options))
    loaded, _, _ = formats.load_generator(source, None, weights)
    return from_weights.beginning(loaded, options.from_weights.name)


def _own_images(config: RunConfig) -> Dataset:
    """Read own images with a progress bar. Raises DataError."""
    from tqdm import tqdm

    from gan_demo.data import datasets

    steps = datasets.loading(config.data, config.train.seed)
    with tqdm(unit=" files", desc="read", delay=1.0, leave=False) as bar:
        while True:
            try:
                loading = next(steps)
            except StopIteration as end:
                data: Dataset = end.value
                return data
            bar.total = loading.total
            bar.update(loading.done - bar.n)


def _discard_failed(path: Path) -> None:
    """Delete a run that failed before its first step, so that its name is free. Raises RunError if it is in use."""
    from gan_demo.runs.run_dir import RunDir
    from gan_demo.runs.status import Status

    try:
        run = RunDir(path)
        info = run.info
    except RunError:
        return
    if info.status == Status.FAILED and info.step == 0 and info.state is None and not info.checkpoints:
        with run.writing():
            pass
        shutil.rmtree(path, ignore_errors=True)


def _train_fork(options: argparse.Namespace) -> int:
    if options.preset is not None or options.resume:
        raise ConfigError(
            "fork", options.fork, "cannot be combined with PRESET or --resume", "Leave out PRESET and --resume"
        )
    parent = formats.find_run(options.fork)

    from gan_demo.runs import library
    from gan_demo.training import fork
    from gan_demo.training.devices import check_device, default_device

    device = options.device or default_device()
    check_device(device)
    step = options.at if options.at is not None else parent.newest_state() or 0
    more = {} if options.seconds is None else {"steps": step + parent.config.train.steps}  # the seconds end it
    path = options.out or library.home() / library.new_id(parent.info.name)
    library.remove_unfinished()
    disk_space.check_new(path, library.home())
    run = fork.fork(parent, step, more | _settings(options), path)
    _train_on(run, options.seconds)
    print(f"fork of {parent.id} at step {step}", file=sys.stderr)
    return follow(run, device, options.seconds)


def _settings(options: argparse.Namespace) -> dict[str, object]:
    """Return the settings that the options change, by name."""
    settings: dict[str, object] = {}
    for text in options.settings:
        key, value = arguments.pair(text)
        settings[key] = _absolute(value) if key in PATHS else value
    named = {"data.name": options.data, "root": options.data_root, "steps": options.steps, "seed": options.seed}
    return settings | {key: value for key, value in named.items() if value is not None}


def _absolute(text: str) -> str:
    """Return a path that is the same from every folder; "" stays."""
    return str(arguments.path(text).absolute()) if text else text


def _reopen(path: Path, preset: str, settings: dict[str, object]) -> RunDir:
    """Return the run at ``path`` with its training settings changed; networks and data stay as they are."""
    from gan_demo.runs import run_dir, setting_changes

    run = run_dir.RunDir(path)
    if run.info.name != preset:
        raise RunError(
            "preset",
            preset,
            "is not the preset of this run",
            "Use the preset it started with: {name}",
            name=run.info.name,
        )
    if run.config.data.path == NO_IMAGES and "path" in settings:
        from gan_demo.runs.archive import unpacking

        unpacking.give_images(run, Path(str(settings["path"])))
    changed = setting_changes.continued(run.config, settings, run.info.step)
    if _fixed_settings(changed) != _fixed_settings(run.config):
        raise ConfigError(
            "set",
            "",
            "data, networks, batch, optimiser, averaging and seed can't change in a resumed run",
            "Start a new run with them",
        )
    if changed.train.steps < run.info.step:
        raise ConfigError(
            "steps",
            changed.train.steps,
            "is below the {done} steps already done",
            "Give more steps",
            done=run.info.step,
        )
    with run.writing():
        run.change_config(changed, run.info.step, run.info.seconds)
        if "steps" in settings:
            run.set_info(replace(run.info, budget=0.0))
    return run


def _train_on(run: RunDir, seconds: float | None) -> None:
    """Let a run go on for ``seconds``; without them, a run that its seconds ended goes on to all of its steps."""
    from gan_demo.training import budget

    if seconds is not None:
        budget.train_on_for(run, seconds)
    elif run.config.train.steps <= run.info.step < run.info.plan:
        budget.train_on_to(run, run.info.plan)


def _fixed_settings(config: RunConfig) -> tuple[object, ...]:
    """Return the settings that cannot change in a run, as its saved state fits only these."""
    train = config.train
    return replace(config.data, root=""), config.model, train.batch, train.optimizer, train.ema > 0, train.seed
