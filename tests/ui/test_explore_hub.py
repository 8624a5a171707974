"""The Explore page's field for weights of the Hugging Face Hub, against a server that speaks its API."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import safetensors.torch
import torch
from streamlit.testing.v1 import AppTest
from torch import nn

from gan_demo.config import ModelConfig
from gan_demo.gan import latent
from gan_demo.gan.models.build import build_generator
from gan_demo.support.rate_limit import RateLimit
from gan_demo.ui import session
from gan_demo.weights import hub_turns, save
from tests.hub_server import TOKEN, Hub, Repository, serving

PAGE = Path(__file__).resolve().parents[2] / "gan_demo/ui/explore.py"
MODEL = ModelConfig(arch="mlp", z_dim=6, width=2, shape=(1, 28, 28))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.setattr(session, "owner", lambda: "somebody")
    monkeypatch.setattr(hub_turns, "_downloads", RateLimit(rate=1e-9, burst=2))
    monkeypatch.setattr(hub_turns, "_failures", RateLimit(rate=1e-9, burst=3))
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    with serving(monkeypatch) as server:
        weights = save.weights_file(build_generator(MODEL).eval(), MODEL)
        server.repositories["me/gan"] = Repository({"G.safetensors": weights, "config.json": b"{}"})
        yield server


def asked_for(address: str, app: AppTest | None = None) -> AppTest:
    if app is None:
        app = AppTest.from_file(str(PAGE), default_timeout=60)
        app.query_params["native"] = "1"
        app.run()
    app.text_input(key="explore.hub").set_value(address)
    next(button for button in app.button if button.label == "Fetch").click()
    app.run()
    assert not app.exception, app.exception
    return app


def errors(app: AppTest) -> str:
    return " ".join(error.value for error in app.error)


@pytest.mark.parametrize("address", ["hf:me/gan", " me/gan ", "me/gan:G.safetensors", "https://huggingface.co/me/gan"])
def test_a_model_of_the_hub_is_explored_without_the_hosts_token(home: Path, server: Hub, address: str) -> None:
    app = asked_for(address)
    assert app.selectbox(key="explore.run").value.startswith("upload-")
    assert app.selectbox(key="explore.run").options[0] == "me/gan: G.safetensors · from the Hub"
    assert {authorization for _, _, authorization in server.requests} == {""}


def test_a_link_opens_weights_with_the_options_that_were_chosen_once_its_visitor_agrees(
    home: Path, server: Hub
) -> None:
    network = nn.Sequential(nn.Linear(6, 8), nn.Tanh(), nn.Linear(8, 784))
    server.repositories["me/gan"].files["G.safetensors"] = safetensors.torch.save(network.state_dict())
    app = asked_for("hf:me/gan")
    app.session_state["explore-open"] = True
    app.run()
    key = app.selectbox(key="explore.run").value
    app.button(key=f"explore.choose.{key}.activation.tanh").click().run()
    link = {name: app.query_params[name] for name in ("weights", "options")}
    assert link["weights"].startswith("hf:me/gan@")
    assert "activation:tanh" in link["options"]

    other = AppTest.from_file(str(PAGE), default_timeout=60)
    for name, value in link.items():
        other.query_params[name] = value
    requests = len(server.requests)
    other.run()
    assert len(server.requests) == requests, "a link alone downloads nothing"
    other.button(key="explore.link").click().run()
    assert not other.exception, other.exception
    (weights,) = other.session_state["explore.opened"].values()
    assert weights.options["activation"] == "tanh"
    z = torch.ones(1, 6)
    with torch.no_grad():
        expected = network(z).tanh().view(1, 1, 28, 28)
    torch.testing.assert_close(latent.generate(weights.upload.loaded.generator, z), expected, rtol=0, atol=1e-5)


def test_a_refusal_is_said_once_beside_the_field_and_taken_away_by_the_next_file(home: Path, server: Hub) -> None:
    app = asked_for("me/gan")
    assert "weights" in app.query_params
    assert len(asked_for("me/none", app).error) == 1
    weights = save.weights_file(build_generator(MODEL, 1).eval(), MODEL)
    app.file_uploader(key="explore.file").set_value(("mine.safetensors", weights, "application/octet-stream")).run()
    assert len(app.error) == 0
    assert app.selectbox(key="explore.run").options[1] == "mine.safetensors · uploaded"


def test_downloads_are_counted_and_attempts_that_fail_apart_from_them(home: Path, server: Hub) -> None:
    app = asked_for("hf:me/none")
    assert "no public model" in errors(app)
    assert "no address" in errors(asked_for("gan", app))
    assert "no such revision" in errors(asked_for("hf:me/gan@v9", app))
    for _ in range(2):
        assert not errors(asked_for("hf:me/gan", app)), "failures use up no download"
    requests = len(server.requests)
    assert "too many downloads" in errors(asked_for("hf:me/gan", app))
    hub_turns._downloads = RateLimit(rate=1e-9, burst=2)  # the fixture puts it back
    server.repositories["me/gan"].claims["G.safetensors"] = 2**40
    assert "too large" in errors(asked_for("hf:me/gan", app))
    assert len(server.requests) == requests + 1
    assert "too many attempts" in errors(asked_for("hf:me/gan", app))
    assert len(server.requests) == requests + 1


def test_the_files_of_a_model_are_offered_and_another_is_fetched_when_it_is_chosen(home: Path, server: Hub) -> None:
    files = server.repositories["me/gan"].files
    files |= {"b/G_B.safetensors": save.weights_file(build_generator(MODEL, 1).eval(), MODEL), "netD.pt": b"no"}
    app = asked_for("me/gan")
    chosen = next(box for box in app.selectbox if box.label == "File of the model")
    assert chosen.options == ["G.safetensors", "b/G_B.safetensors"]
    chosen.set_value("b/G_B.safetensors").run()
    assert app.selectbox(key="explore.run").options[1] == "me/gan: b/G_B.safetensors · from the Hub"
    assert app.query_params["weights"].endswith(":b/G_B.safetensors")
    requests = len(server.requests)
    next(box for box in app.selectbox if box.label == "File of the model").set_value("G.safetensors").run()
    assert app.query_params["weights"].endswith(":G.safetensors")
    assert len(server.requests) == requests, "what is open is not fetched again"
