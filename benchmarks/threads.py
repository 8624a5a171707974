"""Training speed under thread policies, on an idle machine and beside another process.

    python -m benchmarks.threads [--seconds 5] [--rounds 3] [--duty 0.5] [--busy 1] [--only idle|loaded]
                                [POLICY ...]

OpenMP's threads wait for each other by spinning, which is fastest when every core is free and slow when one is not.
A policy is a set of environment variables, read when torch loads, so every measurement is a fresh process; policies are
measured in turn. The load is ``--busy`` processes, each of which computes for a share ``--duty`` of the time.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

from benchmarks import common

POLICIES: dict[str, dict[str, str]] = {
    "default": {},
    "PASSIVE": {"OMP_WAIT_POLICY": "PASSIVE"},
    "spin 0": {"GOMP_SPINCOUNT": "0"},
    "spin 1000": {"GOMP_SPINCOUNT": "1000"},
    "spin 10000": {"GOMP_SPINCOUNT": "10000"},
    "spin 100000": {"GOMP_SPINCOUNT": "100000"},
    "1 thread": {"OMP_NUM_THREADS": "1"},
}
VARIABLES = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
NETWORKS = {"mlp": "tutorial", "dcgan": "digits"}  # network -> the preset whose settings it trains with
PERIOD = 0.02  # seconds, of which the load computes for a part and sleeps for the rest


def main() -> None:
    """Measure and print; with ``--worker`` or ``--load``, run as one of the processes."""
    options = _options()
    if unknown := set(options.policies) - set(POLICIES):
        raise SystemExit(f"unknown: {', '.join(sorted(unknown))}. Known: {', '.join(POLICIES)}")
    if options.load:
        _burn(options.duty)
    elif options.worker:
        print(json.dumps(_measure(options.seconds, options.duty, options.busy, options.only)))
    else:
        _compare(options)


def _options() -> argparse.Namespace:
    parser = common.parser(__doc__, seconds=5, rounds=3)
    parser.add_argument("--duty", type=float, default=0.5, help="share of the time that the load computes (0.5)")
    parser.add_argument("--busy", type=int, default=1, help="processes of load (1)")
    parser.add_argument("--only", choices=("idle", "loaded"))
    parser.add_argument(
        "policies",
        nargs="*",
        default=list(POLICIES),
        metavar="POLICY",
        help="the others are compared with the first; " + ", ".join(POLICIES),
    )
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--load", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def _compare(options: argparse.Namespace) -> None:
    print(f"thread policies, batch 64, embedded digits\n{common.machine()}")
    print(f"loaded: {options.busy} process(es) at {options.duty:.0%}")
    clean = {key: value for key, value in os.environ.items() if key not in VARIABLES}
    command = [
        sys.executable,
        "-m",
        "benchmarks.threads",
        "--worker",
        f"--seconds={options.seconds}",
        f"--duty={options.duty}",
        f"--busy={options.busy}",
    ]
    command += [f"--only={options.only}"] if options.only else []
    measured: dict[str, list[dict[str, float]]] = {name: [] for name in options.policies}
    for turn in range(options.rounds):
        for name in options.policies:
            answer = subprocess.run(
                command, env=clean | POLICIES[name], cwd=common.ROOT, stdout=subprocess.PIPE, check=True
            )
            rates: dict[str, float] = json.loads(answer.stdout)
            measured[name].append(rates)
            common.progress(f"round {turn + 1}, {name}: " + ", ".join(f"{k} {v:,.0f}" for k, v in rates.items()))
    first = measured[options.policies[0]]
    columns = list(first[0])
    medians = {name: [median(rates[key] for rates in rounds) for key in columns] for name, rounds in measured.items()}
    print("images a second, and the ratio to the first policy in the same round (medians)")
    rows = []
    for name, values in medians.items():
        ratios = [median(a[key] / b[key] for a, b in zip(measured[name], first, strict=True)) for key in columns]
        rows.append([name, *(f"{value:,.0f} ({ratio:.2f})" for value, ratio in zip(values, ratios, strict=True))])
    print(common.table(["policy", *columns], rows))


def _measure(seconds: float, duty: float, busy: int, only: str | None) -> dict[str, float]:
    """Return images a second by network and condition, measured in this process."""
    from gan_demo.config import DataConfig
    from gan_demo.data import datasets
    from gan_demo.presets import PRESETS
    from gan_demo.training.state import new_state
    from gan_demo.training.step import train_step

    data = datasets.load(DataConfig("digits"))
    rates: dict[str, float] = {}
    for network, preset in NETWORKS.items():
        config = PRESETS[preset].with_settings({"model.arch": network, "batch": 64}).fit(data.shape, data.fields)
        state = new_state(config, "cpu")
        real = datasets.batches(data, 64, state.rng)
        if not config.model.conditional:
            real = ((x, None) for x, _ in real)
        for condition in ("idle", "loaded") if only is None else (only,):
            with _load(busy if condition == "loaded" else 0, duty):
                steps, begin = -1, time.perf_counter()
                warm = begin + min(1.0, seconds / 2)
                while (now := time.perf_counter()) - begin < seconds or steps < 1:
                    train_step(state, real, config.train)
                    if steps >= 0:
                        steps += 1
                    elif now >= warm:
                        steps, begin = 0, time.perf_counter()
                rates[f"{network} {condition}"] = 64 * steps / (time.perf_counter() - begin)
    return rates


@contextmanager
def _load(busy: int, duty: float) -> Iterator[None]:
    command = [sys.executable, "-m", "benchmarks.threads", "--load", f"--duty={duty}"]
    processes = [subprocess.Popen(command, cwd=common.ROOT, stdout=subprocess.PIPE) for _ in range(busy)]
    try:
        for process in processes:
            assert process.stdout is not None
            process.stdout.readline()  # the process has begun
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def _burn(duty: float) -> None:
    print("burning", flush=True)
    while True:
        until = time.perf_counter() + duty * PERIOD
        while time.perf_counter() < until:
            pass
        time.sleep((1 - duty) * PERIOD)


if __name__ == "__main__":
    main()
