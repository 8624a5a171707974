"""Films are opened again with what people would open them with."""

from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from gan_demo.config import DataConfig, ModelConfig, RunConfig
from gan_demo.data.datasets import FACES
from gan_demo.errors import ConfigError, RunError
from gan_demo.export import training_film
from gan_demo.export.training_film import Caption, curve, drawable, film, frame_ms
from gan_demo.pictures import images
from gan_demo.pictures.sheet_layout import layout
from gan_demo.runs import library
from gan_demo.runs.run_dir import RunDir

MODEL = ModelConfig(arch="dcgan", shape=(3, 32, 32), labels=FACES, conditional=True)
STEPS = [0, 5, 20, 100, 400, 1000]


def colour(step: int) -> tuple[int, int, int]:
    k = STEPS.index(step)
    return 40 * k, 200 - 30 * k, 60 + 20 * k


@pytest.fixture
def run(home: Path) -> RunDir:
    """Six pictures, each of one colour, and a row of losses for each but the first."""
    run = RunDir.create(home / "film", RunConfig(DataConfig("faces"), MODEL), "faces")
    sheet = layout(MODEL)
    assert sheet is not None
    for step in STEPS:
        picture = np.empty((sheet.size[1], sheet.size[0], 3), np.uint8)
        picture[:] = colour(step)
        run.add_grid(step, images.png(picture))
        if step:
            run.append({"step": step, "d_loss": 1.0 / step, "g_loss": step / 100})
            run.append({"step": step, "fcd": 12.0})  # rows of evaluations have no losses
    return run


def gif_frames(data: bytes) -> list[tuple[np.ndarray, int]]:
    """Each frame of a GIF as RGB, and its milliseconds."""
    file = Image.open(io.BytesIO(data))
    frames = []
    for k in range(getattr(file, "n_frames", 1)):
        file.seek(k)
        frames.append((np.asarray(file.convert("RGB")), int(file.info["duration"])))
    return frames


def mp4_frames(data: bytes) -> tuple[list[np.ndarray], float]:
    """Each frame of an MP4 as RGB, and the seconds it takes in all."""
    with av.open(io.BytesIO(data)) as file:
        frames = [frame.to_ndarray(format="rgb24") for frame in file.decode(video=0)]
        assert file.duration is not None
        return frames, file.duration / 1e6


def test_a_gif_has_a_frame_for_each_picture_and_the_last_one_stays(run: RunDir) -> None:
    frames = gif_frames(film(run, "gif"))
    assert [ms for _, ms in frames] == [250, 250, 250, 250, 250, 1800]
    for step, (pixels, _) in zip(STEPS, frames, strict=True):
        assert np.abs(pixels[50:200, 50:200].astype(int) - colour(step)).max() <= 6


def test_an_mp4_has_even_sizes_the_right_length_and_the_colours(run: RunDir) -> None:
    frames, seconds = mp4_frames(film(run, "mp4"))
    assert all(side % 2 == 0 for side in frames[0].shape[:2])
    assert seconds == pytest.approx(len(frames) * 0.25)
    assert len(frames) == 5 + 7  # the last one stays for 1.8 seconds
    for step, pixels in zip(STEPS, frames, strict=False):
        assert np.abs(pixels[50:200, 50:200].astype(int) - colour(step)).max() <= 8


def test_a_browser_can_begin_before_the_file_is_whole(run: RunDir) -> None:
    data = film(run, "mp4")
    assert data.index(b"moov") < data.index(b"mdat")


def test_pixels_become_squares_of_one_size(home: Path) -> None:
    run = RunDir.create(home / "pixels", RunConfig(DataConfig("faces"), MODEL), "faces")
    sheet = layout(MODEL)
    assert sheet is not None
    picture = np.random.default_rng(0).integers(0, 2, (sheet.size[1], sheet.size[0]), np.uint8) * 255
    run.add_grid(0, images.png(np.stack([picture] * 3, -1)))
    ((pixels, _),) = gif_frames(film(run, "gif"))
    scale = pixels.shape[1] // sheet.size[0]
    wanted = picture.repeat(scale, 0).repeat(scale, 1)
    seen = pixels[: wanted.shape[0], : wanted.shape[1], 0]
    assert scale >= 2
    assert np.abs(seen.astype(int) - wanted).max() <= 8
    film_frames, _ = mp4_frames(film(run, "mp4"))
    side = 4 * sheet.size[0]
    blocks = film_frames[0][:side, :side, 0].reshape(sheet.size[1], 4, sheet.size[0], 4).transpose(0, 2, 1, 3)
    assert ((blocks.mean((2, 3)) > 127) == (picture > 127)).all()


