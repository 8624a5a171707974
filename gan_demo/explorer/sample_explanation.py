"""One sample of a kept picture, explained: what D says of it, the training image nearest to it, how it came about."""

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
from gan_demo.explorer.training_images import data_at_hand, training_data
from gan_demo.gan import latent, losses
from gan_demo.gan.metrics import nearest
from gan_demo.pictures import images
from gan_demo.pictures.images import Picture
from gan_demo.pictures.sample_sheet import Sheet, sheet_of
from gan_demo.pictures.sheet_layout import Layout, layout
from gan_demo.runs import networks
from gan_demo.runs.run_dir import RunDir

EARLIER = 8  # kept pictures before the one that is explained
JUDGED = 512  # training images that D is asked about, for comparison
_ROWS = 4_000  # training images compared at once
SURVEYED = 200  # training images whose nearest others say what is usual
COPIED = 0.5  # of the usual distance: nearer than that, a sample is called a copy
Label = tuple[tuple[str, str], ...]  # (field, value) of each label field


@dataclass(frozen=True)
class Verdict:
    """What the discriminator of ``step`` says: shares from 0, surely generated, to 1, surely real.

    ``share`` is this sample's, ``real`` the mean of training images, ``fakes`` that of the whole picture, in which the
    sample has the ``rank`` of ``count``; 1 is the most real. ``relative``: the loss knows differences only, and 0.5 is
    midway between training images and samples.
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
    """The nearest training image. Distances are root mean squares over pixels, as a share of black to white.

    ``usual`` is the median distance of training images to their nearest other one.
    """

    picture: Picture  # (H, W, C)
    label: Label
    distance: float
    usual: float
    among: int  # training images that were compared

    @property
    def copied(self) -> bool:
        """Much nearer than training images are to each other."""
        return self.distance < COPIED * self.usual


@dataclass(frozen=True)
class Moment:
    """The sample in one kept picture, and how far its pixels moved since the moment before (None at the first)."""

    step: int
    picture: Picture
    moved: float | None


@dataclass(frozen=True)
class Explanation:
    """All there is to say; ``why_no_…`` is "no_state", "no_data" or "private" where a part is missing."""

    step: int
    index: int
    label: Label
    verdict: Verdict | None
    why_no_verdict: str
    nearest: Neighbour | None
    why_no_nearest: str
    history: tuple[Moment, ...]  # oldest first; the last is the sample itself


def explain(run: RunDir, step: int, index: int, private: bool = False) -> Explanation:
    """The sample ``index`` of the picture kept at ``step``; ``private``: without showing any of the training images.

    Raises RunError for a step without a picture, an index beyond it, and runs of points, whose samples are no images.
    """
    lay, config = layout(run.config.model), run.config
    if lay is None:
        raise RunError("run", run.id, "has no images to explain", "Choose a run of images")
    grids = run.grids
    if step not in grids:
        raise RunError("step", step, "is not kept in this run", "Kept: {kept}", kept=", ".join(map(str, grids[-20:])))
    if not 0 <= index < lay.count:
        raise RunError("sample", index, "is not in the picture", "It has {count} samples", count=lay.count)
    all_samples = _samples(run, step, lay)  # (S, H, W, C)
    data = training_data(config)
    sheet = _sheet(config, data)
    verdict, why = _verdict(run, step, index, all_samples, data, sheet)
    why_not_nearest = "private" if private else "no_data" if data is None else ""
    near = _neighbour(all_samples[index], config, data) if data is not None and not private else None
    past = [one for one in grids if one <= step][-EARLIER - 1 :]
    return Explanation(
        step, index, _label_of(sheet, config, index), verdict, why, near, why_not_nearest,
        _history(run, past, index, lay),
    )  # fmt: skip


def as_json(found: Explanation) -> dict[str, Any]:
    """For the browser: pictures as PNG addresses that hold their own data."""
    verdict, near = found.verdict, found.nearest
    return {
        "step": found.step, "index": found.index, "label": found.label,
        "sample": images.data_url(found.history[-1].picture),
        "verdict": None if verdict is None else {**vars(verdict), "of": found.step},
        "why_no_verdict": found.why_no_verdict,
        "nearest": None if near is None else {
            "image": images.data_url(near.picture), "label": near.label, "distance": near.distance, "usual": near.usual,
            "copied": near.copied, "among": near.among,
        },
        "why_no_nearest": found.why_no_nearest,
        "history": [
            {"step": one.step, "image": images.data_url(one.picture), "moved": one.moved} for one in found.history
        ],
    }  # fmt: skip


def _samples(run: RunDir, step: int, lay: Layout) -> Picture:
    """uint8 (S, H, W, C): the picture cut up."""
    channels = run.config.model.shape[0]
    whole = np.asarray(Image.open(io.BytesIO(run.grid_png(step))).convert("L" if channels == 1 else "RGB"))
    if whole.shape[1::-1] != lay.size:
        raise RunError("step", step, "has a picture of another size", "Restore the run folder from a copy")
    boxes = (lay.box(k) for k in range(lay.count))
    cut = np.stack([whole[top:bottom, left:right] for left, top, right, bottom in boxes])
    return cut[..., None] if cut.ndim == 3 else cut


def _history(run: RunDir, steps: list[int], index: int, lay: Layout) -> tuple[Moment, ...]:
    found: list[Moment] = []
    for step in steps:
        picture = _samples(run, step, lay)[index]
        moved = _distance(found[-1].picture, picture) if found else None
        found.append(Moment(step, picture, moved))
    return tuple(found)


def _distance(a: Picture, b: Picture) -> float:
    """Root mean square over pixels, 0 to 1."""
    return float(np.sqrt(np.square(a.astype(np.float64) - b).mean()) / 255)


def _sheet(config: RunConfig, data: Dataset | None) -> Sheet | None:
    """Latents and labels of the picture; None where its labels came from data that is gone."""
    fields = config.model.labels
    if data is None and len(fields) > 1:
        return None
    return sheet_of(data or Dataset("", torch.zeros(0), torch.zeros(0, len(fields)), fields), config)


def _label_of(sheet: Sheet | None, config: RunConfig, index: int) -> Label:
    if sheet is None or sheet.y is None:
        return ()
    parts = torch.split(sheet.y[index], [len(one.values) for one in config.model.labels])
    return tuple(
        (one.name, one.values[int(part.argmax())]) for one, part in zip(config.model.labels, parts, strict=True)
    )


def _verdict(
    run: RunDir, step: int, index: int, samples: Picture, data: Dataset | None, sheet: Sheet | None
) -> tuple[Verdict | None, str]:
    """By the newest D kept up to then, and otherwise why there is none."""
    kept = [one for one in run.states if one <= step]
    if not kept:
        return None, "no_state"
    if data is None or sheet is None:
        return None, "no_data"
    D, told = networks.discriminator(run, kept[-1]), run.config.model.labels
    real = datasets.to_float(data.samples[:JUDGED])
    real_labels = datasets.multi_hot(data.labels[:JUDGED], told) if told else None
    with torch.no_grad():
        fake_logits = D(datasets.to_float(_tensor(samples)), sheet.y)  # (S,)
        real_logits = D(real, real_labels)  # (J,)
    reals, fakes = losses.real_shares(run.config.train.loss, real_logits, fake_logits)
    rank = 1 + int((fake_logits > fake_logits[index]).sum())
    return Verdict(
        kept[-1], float(fakes[index]), float(reals.mean()), float(fakes.mean()), rank, len(fakes),
        run.config.train.loss in losses.RELATIVE,
    ), ""  # fmt: skip


def mean_logits(run: RunDir, step: int, state: int) -> dict[str, float | None]:
    """{"real_logit", "fake_logit"}: D's mean over training images and over samples of ``step``; None without data."""
    config = run.config
    data = training_data(config)
    if data is None:
        return {"real_logit": None, "fake_logit": None}
    some, told = data.samples[:JUDGED], config.model.labels
    y = datasets.multi_hot(data.labels[:JUDGED], told) if told else None
    D = networks.discriminator(run, state)
    z = latent.sample_z(len(some), config.model.z_dim, seed=0)
    with torch.no_grad():
        real = D(datasets.to_float(some), y)
        fake = D(latent.generate(networks.generator(run, step), z, y), y)
    return {"real_logit": float(real.mean()), "fake_logit": float(fake.mean())}


