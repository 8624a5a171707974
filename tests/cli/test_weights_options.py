"""Options for weights files on the command line: what is chosen is drawn, what is assumed is printed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from gan_demo.cli.main import main
from gan_demo.config import ModelConfig
from gan_demo.gan import latent
from gan_demo.gan.models.build import build_generator
from gan_demo.runs.run_dir import RunDir
from tests.hub_server import TOKEN, serving

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture
def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(6, 20), nn.SELU(), nn.Linear(20, 784), nn.Sigmoid())


@pytest.fixture
def checkpoint(tmp_path: Path, network: nn.Sequential) -> Path:
    """Write a file with two generators."""
    other = {name: value + 1 for name, value in network.state_dict().items()}
    torch.save({"G_A": other, "G_B": network.state_dict()}, tmp_path / "both.pth")
    return tmp_path / "both.pth"


@torch.no_grad()
def test_a_chosen_network_with_chosen_options_is_drawn(
    checkpoint: Path, network: nn.Sequential, capsys: pytest.CaptureFixture[str]
) -> None:
    options = [
        "--network",
        "G_B",
        "--set",
        "activation=selu",
        "--set",
        "output=sigmoid",
        "--set",
        "value_range=of_output",
    ]
    out = checkpoint.with_name("samples.npz")
    assert main(["sample", str(checkpoint), "--n", "3", "--seed", "4", *options, "--out", str(out)]) == 0
    own = (2 * network(latent.sample_z(3, 6, 4)) - 1).view(3, 1, 28, 28)
    pixels = (own * 127.5 + 127.5).round().permute(0, 2, 3, 1).numpy()
    assert np.abs(np.load(out)["samples"].astype(float) - pixels).max() <= 1
    assert "assumed" not in capsys.readouterr().err


@pytest.mark.parametrize(
    "command",
    [
        ["sample", "--n", "2", "--out", "x.png"],
        ["export", "--format", "onnx", "--out", "x.onnx"],
        ["export", "--format", "hub", "--out", "repository"],
        ["push", "me/gan"],
    ],
)
def test_what_nobody_chose_is_printed(
    command: list[str], checkpoint: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(checkpoint.parent)
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    with serving(monkeypatch):
        assert main([command[0], str(checkpoint), *command[1:], "--set", "activation=tanh"]) == 0
    message = capsys.readouterr().err
    assert "network: G_A" in message
    assert "output=tanh" in message
    assert "activation" not in message


def test_a_training_says_what_it_begins_from_and_what_nobody_chose(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = ModelConfig("mlp", 6, 2, 2, shape=(1, 28, 28))
    networks = {name: build_generator(model, seed).state_dict() for name, seed in (("G_A", 1), ("G_B", 2))}
    torch.save(networks | {"losses": [0.1, 0.2]}, tmp_path / "w.pth")
    tiny = ["--steps", "1", "--device", "cpu", "--set", "evaluate=false", "--set", "limit=64", "--set", "batch=8"]
    begin = ["train", "digits", *tiny, "--from-weights", str(tmp_path / "w.pth"), "--network", "G_B"]
    assert main([*begin, "--out", str(tmp_path / "refused")]) == 2, "its likeliest activation is not ours"
    assert "activation=relu" in capsys.readouterr().err
    begin += ["--weights-set", "activation=leaky_relu_0.2", "--out", str(tmp_path / "run")]
    assert main([*begin, "--set", "conditional=false"]) == 0
    message = capsys.readouterr().err
    assert "network: G_B" in message
    assert "(change it with --weights-set NAME=VALUE)" in message
    assert "Skipped beside the weights: losses" in message
    weights = RunDir(tmp_path / "run").load_checkpoint(0)
    assert all(torch.equal(value, networks["G_B"][name]) for name, value in weights.items())


def test_options_of_weights_without_weights_to_begin_from_are_a_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    for option in (["--network", "G"], ["--weights-set", "activation=relu"]):
        assert main(["train", "digits", *option]) == 2
        assert "Add --from-weights" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["sample", "--out", "x.png"], ["export", "--format", "onnx", "--out", "x.onnx"]])
def test_what_was_skipped_beside_the_weights_is_printed_in_a_line(
    command: list[str], network: nn.Sequential, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    beside = {"epoch\n": 3, "losses": [0.1] * 20_000, "optimizer": {"state": {}, "param_groups": []}}
    torch.save({"G": network.state_dict(), **beside}, tmp_path / "w.pth")
    out = [*command[:-1], str(tmp_path / command[-1])]
    assert main([out[0], str(tmp_path / "w.pth"), *out[1:]]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert (
        "Skipped beside the weights: epoch\\n (a number), losses (list of numbers, length 20,000), "
        "optimizer (state of an optimizer)"
    ) in lines
    torch.save(network.state_dict(), tmp_path / "w.pth")
    assert main([out[0], str(tmp_path / "w.pth"), *out[1:]]) == 0
    assert "Skipped" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--set", "activation=cosine"], "Possible: relu, leaky_relu_0.2"),
        (["--set", "stride=2"], "Open are: activation, output"),
        (["--set", "activation"], "must be key=value"),
        (["--network", "G_C"], "Networks in it: G_A, G_B"),
    ],
)
def test_unknown_options_are_one_line_and_exit_code_2(
    options: list[str], expected: str, checkpoint: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sample", str(checkpoint), *options, "--out", str(checkpoint.with_name("x.png"))]) == 2
    message = capsys.readouterr().err
    assert expected in message
    assert message.count("\n") == 1


def test_a_run_has_no_open_questions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sample", "tutorial", "--set", "activation=relu", "--out", str(tmp_path / "x.png")]) == 2
    assert "a run has its own settings" in capsys.readouterr().err


def test_images_with_four_channels_are_drawn_in_colour(tmp_path: Path) -> None:
    network = nn.Sequential(nn.ConvTranspose2d(5, 8, 4), nn.ReLU(), nn.ConvTranspose2d(8, 6, 4, 2, 1), nn.ReLU())
    network = nn.Sequential(*network, nn.ConvTranspose2d(6, 6, 4, 2, 1), nn.ReLU(), nn.ConvTranspose2d(6, 4, 4, 2, 1))
    torch.save(network.state_dict(), tmp_path / "rgba.pth")
    assert main(["sample", str(tmp_path / "rgba.pth"), "--n", "1", "--out", str(tmp_path / "x.png")]) == 0
    with Image.open(tmp_path / "x.png") as picture:
        assert (picture.size, picture.mode) == ((32, 32), "RGB")
