"""What weights leave open, on the Explore page: pictures side by side, one click to choose, and the way back."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

import pytest
import torch
from streamlit.testing.v1 import AppTest
from torch import nn

from gan_demo.explorer import option_previews
from gan_demo.gan import latent
from gan_demo.i18n.text import use_language
from gan_demo.ui import session
from gan_demo.ui.explorer_page import choices, opened
from gan_demo.ui.explorer_page.opened import OpenedWeights
from gan_demo.weights import load

PAGE = Path(__file__).resolve().parents[2] / "gan_demo/ui/explore.py"
pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(autouse=True)
def _somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "owner", lambda: "somebody")
    monkeypatch.setattr("gan_demo.runs.library.PRETRAINED", Path("/nowhere"))


def mlp(activation: nn.Module) -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(6, 32), activation, nn.Linear(32, 784), nn.Tanh())


def saved(content: object) -> bytes:
    file = io.BytesIO()
    torch.save(content, file)
    return file.getvalue()


def page(data: bytes, name: str = "mine.pth") -> AppTest:
    app = AppTest.from_file(PAGE, default_timeout=60)
    app.session_state["explore-open"] = True
    app.run()
    app.file_uploader(key="explore.file").set_value((name, data, "application/octet-stream"))
    app.run()
    assert not app.exception
    return app


def only(app: AppTest) -> OpenedWeights:
    files: Mapping[str, OpenedWeights] = app.session_state["explore.opened"]
    (weights,) = files.values()
    return weights


def test_each_activation_has_a_picture_and_a_click_draws_with_it_until_it_is_taken_back(home: Path) -> None:
    network = mlp(nn.Tanh())
    app = page(saved(network.state_dict()))
    before = only(app)
    assert before.upload.loaded.assumed
    app.button(key=f"explore.choose.{before.id}.activation.tanh").click().run()
    assert not app.exception
    after = only(app)
    z = latent.sample_z(3, 6, seed=0)
    with torch.no_grad():
        expected = network(z).view(3, 1, 28, 28)
    torch.testing.assert_close(latent.generate(after.upload.loaded.generator, z), expected, rtol=0, atol=1e-5)
    assert app.selectbox(key="explore.run").value == after.id != before.id
    app.button(key="explore.open_reset").click().run()
    assert only(app).options == before.options
    assert only(app).chosen == {}


def test_strides_and_paddings_are_said_as_numbers_of_each_layer(home: Path) -> None:
    network = nn.Sequential(
        nn.ConvTranspose2d(6, 8, 3), nn.ReLU(), nn.ConvTranspose2d(8, 4, 4), nn.ReLU(),
        nn.ConvTranspose2d(4, 4, 3, 2), nn.ReLU(), nn.ConvTranspose2d(4, 1, 4, 2), nn.Tanh(),
    )  # fmt: skip
    app = page(saved(network.state_dict()))
    weights = only(app)
    assert weights.options["layout"] == "k3s1p0,k4s1p0,k3s2p0,k4s2p0"
    labels = [
        button.label for button in app.button if str(button.key).startswith(f"explore.choose.{weights.id}.layout.")
    ]
    assert labels[0] == "1,1,2,2 · 0,0,0,0"
    assert any("+1" in label for label in labels), "an output padding"
    assert not any("k3" in label for label in labels)
    assert any(text.value.endswith(f"{labels[0]} (assumed)") for text in app.markdown)


@pytest.mark.parametrize(
    ("name", "value", "english", "chinese"),
    [
        ("layout", "up,same,up", "larger, same, larger", "放大、不变、放大"),
        ("layout", "k4s1p0,k4s2p1o1", "1,2 · 0,1+1", "1,2 · 0,1+1"),
        ("activation", "leaky_relu_0.2", "LeakyReLU 0.2", "LeakyReLU 0.2"),
        ("value_range", "0_to_1", "0 to 1", "0 到 1"),
    ],
)
def test_a_value_is_said_in_words(name: str, value: str, english: str, chinese: str) -> None:
    assert choices.value_name(name, value) == english
    with use_language("zh"):
        assert choices.value_name(name, value) == chinese


def test_a_checkpoint_of_several_networks_offers_them_by_name(home: Path) -> None:
    first, second = mlp(nn.ReLU()), mlp(nn.ReLU())
    with torch.no_grad():
        second[2].bias.fill_(5.0)
    D = nn.Sequential(nn.Linear(784, 8), nn.LeakyReLU(0.2), nn.Linear(8, 1))
    parts = {"netG": second.state_dict(), "netG_ema": first.state_dict(), "netD": D.state_dict()}
    app = page(saved(parts))
    choice = app.selectbox(key=f"explore.network.{only(app).id}")
    assert choice.options == ["netG_ema", "netG"]
    choice.select("netG").run()
    assert not app.exception
    assert only(app).upload.loaded.network == "netG"
    samples = latent.generate(only(app).upload.loaded.generator, torch.zeros(1, 6))
    assert samples.min() > 0.9


def test_what_was_skipped_beside_the_weights_is_said_as_plain_text(home: Path) -> None:
    beside = {"**epoch** ![](x)": 3, "losses": [0.1] * 20_000, "optimizer": {"state": {}, "param_groups": []}}
    captions = [caption.value for caption in page(saved({"G": mlp(nn.ReLU()).state_dict(), **beside})).caption]
    (skipped,) = [caption for caption in captions if caption.startswith("Skipped")]
    assert skipped == (
        r"Skipped beside the weights\: \*\*epoch\*\* !\[\](x) (a number), losses (list of numbers, length 20,000), "
        "optimizer (state of an optimizer)"
    )
    many = page(saved({"G": mlp(nn.ReLU()).state_dict(), **{f"n{k}": k for k in range(20)}}))
    (shortened,) = [caption for caption in many.caption if caption.value.startswith("Skipped")]
    assert shortened.value.endswith("n3 (a number), and 16 more")
    assert shortened.help.endswith("n11 (a number), and 8 more")
    alone = page(saved(mlp(nn.ReLU()).state_dict())).caption
    assert not any("Skipped" in caption.value for caption in alone)


def test_a_file_that_cannot_be_opened_says_why_and_leaves_what_was_open(home: Path) -> None:
    app = page(saved(mlp(nn.ReLU()).state_dict()))
    before = only(app)
    app.file_uploader(key="explore.file").set_value(("page.pth", b"<!DOCTYPE html><html></html>", "text/html")).run()
    assert "web page" in app.error[0].value
    assert only(app) is before


def test_a_preview_shows_the_same_latents_and_nothing_where_values_are_not_finite() -> None:
    network = mlp(nn.ReLU())
    recognised = load.open_weights(saved(network.state_dict())).recognise()
    pictures = {value: option_previews.preview(recognised, {"activation": value}) for value in ("relu", "tanh")}
    assert pictures["relu"] is not None
    assert pictures["relu"] != pictures["tanh"]
    with torch.no_grad():
        network[2].weight.mul_(3e38)
    broken = load.open_weights(saved(network.state_dict())).recognise()
    assert option_previews.preview(broken, {"output": "none"}) is None


def test_the_oldest_files_make_room(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setattr(opened, "MAX_FILES", 2)
    app = page(saved(mlp(nn.ReLU()).state_dict()), "first.pth")
    for k, name in enumerate(("second.pth", "third.pth")):
        network = nn.Sequential(nn.Linear(6 + k, 8), nn.ReLU(), nn.Linear(8, 784))
        app.file_uploader(key="explore.file").set_value((name, saved(network.state_dict()), "application/octet-stream"))
        app.run()
    files = app.session_state["explore.opened"]
    assert [weights.origin.file.filename for weights in files.values()] == ["second.pth", "third.pth"]
