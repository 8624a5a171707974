"""The folders of runs: the app's own runs and the shipped models."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from pathlib import Path

from gan_demo.errors import GanDemoError, RunError
from gan_demo.runs import manifest, setting_changes
from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.setting_changes import Change
from gan_demo.support import atomic_folder
from gan_demo.support.top_level import TOP_LEVEL
from gan_demo.support.user_folder import check_usable, user_folder

HOME_VARIABLE = "GAN_DEMO_HOME"
PRETRAINED = TOP_LEVEL / "pretrained"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,80}")


def home() -> Path:
    """Return the folder of the app's own runs: $GAN_DEMO_HOME, or a folder in the user's cache. Raises ConfigError."""
    return user_folder(HOME_VARIABLE, "runs")


def check_home(writes: bool) -> None:
    """Raise ConfigError if the folder of the app's own runs can't be read, or written to if this process ``writes``."""
    check_usable(home(), HOME_VARIABLE, writes)


def list_runs(folder: Path) -> list[RunDir]:
    """Return the runs directly in a folder, newest first, without damaged ones and those whose names are no ids.

    What is listed can be opened: a copy called "ring (1)" has neither a page nor pictures until it is renamed.
    """
    dated: list[tuple[str, RunDir]] = []
    for path in _visible_folders(folder):
        with contextlib.suppress(RunError):
            if _ID.fullmatch(path.name) and os.path.isfile(path / "run.json"):
                run = RunDir(path)
                dated.append((run.info.created, run))
    return [run for _, run in sorted(dated, key=lambda pair: pair[0], reverse=True)]


def _visible_folders(folder: Path) -> list[Path]:
    """Return what lies in a folder, sorted, without hidden entries; [] if it can't be read."""
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError:
        return []


def remove_unfinished() -> None:
    """Delete what killed processes left of runs that they were creating among the app's own."""
    atomic_folder.remove_unfinished(home())


def pretrained() -> list[RunDir]:
    """Return the shipped models, by name."""
    return sorted(list_runs(PRETRAINED), key=lambda run: run.id)


def find(run_id: str) -> RunDir:
    """Open an own run or a shipped model by its id. Raises RunError for anything that is no such id, paths included."""
    if _ID.fullmatch(run_id):
        for folder in (home(), PRETRAINED):
            if os.path.isfile(folder / run_id / "run.json"):
                run = RunDir(folder / run_id)
                manifest.read(run.path / "run.json")  # so that no page begins to draw a damaged run
                return run
    raise RunError("run", run_id, "is not known here", "The link may be old, or its run was deleted")


def changes_at_fork(run: RunDir) -> list[Change]:
    """Return what a fork changed where it began, as a list of one change; [] if nothing, or if its parent is gone.

    How long it trains is left out.
    """
    step = run.info.forked_at
    if step is None:
        return []
    try:
        parent = find(run.info.parent.rpartition("@")[0])
        before, after = setting_changes.difference(parent.config_at(step), run.config_at(step))
    except GanDemoError:
        return []
    changed = [name for name in after if name not in setting_changes.PLAN]
    values = {"was": {name: before[name] for name in changed}, "now": {name: after[name] for name in changed}}
    return [{"step": step, "seconds": 0.0, **values}] if changed else []


def new_id(name: str) -> str:
    """Draw an id that can't be guessed: the name, and 48 random bits."""
    return f"{re.sub('[^a-z0-9]+', '-', name.lower()).strip('-')[:40] or 'run'}-{secrets.token_hex(6)}"
