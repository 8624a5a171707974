"""GIF files, opened again with Pillow."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
import pytest
from PIL import Image

from gan_demo.pictures import animation
from gan_demo.pictures.animation import Frame


def noise(*shape: int, levels: int = 256) -> Frame:
    return np.random.default_rng(0).integers(0, levels, shape).astype(np.uint8)


def frames_of(frames: Sequence[Frame], survey: Sequence[Frame] | None = None) -> list[Frame]:
    """Return what a GIF of these frames shows."""
    with Image.open(io.BytesIO(animation.gif(iter(frames), survey or frames, [50] * len(frames)))) as file:
        shown = []
        for k in range(file.n_frames):
            file.seek(k)
            shown.append(np.asarray(file.convert("RGB")).copy())
    return shown


def test_gray_frames_are_kept_exactly() -> None:
    frames = list(noise(6, 16, 20, 1).repeat(3, 3))
    assert all(np.array_equal(a, b) for a, b in zip(frames_of(frames), frames, strict=True))


def test_up_to_256_colours_are_kept_exactly() -> None:
    palette = noise(256, 3)
    frames = list(palette[noise(4, 32, 32)])
    assert all(np.array_equal(a, b) for a, b in zip(frames_of(frames), frames, strict=True))


def test_a_colour_that_the_survey_lacks_becomes_the_nearest_of_its_colours() -> None:
    surveyed = np.array([[[0, 0, 0], [100, 100, 100], [101, 100, 100]]], np.uint8)
    other = np.array([[[0, 9, 0], [90, 105, 100], [101, 100, 100]]], np.uint8)
    shown = frames_of([surveyed, other], [surveyed])
    assert np.array_equal(shown[0], surveyed)
    assert np.array_equal(shown[-1], surveyed)


def test_more_than_256_colours_are_approximated() -> None:
    ramp = np.linspace(0, 255, 64).astype(np.uint8)
    picture = np.stack(np.broadcast_arrays(ramp[:, None], ramp[None], ramp[None] // 2), -1)
    frames = [picture, picture[::-1], picture[:, ::-1]]
    shown = frames_of(frames)
    assert len(shown) == 3
    assert 0 < np.abs(np.stack(shown).astype(int) - np.stack(frames)).mean() < 6


@pytest.mark.parametrize("colours", [200, 2_000])
def test_pixels_that_do_not_change_keep_their_colour(colours: int) -> None:
    palette = noise(colours, 3)
    frames = [palette[np.random.default_rng(k).integers(0, colours, (40, 40))] for k in range(4)]
    for frame in frames:
        frame[:8] = palette[0]
    seen = frames_of(frames)
    assert all((shown[:8] == seen[0][:8]).all() for shown in seen)


def test_equal_neighbours_become_one_frame_that_stays_as_long_as_both() -> None:
    still = noise(8, 8, 3, levels=4)
    frames = [still, still, still[::-1]]
    with Image.open(io.BytesIO(animation.gif(iter(frames), frames, [50, 50, 120]))) as file:
        assert (file.n_frames, file.info["duration"], file.info["loop"]) == (2, 100, 0)
        file.seek(1)
        assert file.info["duration"] == 120
