"""The command line: the same core as the app, without the app.

    python -m gan_demo train PRESET [--data NAME] [--data-root DIR] [--steps N | --seconds S] [--seed N] [--device D]
                                    [--set key=value …] [--out RUN] [--resume]
    python -m gan_demo train --fork RUN [--at STEP] [the options that do not change data, networks or seed]
    python -m gan_demo sample RUN_OR_WEIGHTS --n N [--seed N] [--label L] [--step N] --out FILE(.npz|.png)
    python -m gan_demo evaluate RUN [--step N] [--data-root DIR]
    python -m gan_demo export RUN_OR_WEIGHTS --format onnx|py|ipynb|site [--step N] [--language en|zh] --out FILE
    python -m gan_demo list

What a person got wrong ends in one line on standard error and exit code 2; Ctrl-C keeps what there is, exit code 130.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from gan_demo import disk, exporting
from gan_demo.config import RunConfig
from gan_demo.errors import ConfigError, GanDemoError, RunError
from gan_demo.presets import PRESETS

if TYPE_CHECKING:  # torch takes seconds to import; a mistyped command shall not wait for it
    from gan_demo.recorder import Progress
    from gan_demo.runs import RunDir


class _Parser(argparse.ArgumentParser):
    """argparse prints usage and a line; here only the line, as for every other error."""

    def error(self, message: str) -> NoReturn:
        print(f"gan_demo: {message}. See {self.prog} --help", file=sys.stderr)
        raise SystemExit(2)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    options = _parser().parse_args(arguments)
    commands = {"train": _train, "sample": _sample, "evaluate": _evaluate, "export": _export, "list": _list}
    try:
        return commands[options.command](options)
    except GanDemoError as failure:
        print(f"gan_demo: {failure}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("gan_demo: interrupted; what was trained is kept", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m gan_demo", description="Train GANs, sample from them, measure them.")
    commands = parser.add_subparsers(dest="command", required=True, parser_class=_Parser)
    train = commands.add_parser("train", help="train a preset, or go on with a run")
    train.add_argument("preset", metavar="PRESET", nargs="?", help=", ".join(PRESETS))
    train.add_argument("--data", metavar="NAME", help="another data set than the preset's")
    train.add_argument("--data-root", metavar="DIR", help="where torchvision's data lies, or is downloaded to")
    length = train.add_mutually_exclusive_group()
    length.add_argument("--steps", type=int, metavar="N", help="generator updates in all")
    length.add_argument("--seconds", type=float, metavar="S", help="stop after so many seconds of training")
    train.add_argument("--seed", type=int, metavar="N")
    train.add_argument("--device", metavar="D", help="cpu or cuda; the fastest there is by default")
    train.add_argument("--set", action="append", default=[], metavar="key=value", dest="settings")
    train.add_argument("--out", metavar="RUN", type=Path, help="the run's folder; by default among the app's runs")
    train.add_argument("--resume", action="store_true", help="go on with the run in --out")
    train.add_argument("--fork", metavar="RUN", type=Path, help="begin where another run was, in place of PRESET")
    train.add_argument("--at", type=int, metavar="STEP", help="at which of its kept steps; the last by default")
    sample = commands.add_parser("sample", help="draw samples from a run or a weights file")
    sample.add_argument("source", metavar="RUN_OR_WEIGHTS", type=Path)
    sample.add_argument("--n", type=int, default=64, metavar="N")
    sample.add_argument("--seed", type=int, default=0, metavar="N")
    sample.add_argument("--label", metavar="L", help="a class (3, sandal), or field=value,field=value")
    sample.add_argument("--step", type=int, metavar="N", help="an earlier checkpoint of the run")
    sample.add_argument("--out", required=True, type=Path, metavar="FILE", help=".npz or .png")
    evaluate = commands.add_parser("evaluate", help="measure a run's quality with 10,000 samples")
    evaluate.add_argument("run", metavar="RUN", type=Path)
    evaluate.add_argument("--data-root", metavar="DIR")
    evaluate.add_argument("--step", type=int, metavar="N", help="an earlier checkpoint of the run")
    export = commands.add_parser("export", help="take the generator of a run away in a form that others read")
    export.add_argument("source", metavar="RUN_OR_WEIGHTS", type=Path)
    export.add_argument("--format", required=True, choices=[*exporting.FORMATS, "site"])
    export.add_argument("--step", type=int, metavar="N", help="an earlier checkpoint of the run")
    export.add_argument("--language", default="en", choices=("en", "zh"), help="of a notebook's explanations")
    export.add_argument("--out", required=True, type=Path, metavar="FILE")
    commands.add_parser("list", help="presets, data sets, shipped models and own runs")
    return parser


def _train(options: argparse.Namespace) -> int:
    if options.seconds is not None and not 0 < options.seconds < 1e9:
        raise ConfigError("seconds", options.seconds, "must be above 0 and below a billion")
    if options.at is not None and options.fork is None:
        raise ConfigError("at", options.at, "is a step of the run to fork", "Name it: --fork RUN")
    if options.preset is None and options.fork is None:
        raise ConfigError("preset", "", "is missing: train PRESET", "Known: {known}", known=", ".join(PRESETS))
    return _train_fork(options) if options.fork is not None else _train_preset(options)


def _train_preset(options: argparse.Namespace) -> int:
    settings = _settings(options)
    if options.preset not in PRESETS and not options.resume:
        raise ConfigError("preset", options.preset, "is not known", "Known: {known}", known=", ".join(PRESETS))
    config = PRESETS.get(options.preset, RunConfig()).with_settings(settings)
    if options.resume and options.out is None:
        raise ConfigError("out", "", "is needed with --resume", "Name the run's folder: --out RUN")

    from gan_demo import datasets, runs
    from gan_demo.devices import check_device, default_device

    device = options.device or default_device()
    check_device(device)
    known = datasets.source(config.data.name)
    if known.name != "images":  # what their labels are shows when they are read
        config.fit(known.shape, known.labels)
    path = options.out or runs.home() / runs.new_id(options.preset)
    if options.resume:
        disk.check_free(path)
        run = _reopened(options.out, options.preset, settings)
    else:
        disk.check_new(path, runs.home())
        run = runs.RunDir.create(path, config, options.preset)
    return _follow(run, device, options.seconds)


def _train_fork(options: argparse.Namespace) -> int:
    if options.preset is not None or options.resume:
        raise ConfigError("fork", options.fork, "stands alone", "Leave out PRESET and --resume")
    parent = exporting.run_of(options.fork)

    from gan_demo import forking, runs
    from gan_demo.devices import check_device, default_device

    device = options.device or default_device()
    check_device(device)
    at = options.at if options.at is not None else max(parent.states, default=0)
    path = options.out or runs.home() / runs.new_id(parent.info.name)
    disk.check_new(path, runs.home())
    run = forking.fork(parent, at, _settings(options), path)
    print(f"fork of {parent.id} at step {at}", file=sys.stderr)
    return _follow(run, device, options.seconds)


def _follow(run: RunDir, device: str, seconds: float | None) -> int:
    """Train, with a bar that shows how far it is."""
    from gan_demo.trainer import train

    print(f"run: {run.path}", file=sys.stderr)
    steps = train(run, device=device, seconds=seconds)
    with _interruptible() as interrupted, contextlib.closing(steps):
        _show(itertools.takewhile(lambda now: not interrupted.is_set(), steps), seconds)
    if interrupted.is_set():
        raise KeyboardInterrupt
    for file, why in run.refused:
        print(f"left out {file}: {why}", file=sys.stderr)
    info = run.info
    print(f"{info.status} at step {info.step}, {info.images} images, {info.seconds:.1f} s")
    return 0


def _settings(options: argparse.Namespace) -> dict[str, object]:
    """What the options change in a preset, by setting."""
    settings: dict[str, object] = {}
    for text in options.settings:
        key, equals, value = text.partition("=")
        if not equals:
            raise ConfigError("set", text, "must be key=value", "For example --set g_lr=1e-3")
        settings[key.strip()] = value.strip()
    named = {"data.name": options.data, "root": options.data_root, "steps": options.steps, "seed": options.seed}
    return settings | {key: value for key, value in named.items() if value is not None}


def _reopened(path: Path, preset: str, settings: dict[str, object]) -> RunDir:
    """A run to go on with, its training settings changed; the networks and the data stay what they are."""
    from gan_demo import runs

    run = runs.RunDir(path)
    if run.info.name != preset:
        raise RunError("preset", preset, "is not this run's", "Name the one it began with: {name}", name=run.info.name)
    changed = run.config.with_settings(settings)
    if _lasting(changed) != _lasting(run.config):
        raise ConfigError(
            "set", "", "data, networks, batch, optimiser, averaging and seed can't change in a resumed run",
            "Start a new run with them",
        )  # fmt: skip
    if changed.train.steps < run.info.step:
        raise ConfigError(
            "steps", changed.train.steps, "is below the {done} already done", "Give more", done=run.info.step
        )
    with run.writing():
        run.change_config(changed, run.info.step, run.info.seconds)
    return run


def _lasting(config: RunConfig) -> tuple[object, ...]:
    """What a run keeps for life: the saved state only fits these."""
    train = config.train
    return replace(config.data, root=""), config.model, train.batch, train.optimizer, train.ema > 0, train.seed


@contextlib.contextmanager
def _interruptible() -> Iterator[threading.Event]:
    """Set by the first Ctrl-C, so that training ends between two steps and can resume; the second is Python's."""
    interrupted = threading.Event()

    def note(number: int, frame: object) -> None:
        interrupted.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield interrupted
    finally:
        signal.signal(signal.SIGINT, before)


