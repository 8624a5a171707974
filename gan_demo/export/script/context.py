"""Variables of the templates: a run's settings, the code of its layers, and values derived from them."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from gan_demo import own_points
from gan_demo.config import DataConfig, ModelConfig, RunConfig, TrainConfig
from gan_demo.data import datasets, points
from gan_demo.data.images import classes, decode, formats
from gan_demo.errors import RunError
from gan_demo.export.script.layers import NetworkCode, network_code
from gan_demo.export.script.options import DATA_FILES, ScriptOptions
from gan_demo.pictures import sheet_layout
from gan_demo.runs.run_dir import RunDir
from gan_demo.schedule import without_restart

TEMPLATES = Path(__file__).parent / "templates"
LIST_LINE_LENGTH = 100  # characters; a longer list gets a line for each item


@dataclass(frozen=True)
class ScriptContext:
    """The variables of the templates."""

    data: DataConfig
    model: ModelConfig
    train: TrainConfig
    network: NetworkCode
    notebook: bool
    out: str  # folder that the script writes to
    device: str
    title: str  # of the data set
    source: str  # of the samples: "file" of images or "points" beside the script, "torchvision", "folder", or "formula"
    data_file: str  # the file beside the script, or ""
    refused: tuple[str, ...]  # names of own images that can't be used
    image_endings: tuple[str, ...]  # of own images
    system_names: tuple[str, ...]  # files and folders beside own images that systems added
    splits: tuple[str, ...]  # names of folders that are no classes
    large: int  # pixels, from which an own image is reduced first
    first_samples: str  # "[:100]" if only the first samples are used, or ""
    point_count: int  # of a 2-D set
    point_noise: float  # standard deviation around its centres
    columns: int  # of the samples in a picture
    shown_samples: int
    column_per_class: bool

    def cells(self) -> list[tuple[str, str]]:
        """Return (name, code) of each cell, in order."""
        values = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        text = environment().get_template("script.py.jinja").render(values)
        _, *parts = re.split(r"^# %% (\w+)\n", text, flags=re.MULTILINE)
        return [(name, code.strip("\n")) for name, code in zip(parts[::2], parts[1::2], strict=True)]


def script_context(run: RunDir, options: ScriptOptions) -> ScriptContext:
    """Return the variables for the last settings of ``run``. Raises RunError for own images that were never read."""
    device = "cuda" if run.info.device.startswith("cuda") else "cpu"
    refused = tuple(file for file, _ in run.refused if formats.is_candidate(file))
    return settings_context(run.config, options, device, refused)


def settings_context(
    config: RunConfig, options: ScriptOptions, device: str = "cpu", refused: tuple[str, ...] = ()
) -> ScriptContext:
    """Return the variables for settings, and own images that can't be used. Raises as ``script_context`` does."""
    config = fitted(config)
    train = without_restart(config.train)
    data, model = config.data, config.model
    columns, samples = sheet_layout.arrangement(model)
    known = datasets.source(data.name)
    return ScriptContext(
        data,
        model,
        train,
        network_code(model),
        options.notebook,
        options.out,
        device=device,
        title=known.title,
        source=_source(known),
        data_file=DATA_FILES.get(data.name, ""),
        refused=refused,
        image_endings=formats.ENDINGS,
        system_names=tuple(sorted(formats.SYSTEM)),
        splits=tuple(sorted(classes.SPLITS)),
        large=decode.LARGE,
        first_samples=f"[:{data.limit}]" if data.limit else "",
        point_count=min(data.limit or points.POINT_COUNT, points.POINT_COUNT),
        point_noise=points.SIGMA.get(data.name, 0.0),
        columns=columns,
        shown_samples=samples if known.kind == "images" else sheet_layout.POINTS_SHOWN,
        column_per_class=len(model.labels) == 1 and model.label_width <= sheet_layout.MAX_CLASS_COLUMNS,
    )


def fitted(config: RunConfig) -> RunConfig:
    """Return ``config`` with the shape of its samples. Raises RunError for own images that were never read."""
    if config.model.shape:
        return config
    known = datasets.source(config.data.name)
    if known.name == "images":
        raise RunError("run", "", "has not begun, so its images are not known yet", "Let it train for a moment first")
    return config.fit(known.shape, known.labels)


def quoted(text: str) -> str:
    """Return a string literal as the formatter writes it: in double quotes unless single ones need fewer escapes."""
    literal = repr(text)
    return f'"{literal[1:-1]}"' if literal[0] == "'" and '"' not in literal else literal


def quoted_list(texts: Iterable[str]) -> str:
    """Return an expression for a list of ``texts``, short for single characters and for numbers from 0."""
    texts = tuple(texts)
    if len(texts) > 4 and all(len(text) == 1 and text.isalnum() for text in texts):
        return f"list({quoted(''.join(texts))})"
    if texts == tuple(str(n) for n in range(len(texts))):
        return f"[str(n) for n in range({len(texts)})]"
    literals = [quoted(text) for text in texts]
    if sum(map(len, literals)) + 2 * len(literals) < LIST_LINE_LENGTH:
        return f"[{', '.join(literals)}]"
    return "[\n" + "".join(f"        {literal},\n" for literal in literals) + "    ]"


def _source(known: datasets.Source) -> str:
    if known.name == own_points.NAME:
        return "points"
    if known.kind == "points":
        return "formula"
    if known.name == "images":
        return "folder"
    return "file" if known.embedded else "torchvision"


@cache
def environment() -> Environment:
    """Return the Jinja environment of the templates."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # the result is Python, not HTML
    )
    environment.filters |= {"quoted": quoted, "quoted_list": quoted_list}
    return environment
