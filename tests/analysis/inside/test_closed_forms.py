"""Looks inside a run against closed forms: histograms, separation, the plane, gradients, paths, and layers."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from gan_demo.analysis.inside import architecture, evaluations, gradients, layers, outputs, plane
from gan_demo.config import LabelField, ModelConfig, TrainConfig
from gan_demo.gan.models.build import build_discriminator, build_generator, parameter_count


def vector(*values: float) -> Tensor:
    return torch.tensor(values, dtype=torch.float32)


# ---- D's output


def test_a_histogram_counts_every_value_once() -> None:
    edges = outputs.shared_edges(vector(0, 4), vector(1), 4)
    assert edges.tolist() == [0, 1, 2, 3, 4]
    assert outputs.counts(vector(0, 0.5, 1, 3.9, 4, 9, -9), edges) == [3, 1, 0, 3]


def test_a_histogram_of_equal_values_has_room_around_them() -> None:
    edges = outputs.shared_edges(vector(2, 2), vector(2), 2)
    assert (float(edges[0]), float(edges[-1])) == (1.5, 2.5)
    assert sum(outputs.counts(vector(2, 2), edges)) == 2


@pytest.mark.parametrize(
    ("real", "fake", "expected"),
    [((3, 4), (1, 2), 1.0), ((1, 2), (3, 4), 0.0), ((1, 1), (1, 1), 0.5), ((1, 3), (2, 0), 0.75)],
)
def test_separation_is_the_share_of_pairs_in_order(
    real: tuple[float, ...], fake: tuple[float, ...], expected: float
) -> None:
    assert outputs.separation(vector(*real), vector(*fake)) == expected


def test_the_undecided_output_follows_from_the_loss() -> None:
    real, fake = vector(5, 7), vector(1, 3)
    assert outputs.threshold("hinge", real, fake) == 0
    assert outputs.threshold("least_squares", real, fake) == 0.5
    assert outputs.threshold("relativistic", real, fake) == 4


# ---- the plane


def test_the_plane_is_spanned_by_the_two_directions_of_greatest_variance() -> None:
    """Variances 9, 4 and 1 along the axes of a rotated system of coordinates."""
    signs = torch.tensor([[a, b, c] for a in (-1.0, 1) for b in (-1.0, 1) for c in (-1.0, 1)])
    rotation, _ = torch.linalg.qr(torch.tensor([[1.0, 2, 3], [0, 1, 4], [5, 6, 0]]).double())
    features = (signs.double() * torch.tensor([3.0, 2, 1])) @ rotation.T + 10
    fitted = plane.fitted_plane(features)
    assert fitted.explained == pytest.approx((9 / 14, 4 / 14))
    assert fitted.coordinates(features).abs() == pytest.approx(torch.tensor([[3.0, 2.0]] * 8).double())
    assert (fitted.axes @ rotation).abs() == pytest.approx(torch.eye(3)[:2].double(), abs=1e-9)


def test_equal_features_lie_in_the_middle_of_a_plane() -> None:
    fitted = plane.fitted_plane(torch.ones(4, 3))
    assert fitted.explained == (0.0, 0.0)
    assert fitted.coordinates(torch.ones(1, 3)).tolist() == [[0.0, 0.0]]


# ---- weights and gradients


def test_a_layers_histogram_spans_all_steps_and_sums_to_one() -> None:
    network = nn.Sequential(nn.Linear(2, 2))
    weights = {1: vector(-1, 1, -1, 1).reshape(2, 2), 2: vector(-2, 2, -2, 2).reshape(2, 2)}
    (layer,) = layers.histories(network, [1, 2], lambda step: {"0.weight": weights[step]})
    assert (layer["name"], layer["title"], layer["steps"]) == ("0.weight", "0: Linear 2 → 2", [1, 2])
    assert layer["spread"] == [1.0, 2.0]
    assert (layer["edges"][0], layer["edges"][-1]) == (-8.0, 8.0)
    width = 16 / layers.BINS
    for step, shares in zip((1, 2), layer["shares"], strict=True):
        filled = {round(k * width - 8, 6): share for k, share in enumerate(shares) if share}
        assert set(filled.values()) == {0.5}
        assert all(left <= value < left + width for left, value in zip(sorted(filled), (-step, step), strict=True))


def test_a_large_layer_is_thinned_evenly() -> None:
    assert layers.thinned(torch.arange(10.0), 4).tolist() == [0, 3, 6, 9]
    assert layers.thinned(torch.arange(3.0), 4).tolist() == [0, 1, 2]


class Scale(nn.Module):
    """G(z) = w·z and D(x) = Σ v·x: networks whose gradients are known."""

    has_batch_norm = False

    def __init__(self, weight: float, is_critic: bool) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor([[weight]]))
        self.is_critic = is_critic

    def forward(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        h = x @ self.weight
        return h.squeeze(1) if self.is_critic else h


def test_gradients_are_those_of_the_losses() -> None:
    """Hinge: G's loss is -mean(v·w·z); D's, in its active region, mean(1 - v·x) + mean(1 + v·w·z) + r1/2·v²."""
    v, w, r1 = 0.25, 0.5, 3.0
    z, x = vector(1, 2).reshape(2, 1), vector(1, 3).reshape(2, 1)
    train = TrainConfig(loss="hinge", r1=r1, penalty_every=16)
    for_generator, for_discriminator = gradients.gradients(Scale(w, False), Scale(v, True), train, x, None, z)  # type: ignore[arg-type]
    assert float(for_generator["weight"]) == pytest.approx(-v * 1.5)
    assert float(for_discriminator["weight"]) == pytest.approx(-2 + w * 1.5 + r1 * v)


def test_sizes_of_gradients_fall_into_quarters_of_a_power_of_ten() -> None:
    shares = gradients.shares(vector(0, 1e-3, -1e-3, 1.1e-3))
    assert sum(shares) == pytest.approx(1, abs=1e-4)
    assert shares[0] == 0.25, "zero is in the first bin"
    (bin_,) = [k for k, share in enumerate(shares) if share == 0.75]
    assert gradients.EDGES[bin_] == -3


# ---- the networks


@pytest.mark.parametrize(
    ("arch", "shape"),
    [("points", (2,)), ("mlp", (1, 28, 28)), ("dcgan", (3, 32, 32)), ("resnet", (1, 28, 28)), ("dcgan64", (3, 64, 64))],
)
def test_the_rows_of_a_network_lead_to_its_output_and_hold_all_its_weights(arch: str, shape: tuple[int, ...]) -> None:
    labels = () if arch == "points" else (LabelField("digit", ("0", "1")),)
    model = ModelConfig(arch=arch, shape=shape, width=4, d_width=4, mapping=2, labels=labels, conditional=bool(labels))
    networks = architecture.compute(model)
    for name, network in (("generator", build_generator(model)), ("discriminator", build_discriminator(model))):
        rows = networks[name]["layers"]
        assert sum(row["parameters"] for row in rows) == networks[name]["parameters"] == parameter_count(network)
    assert math.prod(networks["generator"]["layers"][-1]["shape"]) == math.prod(shape)
    head = [row for row in networks["discriminator"]["layers"] if row["name"] == "head"]
    assert [row["shape"] for row in head] == [(1,)]
    assert set(architecture.weight_titles(build_generator(model))) <= set(build_generator(model).state_dict())


def test_a_convolution_says_its_sizes_and_what_follows_it() -> None:
    model = ModelConfig(shape=(1, 28, 28), width=4, d_width=4)
    row = architecture.compute(model)["generator"]["layers"][1]
    assert (row["kind"], row["detail"]) == ("ConvTranspose2d", "8 → 4, 4×4, stride 2")
    assert (row["shape"], row["then"]) == ((4, 14, 14), ["BatchNorm2d", "ReLU"])
    assert replace(model).labels == ()


# ---- evaluations


NAN = math.nan


def test_a_quality_path_takes_the_evaluations_alone_and_of_a_step_the_last() -> None:
    columns = {
        "step": [1, 5, 5, 9],
        "precision": [0.1, 0.2, 0.3, NAN],
        "recall": [0.4, 0.5, 0.6, NAN],
        "fcd": [90.0, NAN, 50.0, NAN],
    }
    path = evaluations.quality_path(columns)
    assert path == {"steps": [1, 5], "precision": [0.1, 0.3], "recall": [0.4, 0.6], "fcd": [90.0, 50.0]}


def test_the_path_of_points_is_the_share_on_the_data_against_clusters_found() -> None:
    columns = {"step": [3, 8], "high_quality": [0.5, 0.9], "modes": [2.0, 8.0], "histogram": [[0.125] * 8, [0.125] * 8]}
    path = evaluations.quality_path(columns)
    assert (path["precision"], path["recall"], path["fcd"]) == ([0.5, 0.9], [0.25, 1.0], [None, None])


def test_a_long_path_is_thinned_and_keeps_its_ends() -> None:
    steps = list(range(1, 1001))
    path = evaluations.quality_path({"step": steps, "precision": [0.5] * 1000, "recall": [0.5] * 1000})
    assert (len(path["steps"]), path["steps"][0], path["steps"][-1]) == (evaluations.MOST_POINTS, 1, 1000)


def test_class_shares_leave_out_rows_without_a_histogram() -> None:
    columns = {"step": [1, 2, 3], "histogram": [[0.5, 0.5], NAN, [1.0, 0.0]]}
    assert evaluations.class_shares(columns) == {"steps": [1, 3], "shares": [[0.5, 0.5], [1.0, 0.0]]}
    assert evaluations.class_shares({"step": [1], "g_loss": [0.5]}) == {"steps": [], "shares": []}