def _show(steps: Iterator[Progress], seconds: float | None) -> None:
    """A progress bar with rate and time left; its total is seconds where they end the run, else steps."""
    from tqdm import tqdm

    bar_format = "{desc}: {percentage:3.0f}%|{bar}| [{elapsed}<{remaining}{postfix}]"
    with tqdm(total=seconds, bar_format=bar_format, mininterval=0.2) as bar:
        start: float | None = None
        for now in steps:
            if now.loading is not None:
                bar.set_description(now.loading.what)
                bar.total, bar.n = now.loading.total, now.loading.done
                bar.update(0)
                continue
            if start is None:
                start = now.seconds
                bar.reset(total=seconds or now.steps)
            bar.set_description(f"step {now.step}", refresh=False)
            rate = f"{now.images_per_second:,.0f} images/s"
            if now.scalars:
                rate += f", D {now.scalars['d_loss']:.3f}, G {now.scalars['g_loss']:.3f}"
            bar.set_postfix_str(rate, refresh=False)
            done = min(now.seconds - start, seconds) if seconds else now.step
            bar.update(done - bar.n)


def _sample(options: argparse.Namespace) -> int:
    if options.out.suffix not in (".npz", ".png"):
        raise ConfigError("out", options.out.name, "must end in .npz or .png")
    if not options.out.resolve().parent.is_dir():
        raise ConfigError("out", options.out, "lies in a folder that does not exist", "Make the folder first")

    import numpy

    from gan_demo import datasets, images, sampling

    sampling.check(options.n, options.seed)
    one, fields, data_name = exporting.loaded(exporting.source(options.source), options.step)
    labels = None
    if fields and len(fields) > 1 and data_name == "faces":
        faces = datasets.load(RunConfig().with_settings({"data.name": "faces"}).data)
        labels = sampling.data_labels(faces, options.n, options.seed)
    if options.label is not None:
        labels = sampling.balanced_labels(fields, options.n, options.seed) if labels is None else labels
        labels = sampling.parse_labels(options.label, fields, options.n, labels)
    made = sampling.draw(one.generator, fields, options.n, options.seed, labels)
    try:
        if options.out.suffix == ".npz":
            arrays = {"samples": made.samples} | ({} if made.labels is None else {"labels": made.labels})
            numpy.savez_compressed(options.out, **arrays)  # type: ignore[arg-type]  # the stub takes them for flags
        elif made.samples.ndim == 2:
            options.out.write_bytes(images.png(images.points_picture(made.samples)))
        else:
            columns = max(1, round(len(made.samples) ** 0.5))
            options.out.write_bytes(images.png(images.grid(made.samples, columns)))
    except OSError as failure:
        raise ConfigError("out", options.out, "cannot be written", "Choose another place") from failure
    print(f"{len(made.samples)} samples: {options.out}")
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    from gan_demo import sampling

    found = sampling.evaluate(exporting.run_of(options.run), options.step, root=options.data_root)
    for name, value in found.items():
        shown = json.dumps([round(one, 4) for one in value]) if isinstance(value, list) else value
        print(f"{name:16} {shown:.4g}" if isinstance(value, float) else f"{name:16} {shown}")
    return 0


