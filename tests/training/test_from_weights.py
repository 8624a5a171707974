"""Trainings that begin from a generator: its weights at step 0, then a run like any other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from gan_demo.cli.main import main
from gan_demo.config import DataConfig, ModelConfig, RunConfig, TrainConfig
from gan_demo.errors import ConfigError, RunError
from gan_demo.export.script import build
from gan_demo.gan import latent
from gan_demo.gan.models.build import build_generator
from gan_demo.runs import networks
from gan_demo.runs.run_dir import RunDir
from gan_demo.training import from_weights
from gan_demo.training.fork import fork
from gan_demo.training.trainer import train
from gan_demo.weights import save
from gan_demo.weights.recognised import Loaded

MODEL = ModelConfig("dcgan", 6, 4, 4, mapping=1, shape=(1, 28, 28))
CONFIG = RunConfig(
    DataConfig("digits", limit=64),
    ModelConfig("mlp", 9, 2, 4),
    TrainConfig("hinge", batch=8, steps=6, evaluate=False, ema=0.9, seed=5),
)


def begin(model: ModelConfig = MODEL) -> from_weights.Beginning:
    return from_weights.beginning(Loaded(model, build_generator(model, 77).eval(), "gan_demo"), "mine.safetensors")


def new_run(path: Path, config: RunConfig = CONFIG, seconds: float = 0.0) -> RunDir:
    known = begin()
    return from_weights.create(path, from_weights.adapted(config, known), "digits", known, seconds)


def go(run: RunDir, until: int = 10**9) -> dict[str, torch.Tensor]:
    steps = train(run)
    for progress in steps:
        if progress.step >= until:
            break
    steps.close()
    return run.load_state_at(run.info.step) if run.info.step in run.states else run.load_checkpoint(run.info.step)


def assert_same(a: dict[str, torch.Tensor], b: dict[str, torch.Tensor]) -> None:
    assert a.keys() == b.keys()
    assert [name for name in a if not torch.equal(a[name], b[name])] == []


def test_the_run_begins_with_the_generators_weights_in_g_and_its_average(tmp_path: Path) -> None:
    run = new_run(tmp_path / "run")
    state, known = run.load_state_at(0), begin().weights
    for prefix in ("G.", "ema."):
        assert_same({key[len(prefix) :]: value for key, value in state.items() if key.startswith(prefix)}, dict(known))
    assert_same(run.load_checkpoint(0), dict(known))
    config = run.config
    assert (config.model.arch, config.model.z_dim, config.model.mapping, config.model.d_width) == ("dcgan", 6, 1, 4)
    assert config.train.start == begin().name
    assert config.train.start.startswith("mine.safetensors (")


def test_it_stops_resumes_and_forks_bit_for_bit(tmp_path: Path) -> None:
    straight = go(new_run(tmp_path / "straight"))
    stopped = new_run(tmp_path / "stopped")
    go(stopped, until=3)
    assert_same(go(stopped), straight)
    assert_same(go(fork(stopped, 0, {}, tmp_path / "fork")), straight)


def test_what_it_learns_depends_on_the_generator(tmp_path: Path) -> None:
    learned = go(new_run(tmp_path / "run"))
    other = from_weights.beginning(Loaded(MODEL, build_generator(MODEL, 78).eval(), "gan_demo"), "mine.safetensors")
    assert other.name != begin().name
    config = from_weights.adapted(CONFIG, other)
    assert any(
        not torch.equal(value, learned[name])
        for name, value in go(from_weights.create(tmp_path / "other", config, "digits", other)).items()
        if name in learned
    )


def test_its_settings_alone_are_refused(tmp_path: Path) -> None:
    config = new_run(tmp_path / "run").config
    with pytest.raises(RunError, match="not its weights"):
        next(train(RunDir.create(tmp_path / "bare", config, "digits")))


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        (CONFIG.with_settings({"data.name": "faces"}), "draws samples of"),
        (CONFIG.with_settings({"data.name": "digits", "width": 8}), "does not fit"),
    ],
)
def test_data_and_networks_that_do_not_fit_are_refused(tmp_path: Path, config: RunConfig, problem: str) -> None:
    known = begin()
    adapted = from_weights.adapted(config, known) if "draws" in problem else config.with_settings({"arch": "dcgan"})
    with pytest.raises(ConfigError, match=problem) as caught:
        from_weights.create(tmp_path / "run", adapted, "digits", known)
    assert caught.value.field == "start"
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("arch", ["mlp", "dcgan", "dcgan64", "resnet"])
def test_a_gray_generator_begins_on_images_in_colour_with_three_equal_channels(tmp_path: Path, arch: str) -> None:
    images = tmp_path / "images"
    images.mkdir()
    for k in range(16):
        Image.fromarray(np.full((32, 32, 3), (15 * k, 90, 200), np.uint8)).save(images / f"{k}.png")
    size = 64 if arch == "dcgan64" else 28
    gray = ModelConfig(arch, 6, 4, 4, shape=(1, size, size))
    known, generator = begin(gray), build_generator(gray, 77).eval()
    config = from_weights.adapted(RunConfig(DataConfig("images", path=str(images)), train=CONFIG.train), known)
    run = from_weights.create(tmp_path / "run", config, "mine", known)
    z = latent.sample_z(3, 6, seed=1)
    begun = latent.generate(networks.generator(run, 0), z)
    assert begun.shape == (3, 3, size, size)
    torch.testing.assert_close(begun, latent.generate(generator, z).expand(3, 3, size, size), rtol=0, atol=1e-6)
    assert go(run)


def test_a_network_of_another_family_cannot_be_trained() -> None:
    generator = build_generator(ModelConfig("mlp", 6, 4, 4, shape=(1, 28, 28))).eval()
    with pytest.raises(ConfigError, match="not trained"):
        from_weights.beginning(Loaded(MODEL, generator, "a foreign family"), "theirs.pt")


def test_the_script_says_that_it_begins_otherwise(tmp_path: Path) -> None:
    run = new_run(tmp_path / "run")
    text = " ".join(build.script(run).split())
    assert "the run began from the weights of a generator, mine.safetensors" in text
    assert "shows the run's own losses" not in text


def test_the_command_line_begins_from_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "g.safetensors").write_bytes(save.weights_file(build_generator(MODEL, 77).eval(), MODEL))
    small = [
        "--steps",
        "2",
        "--set",
        "limit=64",
        "--set",
        "batch=8",
        "--set",
        "evaluate=false",
        "--set",
        "conditional=true",
    ]
    assert main(["train", "digits", "--from-weights", "g.safetensors", "--out", "run", *small]) == 0
    run = RunDir(tmp_path / "run")
    assert (run.info.step, run.config.model.arch, run.config.model.conditional) == (2, "dcgan", False)
    assert run.config.train.start == begin().name.replace("mine", "g")
    assert main(["train", "digits", "--resume", "--steps", "3", "--out", "run"]) == 0
    assert main(["train", "faces", "--from-weights", "g.safetensors", "--out", "no", *small]) == 2
    assert "draws samples of 1 × 28 × 28, but the data has 3 × 32 × 32" in capsys.readouterr().err
    assert not (tmp_path / "no").exists()