def _neighbour(sample: Picture, config: RunConfig, data: Dataset) -> Neighbour:
    wanted = _tensor(sample[None])
    place, distance = nearest(data.samples, wanted)
    row = int(place[0])
    values = data.labels[row].tolist()
    label = tuple((one.name, one.values[value]) for one, value in zip(data.fields, values, strict=True))
    picture = np.ascontiguousarray(data.samples[row].permute(1, 2, 0).numpy())
    usual = _usual(config.data, config.train.seed)
    return Neighbour(picture, label, _share_of(float(distance[0]), wanted), usual, len(data.samples))


def _share_of(distance: float, samples: Tensor) -> float:
    """A Euclidean distance in [-1, 1] as a root mean square in 0..1."""
    return distance / (2 * math.sqrt(samples[0].numel()))


@lru_cache(maxsize=16)
def _usual(config: DataConfig, seed: int) -> float:
    """The median distance of training images to their nearest other."""
    data = data_at_hand(config, seed)
    assert data is not None, "asked only where there is data"
    if len(data.samples) < 2:
        return 0.0
    some = data.samples[:SURVEYED]
    flat, best = datasets.to_float(some).flatten(1), torch.full((len(some),), float("inf"))
    for begin, chunk in enumerate(torch.split(data.samples, _ROWS)):
        found = torch.cdist(flat, datasets.to_float(chunk).flatten(1))  # (N, rows)
        if begin == 0:
            found.fill_diagonal_(float("inf"))  # no image is its own neighbour
        best = torch.minimum(best, found.min(1).values)
    return _share_of(float(best.median()), some)


def _tensor(pictures: Picture) -> Tensor:
    """uint8 (N, H, W, C) -> uint8 (N, C, H, W)."""
    return torch.from_numpy(np.ascontiguousarray(pictures.transpose(0, 3, 1, 2)))
