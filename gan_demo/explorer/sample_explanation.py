"""Explanation of a sample of a run: D's output for it, the nearest training image, the sample at earlier steps."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from gan_demo.config import DataConfig, RunConfig
from gan_demo.data import datasets
from gan_demo.data.datasets import Dataset
from gan_demo.errors import RunError
from gan_demo.explorer import artifacts
from gan_demo.explorer.training_images import local_data, training_data
from gan_demo.gan import latent, losses
from gan_demo.gan.metrics import nearest
from gan_demo.pictures import images
from gan_demo.pictures.images import Picture
from gan_demo.pictures.sample_sheet import Sheet, sheet_of
from gan_demo.pictures.sheet_layout import Layout, layout
from gan_demo.runs import networks
from gan_demo.runs.run_dir import RunDir

EARLIER_STEPS = 8  # saved sheets before the explained one, in the sample's history
VERDICT_IMAGES = 512  # training images that D judges for comparison
USUAL_DISTANCE_IMAGES = 200  # training images whose nearest neighbours give the usual distance
COPY_RATIO = 0.5  # a sample nearer than this share of the usual distance counts as a copy
_CHUNK_IMAGES = 4_000  # training images compared at once

Label = tuple[tuple[str, str], ...]  # (field, value) of each label field


@dataclass(frozen=True)
class Verdict:
    """The discriminator's output as shares, from 0 (surely generated) to 1 (surely real).

    D is that of ``step``. ``share`` is this sample's, ``real`` the mean of training images and ``fakes`` that of the
    sheet, in which the sample has the ``rank`` of ``count``; 1 is the most real. ``relative``: the loss depends on
    differences of logits only, and 0.5 is midway between training images and samples.
    """

    step: int
    share: float
    real: float
    fakes: float
    rank: int
    count: int
    relative: bool


@dataclass(frozen=True)
class Neighbour:
    """The nearest training image. Distances are root mean squares over pixels, as a share of black to white."""

    picture: Picture  # (H, W, C)
    label: Label
    distance: float
    usual_distance: float  # the median of training images to their nearest other training image
    compared: int  # training images

    @property
    def copied(self) -> bool:
        """Whether the sample is much nearer than training images are to each other."""
        return self.distance < COPY_RATIO * self.usual_distance


@dataclass(frozen=True)
class HistoryEntry:
    """The sample on one saved sheet."""

    step: int
    picture: Picture
    moved: float | None  # root mean square over pixels since the entry before, 0 to 1; None for the first


@dataclass(frozen=True)
class Explanation:
    """Explanation of a sample; ``why_no_…`` is "no_state", "no_data" or "private" where a part is missing."""

    step: int
    index: int
    label: Label
    verdict: Verdict | None
    why_no_verdict: str
    nearest: Neighbour | None
    why_no_nearest: str
    history: tuple[HistoryEntry, ...]  # oldest first; the last is the sample itself


def explain(run: RunDir, step: int, index: int, private: bool = False) -> Explanation:
    """Explain the sample ``index`` of the sheet saved at ``step``; ``private`` leaves out all training images.

    Raises RunError for a step without a sheet, an index beyond it, and runs of points, whose samples are no images.
    """
    config, sheet_layout, grids = run.config, layout(run.config.model), run.grids
    if sheet_layout is None:
        raise RunError("run", run.id, "has no images to explain", "Choose a run of images")
    if step not in grids:
        newest = ", ".join(map(str, grids[-20:]))
        raise RunError("step", step, "is not saved in this run", "Saved steps: {steps}", steps=newest)
    if not 0 <= index < sheet_layout.count:
        raise RunError("sample", index, "is not in the picture", "It has {count} samples", count=sheet_layout.count)
    samples = _samples(run, step, sheet_layout)  # (S, H, W, C)
    data = training_data(config)
    sheet = _sheet(config, data)
    verdict, why_no_verdict = _verdict(run, step, index, samples, data, sheet)
    why_no_nearest = "private" if private else "no_data" if data is None else ""
    neighbour = _neighbour(samples[index], config, data) if data is not None and not private else None
    steps = [grid for grid in grids if grid <= step][-EARLIER_STEPS - 1 :]
    return Explanation(
        step,
        index,
        _label_of(sheet, config, index),
        verdict,
        why_no_verdict,
        neighbour,
        why_no_nearest,
        _history(run, steps, index, sheet_layout),
    )


def as_json(explanation: Explanation) -> dict[str, Any]:
    """Return ``SampleExplanation`` of film/types.d.ts; images are PNG data addresses."""
    verdict, neighbour = explanation.verdict, explanation.nearest
    return {
        "step": explanation.step,
        "index": explanation.index,
        "label": explanation.label,
        "sample": images.data_url(explanation.history[-1].picture),
        "verdict": None if verdict is None else {**vars(verdict), "of": explanation.step},
        "why_no_verdict": explanation.why_no_verdict,
        "nearest": None
        if neighbour is None
        else {
            "image": images.data_url(neighbour.picture),
            "label": neighbour.label,
            "distance": neighbour.distance,
            "usual": neighbour.usual_distance,
            "copied": neighbour.copied,
            "among": neighbour.compared,
        },
        "why_no_nearest": explanation.why_no_nearest,
        "history": [
            {"step": entry.step, "image": images.data_url(entry.picture), "moved": entry.moved}
            for entry in explanation.history
        ],
    }


# ---- the sample at earlier steps


def _samples(run: RunDir, step: int, sheet_layout: Layout) -> Picture:
    """Cut a saved sheet into its samples, uint8 (S, H, W, C)."""
    channels = run.config.model.shape[0]
    sheet = np.asarray(Image.open(io.BytesIO(run.grid_png(step))).convert("L" if channels == 1 else "RGB"))
    if sheet.shape[1::-1] != sheet_layout.size:
        raise RunError("step", step, "has a picture of the wrong size", "Restore the run folder from a copy")
    boxes = (sheet_layout.box(k) for k in range(sheet_layout.count))
    samples = np.stack([sheet[top:bottom, left:right] for left, top, right, bottom in boxes])
    return samples[..., None] if samples.ndim == 3 else samples


def _history(run: RunDir, steps: list[int], index: int, sheet_layout: Layout) -> tuple[HistoryEntry, ...]:
    entries: list[HistoryEntry] = []
    for step in steps:
        picture = _samples(run, step, sheet_layout)[index]
        moved = _distance(entries[-1].picture, picture) if entries else None
        entries.append(HistoryEntry(step, picture, moved))
    return tuple(entries)


def _distance(a: Picture, b: Picture) -> float:
    """Return the root mean square difference of pixels, 0 to 1."""
    return float(np.sqrt(np.square(a.astype(np.float64) - b).mean()) / 255)


# ---- labels


def _sheet(config: RunConfig, data: Dataset | None) -> Sheet | None:
    """Return latents and labels of the sheet; None if its labels come from data that is no longer on this machine."""
    fields = config.model.labels
    if data is None and len(fields) > 1:
        return None
    return sheet_of(data or Dataset("", torch.zeros(0), torch.zeros(0, len(fields)), fields), config)


def _label_of(sheet: Sheet | None, config: RunConfig, index: int) -> Label:
    if sheet is None or sheet.y is None:
        return ()
    fields = config.model.labels
    parts = torch.split(sheet.y[index], [len(field.values) for field in fields])
    return tuple((field.name, field.values[int(part.argmax())]) for field, part in zip(fields, parts, strict=True))


# ---- D's output


def _verdict(
    run: RunDir, step: int, index: int, samples: Picture, data: Dataset | None, sheet: Sheet | None
) -> tuple[Verdict | None, str]:
    """Return the verdict of the newest D saved at or before ``step``, or None and the reason."""
    state_step = artifacts.discriminator_step(run, step)
    if state_step is None:
        return None, "no_state"
    if data is None or sheet is None:
        return None, "no_data"
    D, loss = networks.discriminator(run, state_step), run.config.train.loss
    real, real_labels = _verdict_images(data, run.config)
    with torch.no_grad():
        fake_logits = D(datasets.to_float(_tensor(samples)), sheet.y)  # (S,)
        real_logits = D(real, real_labels)  # (VERDICT_IMAGES,)
    real_shares, fake_shares = losses.real_shares(loss, real_logits, fake_logits)
    rank = 1 + int((fake_logits > fake_logits[index]).sum())
    return Verdict(
        state_step,
        float(fake_shares[index]),
        float(real_shares.mean()),
        float(fake_shares.mean()),
        rank,
        len(fake_shares),
        loss in losses.RELATIVE,
    ), ""


def mean_logits(run: RunDir, step: int, state_step: int) -> dict[str, float | None]:
    """Return D's mean logits of training images and of samples of ``step``; None without the data.

    The keys are "real_logit" and "fake_logit"; D is that of the training state at ``state_step``.
    """
    config = run.config
    data = training_data(config)
    if data is None:
        return {"real_logit": None, "fake_logit": None}
    real, y = _verdict_images(data, config)
    D = networks.discriminator(run, state_step)
    z = latent.sample_z(len(real), config.model.z_dim, seed=0)
    with torch.no_grad():
        real_logits = D(real, y)
        fake_logits = D(latent.generate(networks.generator(run, step), z, y), y)
    return {"real_logit": float(real_logits.mean()), "fake_logit": float(fake_logits.mean())}


def _verdict_images(data: Dataset, config: RunConfig) -> tuple[Tensor, Tensor | None]:
    """Return training images for D, float (N, C, H, W), with labels (N, K) if the model takes any."""
    fields = config.model.labels
    labels = datasets.multi_hot(data.labels[:VERDICT_IMAGES], fields) if fields else None
    return datasets.to_float(data.samples[:VERDICT_IMAGES]), labels


# ---- the nearest training image


def _neighbour(sample: Picture, config: RunConfig, data: Dataset) -> Neighbour:
    query = _tensor(sample[None])
    indices, distances = nearest(data.samples, query)
    row = int(indices[0])
    values = data.labels[row].tolist()
    label = tuple((field.name, field.values[value]) for field, value in zip(data.fields, values, strict=True))
    picture = np.ascontiguousarray(data.samples[row].permute(1, 2, 0).numpy())
    distance = _root_mean_square(float(distances[0]), query)
    return Neighbour(picture, label, distance, _usual_distance(config.data, config.train.seed), len(data.samples))


def _root_mean_square(distance: float, samples: Tensor) -> float:
    """Convert a Euclidean distance of samples in [-1, 1] to a root mean square over pixels, 0 to 1."""
    return distance / (2 * math.sqrt(samples[0].numel()))


@lru_cache(maxsize=16)
def _usual_distance(config: DataConfig, seed: int) -> float:
    """Return the median distance of training images to their nearest other training image; 0 if there is only one."""
    data = local_data(config, seed)
    assert data is not None, "called only where there is data"
    if len(data.samples) < 2:
        return 0.0
    queries = data.samples[:USUAL_DISTANCE_IMAGES]
    flat, best = datasets.to_float(queries).flatten(1), torch.full((len(queries),), float("inf"))
    for begin, chunk in enumerate(torch.split(data.samples, _CHUNK_IMAGES)):
        distances = torch.cdist(flat, datasets.to_float(chunk).flatten(1))  # (N, chunk)
        if begin == 0:
            distances.fill_diagonal_(float("inf"))  # no image is its own neighbour
        best = torch.minimum(best, distances.min(1).values)
    return _root_mean_square(float(best.median()), queries)


def _tensor(pictures: Picture) -> Tensor:
    """Convert uint8 (N, H, W, C) to (N, C, H, W)."""
    return torch.from_numpy(np.ascontiguousarray(pictures.transpose(0, 3, 1, 2)))
