"""What settings will take: parameters as they are built, and the time by this machine's own runs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from gan_demo.config import RunConfig
from gan_demo.data import datasets
from gan_demo.errors import ConfigError
from gan_demo.gan.models import build
from gan_demo.presets import PRESETS, own_images
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import estimate
from gan_demo.training import devices


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GAN_DEMO_HOME", str(tmp_path))
    return tmp_path


def fitted(config: RunConfig) -> RunConfig:
    source = datasets.source(config.data.name)
    return config.fit(source.shape, source.labels)


def trained(home: Path, name: str, config: RunConfig, seconds: float, here: bool = True) -> RunDir:
    """Return a run of 1,000 steps in ``seconds``; ``here``: on this machine."""
    run = RunDir.create(home / name, fitted(config), name)
    if here:
        with run.writing():
            pass
    device = devices.default_device()
    run.set_info(replace(run.info, step=1_000, seconds=seconds + 1.0, evaluation_seconds=1.0, device=device))
    return run


@pytest.mark.parametrize("preset", ["digits", "faces", "tutorial", "ring"])
@pytest.mark.parametrize("settings", [{}, {"mapping": 2, "width": 24}])
def test_parameters_are_those_of_the_networks_that_are_built(preset: str, settings: dict[str, object]) -> None:
    config = PRESETS[preset].with_settings(settings)
    model = fitted(config).model
    counted = (
        build.parameter_count(build.build_generator(model)),
        build.parameter_count(build.build_discriminator(model)),
    )
    expected = estimate.estimate(config)
    assert expected is not None
    assert (expected.g_parameters, expected.d_parameters) == counted
    assert expected.pace is None, "nothing has trained here"


def test_the_pace_of_the_same_settings_is_measured(home: Path) -> None:
    trained(home, "old", PRESETS["digits"], 20.0)
    assert estimate.estimate(PRESETS["digits"].with_settings({"steps": 5})) == estimate.Estimate(
        265_537, 67_873, estimate.Pace(pytest.approx(0.02), is_measured=True)
    )


def test_the_pace_of_similar_settings_is_scaled_by_their_work(home: Path) -> None:
    trained(home, "old", PRESETS["digits"], 20.0)
    twice = estimate.estimate(PRESETS["digits"].with_settings({"batch": 64}))
    assert twice is not None
    assert twice.pace is not None
    assert not twice.pace.is_measured
    assert twice.pace.seconds == pytest.approx(0.04, rel=0.1)


@pytest.mark.parametrize("settings", [{"batch": 2048}, {"arch": "resnet"}])
def test_without_a_similar_run_no_time_is_given(home: Path, settings: dict[str, object]) -> None:
    trained(home, "old", PRESETS["digits"], 20.0)
    expected = estimate.estimate(PRESETS["digits"].with_settings(settings))
    assert expected is not None
    assert expected.pace is None


def test_runs_of_other_machines_and_damaged_ones_tell_nothing(home: Path) -> None:
    trained(home, "opened-from-a-file", PRESETS["digits"], 20.0, here=False)
    (trained(home, "damaged", PRESETS["digits"], 20.0).path / "config.json").write_text("{")
    expected = estimate.estimate(PRESETS["digits"])
    assert expected is not None
    assert expected.pace is None


def test_own_images_with_classes_are_known_only_once_they_were_read() -> None:
    config = own_images("flowers.zip", 32)
    assert estimate.estimate(config) is not None
    assert estimate.estimate(config.with_settings({"conditional": True})) is None


def test_settings_that_do_not_fit_their_data_are_an_error() -> None:
    with pytest.raises(ConfigError, match="64-pixel images only"):
        estimate.estimate(PRESETS["digits"].with_settings({"arch": "dcgan64"}))
