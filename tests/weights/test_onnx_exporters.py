"""What exporters of Keras, TensorFlow, JAX and PyTorch put around a generator, as graphs of the same operators."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import onnx
import pytest
import torch
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper
from torch import Tensor, nn

from gan_demo.errors import DataError
from gan_demo.weights.onnx_models.images import stated_range
from gan_demo.weights.onnx_models.interface import parse
from tests.weights.onnx_files import LATENTS, Z, dcgan, onnx_file, run_adapted, seeded

pytestmark = pytest.mark.usefixtures("one_thread")

K = 4
CLASSES = torch.tensor([0, 3, 2, 3, 1])
RNG = np.random.default_rng(0)
TABLE = RNG.standard_normal((K, 6)).astype(np.float32)
ONE_HOT = np.eye(K, dtype=np.float32)
FLOAT, INT32, INT64, BOOL = TensorProto.FLOAT, TensorProto.INT32, TensorProto.INT64, TensorProto.BOOL
Constants = dict[str, NDArray[np.generic]]


def node(kind: str, inputs: str, output: str, **attributes: object) -> NodeProto:
    """Return a node; ``inputs`` are names with blanks between."""
    return helper.make_node(kind, inputs.split(), [output], **attributes)


def generator(
    inputs: Sequence[onnx.ValueInfoProto],
    nodes: Sequence[NodeProto],
    constants: Constants,
    opset: int = 17,
    output: int = FLOAT,
) -> bytes:
    """Return a model whose output is ``image``, of any shape."""
    image = helper.make_tensor_value_info("image", output, None)
    weights = [numpy_helper.from_array(value, name) for name, value in constants.items()]
    graph = helper.make_graph(list(nodes), "g", list(inputs), [image], weights)
    content: bytes = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)]).SerializeToString()
    return content


def value(name: str, kind: int, *dims: int | str) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, kind, dims)


WRAPPED = [  # Keras: an index below zero counts from the end; the choice is a sum of products
    node("Cast", "y", "index", to=INT32),
    node("Add", "index rows", "from_end"),
    node("Cast", "index", "number", to=FLOAT),
    node("Less", "number zero", "is_negative"),
    node("Not", "is_negative", "is_positive"),
    node("Cast", "is_positive", "keep", to=INT32),
    node("Cast", "is_negative", "replace", to=INT32),
    node("Mul", "index keep", "kept"),
    node("Mul", "replace from_end", "replaced"),
    node("Add", "replaced kept", "row"),
    node("Gather", "table row", "found", axis=0),
    node("Reshape", "found flat", "code"),
]
WRAPPED_CONSTANTS: Constants = {
    "rows": np.array(K, np.int32),
    "zero": np.array(0, np.float32),
    "table": TABLE,
    "flat": np.array([-1, 6]),
}
SELECTED = [  # JAX: the same by Where, then a shape that follows the number of rows
    node("Less", "y zero", "is_negative"),
    node("Add", "y rows", "from_end"),
    node("Where", "is_negative from_end y", "row"),
    node("Shape", "row", "dims"),
    node("Concat", "dims one", "column_dims", axis=0),
    node("Reshape", "row column_dims", "column"),
    node("Expand", "column column_dims", "index"),
]
SELECTED_CONSTANTS: Constants = {"zero": np.array(0, np.int32), "rows": np.array(K, np.int32), "one": np.array([1])}
LOOK_UPS: dict[str, tuple[onnx.ValueInfoProto, list[NodeProto], Constants, NDArray[np.float32]]] = {
    "Keras, float32": (value("y", FLOAT, "n", 1), WRAPPED, WRAPPED_CONSTANTS, TABLE),
    "Keras, int32": (value("y", INT32, "n", 1), WRAPPED, WRAPPED_CONSTANTS, TABLE),
    "Keras, float32, no second dimension": (value("y", FLOAT, "n"), WRAPPED, WRAPPED_CONSTANTS, TABLE),
    "JAX, Gather": (
        value("y", INT32, "n"),
        [
            *SELECTED,
            node("Reshape", "index flat", "flat_index"),
            node("Gather", "table flat_index", "code", axis=0),
        ],
        {**SELECTED_CONSTANTS, "table": TABLE, "flat": np.array([-1])},
        TABLE,
    ),
    "JAX, GatherND": (
        value("y", INT32, "n"),
        [*SELECTED, node("Cast", "index", "wide", to=INT64), node("GatherND", "table wide", "code")],
        {**SELECTED_CONSTANTS, "table": TABLE},
        TABLE,
    ),
    "PyTorch, equal to a range": (
        value("y", INT64, "n"),
        [
            node("Unsqueeze", "y last", "column"),
            node("Equal", "column range", "same"),
            node("Cast", "same", "code", to=FLOAT),
        ],
        {"last": np.array([-1]), "range": np.arange(K)},
        ONE_HOT,
    ),
    "PyTorch, OneHot of limited indices": (
        value("y", INT32, "n"),
        [
            node("Constant", "", "depth", value=numpy_helper.from_array(np.array(K))),
            node("Cast", "y", "wide", to=INT64),
            node("Clip", "wide zero", "limited"),
            node("OneHot", "limited depth values", "bits", axis=-1),
            node("Cast", "bits", "code", to=FLOAT),
        ],
        {"zero": np.array(0), "values": np.array([0, 1])},
        ONE_HOT,
    ),
    "table in half precision": (
        value("y", INT64, "n"),
        [node("Cast", "half", "table", to=FLOAT), node("Gather", "table y", "code")],
        {"half": ONE_HOT.astype(np.float16)},
        ONE_HOT,
    ),
}


@pytest.mark.parametrize("case", LOOK_UPS)
def test_the_number_of_classes_follows_from_where_an_index_is_looked_up(case: str) -> None:
    label, look_up, constants, codes = LOOK_UPS[case]
    weight = RNG.standard_normal((Z + codes.shape[1], 64)).astype(np.float32)
    layers = [
        node("Concat", "z code", "both", axis=1),
        node("MatMul", "both weight", "linear"),
        node("Tanh", "linear", "flat_image"),
        node("Reshape", "flat_image shape", "image"),
    ]
    shape = np.array([-1, 8, 8, 1])
    data = generator(
        [value("z", FLOAT, "n", Z), label], [*look_up, *layers], {**constants, "weight": weight, "shape": shape}
    )
    drawn = run_adapted(data, LATENTS, nn.functional.one_hot(CLASSES, K).float())
    expected = np.tanh(np.concatenate([LATENTS.numpy(), codes[CLASSES.numpy()]], 1) @ weight)
    torch.testing.assert_close(drawn, torch.from_numpy(expected).view(-1, 1, 8, 8), rtol=0, atol=1e-5)


@pytest.mark.parametrize(("name", "stated"), [("training", False), ("is_eval", True)])
@pytest.mark.parametrize("rows", ["n", 1])
def test_a_switch_between_training_and_inference_is_set_to_inference(name: str, stated: bool, rows: int | str) -> None:
    branches = {
        branch: helper.make_graph([node("Mul", "linear factor", branch)], branch, [], [value(branch, FLOAT)])
        for branch in ("yes", "no")
    }
    for branch, factor in (("yes", 1.0 if stated else 0.0), ("no", 0.0 if stated else 1.0)):
        weight = numpy_helper.from_array(np.array(factor, np.float32), f"factor_{branch}")
        branches[branch].initializer.append(weight)
        branches[branch].node[0].input[1] = weight.name
    weight = RNG.standard_normal((Z, 64)).astype(np.float32)
    nodes = [
        node("MatMul", "z weight", "linear"),
        node("If", name, "chosen", then_branch=branches["yes"], else_branch=branches["no"]),
        node("Tanh", "chosen", "flat_image"),
        node("Reshape", "flat_image shape", "image"),
    ]
    constants: Constants = {"weight": weight, "shape": np.array([-1, 1, 8, 8])}
    data = generator([value(name, BOOL), value("z", FLOAT, rows, Z)], nodes, constants)
    expected = torch.tanh(LATENTS @ torch.from_numpy(weight)).view(-1, 1, 8, 8)
    torch.testing.assert_close(run_adapted(data, LATENTS), expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("kind", [torch.float64, torch.float16])
def test_other_precisions_are_drawn_in_float32(kind: torch.dtype) -> None:
    """In float64 there is no transposed convolution in onnxruntime."""
    network = seeded(dcgan).to(kind)
    data = onnx_file(network, {"input": torch.zeros(2, Z, 1, 1, dtype=kind)})
    with torch.no_grad():
        expected = network.float()(LATENTS[:, :, None, None])
    torch.testing.assert_close(run_adapted(data, LATENTS), expected, rtol=0, atol=1e-5)


class Dropped(nn.Module):
    """MLP with a norm and dropout between its layers."""

    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(Z, 32), nn.BatchNorm1d(32), nn.Dropout(0.5), nn.Linear(32, 64), nn.Tanh())

    def forward(self, z: Tensor) -> Tensor:
        x: Tensor = self.net(z)
        return x.view(-1, 1, 8, 8)


@pytest.mark.parametrize("build", [dcgan, Dropped])
@pytest.mark.parametrize("opset", [11, 17])
def test_what_was_exported_in_training_mode_is_drawn_with_the_stored_statistics(
    build: type[nn.Module], opset: int
) -> None:
    network = seeded(build)
    dims = (Z, 1, 1) if build is dcgan else (Z,)
    data = onnx_file(network, {"input": torch.zeros(2, *dims)}, opset=opset, training=True)
    with torch.no_grad():
        expected = network.eval()(LATENTS.view(-1, *dims))  # the export itself moved the statistics
    torch.testing.assert_close(run_adapted(data, LATENTS), expected, rtol=0, atol=1e-5)


WIDER: Constants = {"weight": RNG.standard_normal((Z, 64)).astype(np.float32), "shape": np.array([-1, 1, 8, 8])}
LAYERS = [node("MatMul", "z weight", "linear"), node("Tanh", "linear", "flat"), node("Reshape", "flat shape", "image")]


def test_a_graph_of_newer_operators_is_rewritten_in_those_that_a_browser_has() -> None:
    data = generator([value("z", FLOAT, "n", Z)], LAYERS, WIDER, opset=24)
    weight = torch.from_numpy(np.asarray(WIDER["weight"]))
    expected = torch.tanh(LATENTS @ weight).view(-1, 1, 8, 8)
    torch.testing.assert_close(run_adapted(data, LATENTS), expected, rtol=0, atol=1e-5)


def test_a_graph_with_an_operator_that_a_browser_lacks_is_refused() -> None:
    newest = [LAYERS[0], node("Swish", "linear", "flat"), LAYERS[2]]  # which came with opset 24
    with pytest.raises(DataError, match="version 24, newer than 23"):
        parse(generator([value("z", FLOAT, "n", Z)], newest, WIDER, opset=24))


@pytest.mark.parametrize(("last", "expected"), [("Tanh", "-1_to_1"), ("Sigmoid", "0_to_1"), ("Abs", "")])
def test_the_range_of_values_follows_from_the_last_operator(last: str, expected: str) -> None:
    layers = [
        node("MatMul", "z weight", "linear"),
        node(last, "linear", "flat"),
        node("Reshape", "flat shape", "square"),
        node("Transpose", "square", "image", perm=[0, 2, 3, 1]),
    ]
    model = parse(generator([value("z", FLOAT, "n", Z)], layers, WIDER))
    assert stated_range(model.graph, "image") == expected