def _export(options: argparse.Namespace) -> int:
    forms = exporting.FORMATS | {"site": exporting.Format("", _site, sign="site.json")}
    size = exporting.write(options.source, forms[options.format], options.step, options.out, options.language)
    print(f"{options.out}, {size / 1e6:.1f} MB")
    return 0


def _site(found: RunDir | Path, asked: exporting.Asked) -> dict[str, bytes]:
    """A page of its own; its words come from the app."""
    from gan_demo.ui import site

    return site.content(found, asked.step)


def _list(options: argparse.Namespace) -> int:
    from gan_demo import datasets, runs

    print("presets (train PRESET):")
    for name, preset in PRESETS.items():
        print(f"  {name:12} {preset.data.name}, {preset.model.arch}, {preset.train.loss}")
    print("data sets (--data NAME):")
    for one in datasets.DATASETS.values():
        where = "built in" if one.embedded else "yours" if one.name == "images" else "downloaded at first use"
        print(f"  {one.name:12} {one.title}, {where}")
    for title, found in (
        ("shipped models", runs.pretrained()),
        (f"own runs in {runs.home()}", runs.list_runs(runs.home())),
    ):
        print(f"{title}:")
        for run in found:
            info = run.info
            name = info.name if info.forked_at is None else f"{info.name} from step {info.forked_at}"
            print(f"  {run.id:32} {name}, {info.status}, step {info.step}, {len(run.checkpoints)} checkpoints")
    return 0


if __name__ == "__main__":
    sys.exit(main())