def test_step_and_losses_are_drawn_and_differ_from_frame_to_frame(run: RunDir) -> None:
    frames = [
        pixels[-training_film.CAPTION_HEIGHT :]
        for pixels, _ in gif_frames(film(run, "gif", caption=Caption("Pixel faces")))
    ]
    assert len({pixels.tobytes() for pixels in frames}) == len(STEPS)
    brightest = [int(pixels.max()) for pixels in frames]
    assert min(brightest) > 200, "white figures on the dark paper"
    orange = [int(((p[..., 0].astype(int) - p[..., 2]) > 60).sum()) for p in frames]
    assert orange[0] < 10, "no loss is known at step 0"
    assert 10 < orange[1] < orange[-1], "the curve grows"


def test_only_the_stretch_asked_for_is_shown(run: RunDir) -> None:
    assert len(gif_frames(film(run, "gif", first=5, last=100))) == 3
    with pytest.raises(RunError) as caught:
        film(run, "gif", first=401, last=999)
    assert caught.value.field == "run"


def test_another_format_is_refused(run: RunDir) -> None:
    with pytest.raises(ConfigError) as caught:
        film(run, "avi")
    assert caught.value.value == "avi"


def test_without_pyav_the_error_says_what_to_install(run: RunDir, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "av", None)
    with pytest.raises(ConfigError) as caught:
        film(run, "mp4")
    assert "pip install av" in caught.value.remedy


def test_a_shipped_run_of_digits_becomes_a_film() -> None:
    digits = library.find("digits")
    frames = gif_frames(film(digits, "gif", first=20_000))
    assert len(frames) == sum(step >= 20_000 for step in digits.grids)


def test_points_are_enlarged_smoothly(home: Path) -> None:
    config = RunConfig(DataConfig("ring"), ModelConfig(arch="points", shape=(2,)))
    run = RunDir.create(home / "ring", config, "ring")
    points = np.random.default_rng(0).normal(size=(500, 2))
    run.add_grid(0, images.png(images.points_picture(points)))
    ((pixels, _),) = gif_frames(film(run, "gif"))
    assert pixels.shape[1] >= training_film.MIN_WIDTH


@pytest.mark.parametrize("count", [1, 2, 48, 300])
def test_a_film_takes_no_more_than_some_twelve_seconds(count: int) -> None:
    ms = frame_ms(count)
    assert count * ms <= 12_500
    assert ms % 10 == 0
    assert 40 <= ms <= 250


def test_a_curve_moves_on_evenly_with_the_pictures() -> None:
    columns = {"step": [0, 10, 1000], "d_loss": [3.0, 2.0, 1.0]}
    loss = curve(columns, "d_loss", [0, 10, 1000])
    assert [x for x, _ in loss.points] == pytest.approx([0, 0.5, 1], abs=0.01)
    assert [mean for _, mean in loss.points] == [3.0, 2.0, 1.0]
    assert [loss.at(step) for step in (-1, 0, 9, 10, 5000)] == [None, 3.0, 3.0, 2.0, 1.0]


def test_losses_that_are_not_numbers_are_left_out() -> None:
    columns = {"step": [0, 1, 2], "g_loss": [float("nan"), 2.0, float("inf")]}
    assert curve(columns, "g_loss", [0, 1, 2]).values == (2.0,)
    assert curve({"step": [0]}, "g_loss", [0]).points == ()


@pytest.mark.parametrize(
    ("words", "drawn"), [("Pixel faces", "Pixel faces"), ("Größe", "Größe"), ("数字 2", ""), ("", "")]
)
def test_words_without_letters_in_the_font_are_not_drawn(words: str, drawn: str) -> None:
    assert drawable(words) == drawn
