"""A generator as a model repository of the Hugging Face Hub: weights, settings, a card with pictures and metrics."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path
from typing import Any

from gan_demo.config import RunConfig
from gan_demo.errors import DataError
from gan_demo.export import formats
from gan_demo.pictures import images
from gan_demo.runs.run_dir import RunDir

WEIGHTS, PICTURE, CARD, SETTINGS = "generator.safetensors", "samples.png", "README.md", "config.json"
ONNX = "generator.onnx"  # in the place of the weights, of a generator that came as such a file
SAMPLES, COLUMNS = 64, 8
_METRICS = {
    "fcd": "Fréchet distance in the features of gan_demo's classifier (FCD), lower is better",
    "diversity": "Diversity, 1 is that of the training data",
    "novelty": "Distance to the nearest training image, in that between training images",
}
_PRIVATE = ("root", "path", "encoding", "shape", "labels")  # folders of this machine, and what follows from the data


def files(source: RunDir | Path, step: int | None, options: formats.WeightsOptions) -> dict[str, bytes]:
    """Return the files of a repository by name. Own images that a run learned from are not among them.

    Raises RunError where the run has no such checkpoint, DataError for weights that cannot be opened.
    """
    from gan_demo.analysis import sampling
    from gan_demo.weights import save

    loaded, fields, data_name = formats.load_generator(source, step, options)
    drawn = sampling.draw(loaded.generator, fields, SAMPLES, 0).samples
    picture = (
        images.points_picture(drawn) if drawn.ndim == 2 else images.grid(drawn, COLUMNS, max(1, 64 // drawn.shape[-2]))
    )
    settings: dict[str, Any] = {"library_name": "gan_demo", "model": dataclasses.asdict(loaded.config)}
    config = source.config if isinstance(source, RunDir) else None
    if config is not None:
        settings |= {"data": _public(config, "data"), "train": _public(config, "train")}
    last = source.newest_checkpoint() if isinstance(source, RunDir) and step is None else step
    metrics = _metrics(source, last) if isinstance(source, RunDir) and last is not None else {}
    onnx = loaded.generator.onnx
    card = _card(loaded.config.shape, data_name, config, last, metrics, loaded.source, bool(onnx))
    return {
        **({ONNX: onnx} if onnx else {WEIGHTS: save.loaded_file(loaded)}),
        SETTINGS: (json.dumps(settings, indent=2, ensure_ascii=False) + "\n").encode(),
        PICTURE: images.png(picture),
        CARD: card.encode(),
    }


def push(contents: dict[str, bytes], repo: str, private: bool) -> str:
    """Upload a repository's files as whoever is signed in on this machine; return its address. Raises DataError.

    An existing repository keeps its other files.
    """
    from httpx2 import HTTPError
    from huggingface_hub import CommitOperationAdd, HfApi
    from huggingface_hub.errors import HFValidationError, LocalTokenNotFoundError

    from gan_demo.weights import hub

    address = hub.parse(repo if hub.is_address(repo) else f"{hub.PREFIX}{repo}")
    operations = [CommitOperationAdd(name, content) for name, content in contents.items()]
    api = HfApi()
    try:
        url = api.create_repo(address.repo, private=private, exist_ok=True)
        message = "Upload a generator of gan_demo"
        api.create_commit(address.repo, operations, commit_message=message, revision=address.revision or None)
    except (HTTPError, HFValidationError, LocalTokenNotFoundError, OSError, RuntimeError) as failure:
        status = getattr(getattr(failure, "response", None), "status_code", None)
        if isinstance(failure, LocalTokenNotFoundError) or status in (401, 403):
            problem = "can't be written to: the Hub does not know you, or you may not"
            raise DataError("hub", address, problem, "Run hf auth login with a token that may write") from failure
        if isinstance(failure, HTTPError | HFValidationError):
            raise hub.refusal(address, failure, None) from failure
        why = f"{type(failure).__name__}: {failure}".splitlines()[0][:200]  # of the library's own uploader
        raise DataError("hub", address, "can't be uploaded. {why}", "Try again", why=why) from failure
    return str(url)


def _public(config: RunConfig, section: str) -> dict[str, Any]:
    values = dataclasses.asdict(getattr(config, section))
    return {name: value for name, value in values.items() if name not in _PRIVATE}


def _metrics(run: RunDir, step: int) -> dict[str, float]:
    """Return the last evaluation up to a step, by metric."""
    columns = run.metrics()
    steps = columns.get("step", [])
    metrics: dict[str, float] = {}
    for name in _METRICS:
        values = [
            value
            for at, value in zip(steps, columns.get(name, []), strict=False)
            if at <= step and math.isfinite(value)
        ]
        if values:
            metrics[name] = float(values[-1])
    return metrics


def _card(
    shape: tuple[int, ...],
    data_name: str,
    config: RunConfig | None,
    step: int | None,
    metrics: dict[str, float],
    source: str,
    is_onnx: bool,
) -> str:
    """Return the card: YAML for the Hub, then what it draws, how it was trained, how good it is, how to use it."""
    is_image = len(shape) == 3
    head = ["---", "library_name: gan_demo", *(["pipeline_tag: unconditional-image-generation"] if is_image else [])]
    head += ["tags:", "- gan", "- gan_demo", "---", ""]
    what = f"images of {shape[0]} × {shape[1]} × {shape[2]}" if is_image else "points in the plane"
    body = ["# A GAN's generator", "", f"It draws {what}. Drawn from seed 0:", "", f"![Samples]({PICTURE})", ""]
    if config is not None:
        body += ["## Training", "", *_training_lines(config, data_name, step), ""]
    else:
        body += [f"Its weights were opened as: {source}.", ""]
    if metrics:
        rows = [f"| {_METRICS[name]} | {value:.3g} |" for name, value in metrics.items()]
        body += ["## Metrics", "", "As measured during training:", "", "| metric | value |", "|---|---|", *rows, ""]
    files = f"Its settings are in `{SETTINGS}` and in the header of `{WEIGHTS}`."
    if is_onnx:
        files = f"`{ONNX}` takes latents `z`, and makes images `x` in [-1, 1]."
    body += [
        "## Use",
        "",
        f"{files} With gan_demo:",
        "",
        "```",
    ]
    body += ["python -m gan_demo sample hf:OWNER/NAME --n 64 --out samples.png"]
    body += ["python -m gan_demo export hf:OWNER/NAME --format onnx --out generator.onnx", "```", ""]
    return "\n".join(head + body)


def _training_lines(config: RunConfig, data_name: str, step: int | None) -> list[str]:
    model, train = config.model, config.train
    penalties = ", ".join(f"{name} {getattr(train, name):g}" for name in ("r1", "r2", "gp") if getattr(train, name))
    return [
        f"- data: {'own images' if data_name == 'images' else data_name}",
        f"- networks: {model.arch}, {model.z_dim} latents" + (", conditional" if model.labels else ""),
        f"- loss: {train.loss}" + (f" with {penalties}" if penalties else ""),
        f"- {train.optimizer}, learning rates {train.g_lr:g} (G) and {train.d_lr:g} (D), batch {train.batch}",
        *([f"- augmentation: {train.augment} (DiffAugment)"] if train.augment else []),
        f"- step {step:,} of {train.steps:,}, seed {train.seed}",
    ]
