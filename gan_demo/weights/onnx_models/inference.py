"""Graphs as inference takes them: in float32, with the stored statistics of norms, in operators that the browser has.

onnxruntime has no transposed convolution in float64, and few operators in half precision. What was exported in training
mode normalises a batch by its own statistics, so that an image would depend on its neighbours.
"""

from __future__ import annotations

import numpy as np
import onnx
from onnx import GraphProto, ModelProto, NodeProto, TensorProto, numpy_helper

from gan_demo.weights.onnx_models.traversal import graphs, tensors

_OTHER_FLOATS = (TensorProto.DOUBLE, TensorProto.FLOAT16, TensorProto.BFLOAT16)
_TYPE_ATTRIBUTES = ("to", "dtype", "output_dtype", "stash_type")  # that name a type of TensorProto


def for_inference(model: ModelProto, newest_opset: int) -> None:
    """Change a model in place: float32, inference mode, and at most ``newest_opset`` where operators allow it."""
    if opset(model) > newest_opset:
        _lower_opset(model, newest_opset)
    for tensor in tensors(model):
        if tensor.data_type in _OTHER_FLOATS:
            values = numpy_helper.to_array(tensor).astype(np.float32)
            tensor.CopyFrom(numpy_helper.from_array(values, tensor.name))
    for graph in graphs(model):
        _use_float32(graph)
        for node in graph.node:
            _use_stored_statistics(node)
    produced = {name for node in model.graph.node for name in node.output}
    produced |= {value.name for value in [*model.graph.input, *model.graph.initializer]}
    for value in [value for value in model.graph.output if value.name not in produced]:  # such as running statistics
        model.graph.output.remove(value)


def opset(model: ModelProto) -> int:
    """Return the version of the standard operators in a model."""
    return max((entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")), default=0)


def _lower_opset(model: ModelProto, version: int) -> None:
    try:
        model.CopyFrom(onnx.version_converter.convert_version(model, version))
    except Exception:  # operators that older versions lack; ``interface.parse`` refuses them
        return


def _use_float32(graph: GraphProto) -> None:
    """Let nodes and values of a graph, whose tensors are float32, say so."""
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.name in _TYPE_ATTRIBUTES and attribute.i in _OTHER_FLOATS:
                attribute.i = TensorProto.FLOAT
    for value in [*graph.input, *graph.output, *graph.value_info]:
        if value.type.tensor_type.elem_type in _OTHER_FLOATS:
            value.type.tensor_type.elem_type = TensorProto.FLOAT


def _use_stored_statistics(node: NodeProto) -> None:
    """Set a norm or a dropout to inference; the outputs that only training has go."""
    if node.op_type == "BatchNormalization":
        _remove_attribute(node, "training_mode")
        del node.output[1:]
    elif node.op_type == "Dropout":
        del node.input[2:]


def _remove_attribute(node: NodeProto, name: str) -> None:
    for attribute in [attribute for attribute in node.attribute if attribute.name == name]:
        node.attribute.remove(attribute)
