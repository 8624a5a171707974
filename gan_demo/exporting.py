"""What can be taken away of a run, by the name of its form: ``FORMATS``. The command line and the pages offer these.

torch takes seconds to load, so each form imports what it needs when it is asked for.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gan_demo import runs
from gan_demo.config import LabelField
from gan_demo.errors import ConfigError
from gan_demo.runfiles import replace_file
from gan_demo.runs import RunDir

if TYPE_CHECKING:
    from gan_demo.export import Loaded


@dataclass(frozen=True)
class Asked:
    """What is wanted of a form: a kept ``step`` (None: the last), the ``language`` of its words, a file's ``name``."""

    step: int | None = None
    language: str = "en"
    name: str = ""


@dataclass(frozen=True)
class Format:
    """``content`` makes the file of a source, given as ``source`` finds it; or several, by their names.

    ``ending`` of the file's name says what it is, and further files lie beside it. A form that is a folder has none,
    and a file ``sign`` by which it is known: it replaces its like, and nothing else.
    """

    ending: str
    content: Callable[[RunDir | Path, Asked], bytes | Mapping[str, bytes]]
    sign: str = ""


def run_of(given: Path) -> RunDir:
    """A run by its folder, or a shipped model or run of the app by its id. Raises RunError."""
    exists = os.path.exists(given)  # unlike Path's, it has no word against a name that is too long
    return runs.RunDir(given) if exists else runs.find(str(given))


def source(given: Path) -> RunDir | Path:
    """A weights file as it is, or a run."""
    return given if os.path.isfile(given) else run_of(given)


def loaded(found: RunDir | Path, step: int | None) -> tuple[Loaded, tuple[LabelField, ...], str]:
    """The generator of a run at a step, or of a file; its labels; the name of its data where that is known."""
    from gan_demo.export import Loaded, load_weights

    if isinstance(found, RunDir):
        model = found.config.model
        return Loaded(model, found.generator(step), found.id), model.labels, found.config.data.name
    if step is not None:
        raise ConfigError("step", step, "is a step of a run, and this is a weights file", "Leave it out")
    one = load_weights(found, found.name)
    return one, one.config.labels, ""


def write(given: Path, chosen: Format, step: int | None, out: Path, language: str = "en") -> int:
    """Make the form and write it to ``out``; returns how many bytes. Raises GanDemoError."""
    check_place(out, chosen.ending)
    if not chosen.ending:
        _refuse_others(out, chosen.sign)
    content = chosen.content(source(given), Asked(step, language, out.name))
    folder = out.parent if chosen.ending else out
    try:
        if isinstance(content, bytes):
            replace_file(out, content)
            return len(content)
        for name, part in content.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            replace_file(folder / name, part)
        return sum(map(len, content.values()))
    except OSError as failure:
        raise ConfigError("out", out, "cannot be written", "Choose another place") from failure


def check_place(out: Path, ending: str) -> None:
    """Raise ConfigError where no file with this ``ending`` ("": a folder) can be written to ``out``."""
    if ending and out.suffix != ending:
        raise ConfigError("out", out.name, "must end in {ending}", ending=ending)
    if not out.resolve().parent.is_dir():
        raise ConfigError("out", out, "lies in a folder that does not exist", "Make the folder first")


def _refuse_others(out: Path, sign: str) -> None:
    """A folder of somebody's files is not written into."""
    if out.is_file() or (out.is_dir() and any(out.iterdir()) and not (out / sign).is_file()):
        raise ConfigError("out", out, "is there already and holds something else", "Choose a new folder")


def write_run(given: Path, step: int | None, out: Path) -> int:
    """Write a whole run as one zip file to ``out``; return how many bytes. Raises GanDemoError."""
    from gan_demo import run_archive

    check_place(out, ".zip")
    run = source(given)
    if not isinstance(run, RunDir):
        raise ConfigError("source", run.name, "is a weights file, not a run", "Give a run")
    if step is not None:
        raise ConfigError("step", step, "can't be chosen: the file holds the whole run", "Leave it out")
    try:
        return run_archive.write_file(run, out)
    except OSError as failure:
        raise ConfigError("out", out, "cannot be written", "Choose another place") from failure


def _onnx(found: RunDir | Path, asked: Asked) -> bytes:
    from gan_demo import onnx_export

    one, _, _ = loaded(found, asked.step)
    return onnx_export.generator_onnx(one.generator, one.config)


def _script(found: RunDir | Path, asked: Asked) -> Mapping[str, bytes]:
    """A script or notebook that trains from the beginning, and the images that it reads."""
    if not isinstance(found, RunDir):
        problem = "is a weights file, which does not say how it was trained"
        raise ConfigError("source", found.name, problem, "Give a run")
    if asked.step is not None:
        raise ConfigError("step", asked.step, "can't be chosen: the script trains from the beginning", "Leave it out")

    from gan_demo import scripting

    return scripting.files(found, asked.name, asked.language)


FORMATS: dict[str, Format] = {
    "onnx": Format(".onnx", _onnx),
    "py": Format(".py", _script),
    "ipynb": Format(".ipynb", _script),
}
