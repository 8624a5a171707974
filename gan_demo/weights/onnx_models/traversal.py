"""All graphs and tensors of an ONNX model, those in attributes of nodes and in functions too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from onnx import AttributeProto, GraphProto, ModelProto, NodeProto, SparseTensorProto, TensorProto


def graphs(model: ModelProto) -> Iterator[GraphProto]:
    """Yield a model's graph and all graphs inside it."""
    waiting = [model.graph, *_inner_graphs(_function_nodes(model))]
    while waiting:
        graph = waiting.pop()
        yield graph
        waiting += _inner_graphs(graph.node)


def tensors(model: ModelProto) -> Iterator[TensorProto]:
    """Yield all tensors of a model, also those of which sparse ones consist."""
    yield from _in_nodes(_function_nodes(model))
    for graph in graphs(model):
        yield from graph.initializer
        yield from _dense(graph.sparse_initializer)
        yield from _in_nodes(graph.node)


def _function_nodes(model: ModelProto) -> Iterator[NodeProto]:
    return (node for function in model.functions for node in function.node)


def _inner_graphs(nodes: Iterable[NodeProto]) -> Iterator[GraphProto]:
    for attribute in _attributes(nodes):
        if attribute.HasField("g"):
            yield attribute.g
        yield from attribute.graphs


def _in_nodes(nodes: Iterable[NodeProto]) -> Iterator[TensorProto]:
    for attribute in _attributes(nodes):
        if attribute.HasField("t"):
            yield attribute.t
        if attribute.HasField("sparse_tensor"):
            yield from _dense([attribute.sparse_tensor])
        yield from attribute.tensors
        yield from _dense(attribute.sparse_tensors)


def _attributes(nodes: Iterable[NodeProto]) -> Iterator[AttributeProto]:
    return (attribute for node in nodes for attribute in node.attribute)


def _dense(tensors: Iterable[SparseTensorProto]) -> Iterator[TensorProto]:
    for tensor in tensors:
        yield from (tensor.values, tensor.indices)
