"""Samples that the server draws with uploaded weights that are too much for a browser."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from starlette.testclient import TestClient

from gan_demo.boards import explorer as explorer_data
from gan_demo.config import LabelField, ModelConfig
from gan_demo.explorer import drawing
from gan_demo.explorer.uploads import Upload
from gan_demo.gan import latent
from gan_demo.gan.models.build import build_generator
from gan_demo.pictures import images
from gan_demo.runs import ownership
from gan_demo.weights.families.stylegan.stylegan2 import from_nvidia
from gan_demo.weights.recognised import Loaded
from tests.weights import stylegan_files

pytestmark = pytest.mark.usefixtures("one_thread")

OWNER = "s" * 43
DIGIT = LabelField("digit", ("0", "1", "2"))
MODEL = ModelConfig(arch="dcgan", z_dim=4, width=4, conditional=True, shape=(3, 32, 32), labels=(DIGIT,))
BYTES = {"content-type": "application/octet-stream"}


@pytest.fixture
def upload(monkeypatch: pytest.MonkeyPatch) -> Upload:
    """Return an upload of a network that no browser could hold."""
    monkeypatch.setattr(drawing, "MAX_BROWSER_BYTES", 100)
    monkeypatch.setattr(drawing, "PREVIEW_SIDE", 16)
    return Upload("upload-1", "mine.pt", Loaded(MODEL, build_generator(MODEL, seed=1).eval(), "gan_demo"), OWNER)


def rows(count: int = 3) -> np.ndarray:
    z = latent.sample_z(count, MODEL.z_dim, seed=0)
    return torch.cat([z, latent.random_labels(count, MODEL.labels, seed=0)], 1).numpy()


def post(client: TestClient, upload: Upload, body: bytes, query: str = "", **headers: str) -> tuple[int, bytes]:
    address = f"/api/explore/uploads/{upload.secret}/samples{query}"
    answer = client.post(address, content=body, headers=BYTES | headers)
    return answer.status_code, answer.content


def test_a_small_network_is_drawn_by_the_browser_and_a_large_one_by_the_server(upload: Upload) -> None:
    assert upload.drawn_here
    assert "samples" in explorer_data.upload_data(upload, ())["urls"]
    assert drawing.suits_browser(99, 10_000_000)
    assert not drawing.suits_browser(101, 10_000_000)
    assert not drawing.suits_browser(99, 10**12)


def test_the_server_draws_the_generator_s_samples_at_the_preview_s_size(client: TestClient, upload: Upload) -> None:
    space = client.get(f"/api/explore/uploads/{upload.secret}/space.json?first=1").json()
    assert space["shape"] == [3, 16, 16]
    status, content = post(client, upload, rows().tobytes(), "?psi=0.5")
    assert status == 200
    z, y = torch.from_numpy(rows()).split([4, 3], 1)
    x = latent.generate(upload.loaded.generator, z, y, psi=0.5)
    expected = images.to_uint8(torch.nn.functional.avg_pool2d(x, 2))
    difference = np.abs(np.frombuffer(content, np.uint8).reshape(3, 16, 16, 3).astype(int) - expected.astype(int))
    assert difference.max() <= 1


@pytest.mark.parametrize(
    ("body", "query", "status"),
    [
        (b"", "", 400),
        (rows(1).tobytes()[:-1], "", 400),
        (rows(9).tobytes(), "", 413),
        (np.full((1, 7), np.nan, np.float32).tobytes(), "", 400),
        (rows(1).tobytes(), "?psi=3", 400),
        (rows(1).tobytes(), "?psi=much", 400),
    ],
    ids=["empty", "cut", "too many", "nan", "psi", "no number"],
)
def test_what_is_no_request_for_samples_is_refused(
    client: TestClient, upload: Upload, body: bytes, query: str, status: int
) -> None:
    assert post(client, upload, body, query)[0] == status


def test_samples_are_drawn_for_the_page_of_the_owner_alone(client: TestClient, upload: Upload) -> None:
    assert post(client, upload, rows(1).tobytes(), origin="https://elsewhere.example")[0] == 403
    client.cookies.set(ownership.OWNER_COOKIE, "t" * 43)
    assert post(client, upload, rows(1).tobytes())[0] == 404


def test_sides_are_halved_while_they_are_even() -> None:
    shapes = [(3, 1024, 1024), (1, 512, 256), (3, 300, 300), (3, 259, 259), (1, 28, 28)]
    assert [drawing.preview_shape(shape) for shape in shapes] == [
        (3, 256, 256),
        (1, 256, 128),
        (3, 150, 150),
        (3, 259, 259),
        (1, 28, 28),
    ]


def test_the_server_mixes_styles_and_draws_noise_by_its_seed(client: TestClient, upload: Upload) -> None:
    model, generator = from_nvidia(stylegan_files.nvidia(), {})
    styled = Upload("upload-2", "styled.pt", Loaded(model, generator, "stylegan2"), OWNER)
    space = client.get(f"/api/explore/uploads/{styled.secret}/space.json?first=1").json()
    assert styled.drawn_here
    assert space["styles"]["layers"] == [2, 2, 2]
    z = latent.sample_z(4, model.z_dim, seed=0)
    body = torch.cat([z.flatten(), torch.tensor([1.0, 0.0, 0.5])]).numpy().tobytes()
    status, content = post(client, styled, body, "?psi=1&noise=5")
    assert status == 200
    w = generator.map(z)
    by_group = torch.stack([w[1], w[0], torch.lerp(w[0], w[3], 0.5)])
    x = generator.draw(by_group[generator.layer_groups()][None], generator.noise_maps("random", 5))
    difference = np.frombuffer(content, np.uint8).reshape(1, 16, 16, 3).astype(int) - images.to_uint8(x).astype(int)
    assert np.abs(difference).max() <= 1
    assert post(client, styled, body, "?noise=-3")[0] == 400
    assert post(client, styled, body[:-4])[0] == 400
