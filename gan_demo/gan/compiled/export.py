"""Graphs of a training step, from its settings to the ONNX file."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, fx

from gan_demo.gan.compiled.operators import OPERATORS
from gan_demo.gan.compiled.spec import CONTROLS, GraphSpec
from gan_demo.gan.compiled.tracing import trace
from gan_demo.gan.compiled.updates import Batch, StepFunction
from gan_demo.gan.compiled.values import GraphWriter, Value

Shape = tuple[int, ...]


def step_onnx(spec: GraphSpec) -> bytes:
    """Compile a step; docs/compiled-step.md describes inputs and outputs."""
    step = StepFunction.of(spec)
    inputs = input_shapes(spec, step)
    names = list(inputs)

    def outputs(*tensors: Tensor) -> dict[str, Tensor]:
        given = dict(zip(names, tensors, strict=True))
        batch = Batch(given["x"], given["z"], given.get("y"), given.get("positions"))
        outcome = step(given["g"], given["d"], given["controls"], batch)
        changed = {"next_g": outcome.g, "next_d": outcome.d, "report": outcome.report, "logits": outcome.logits}
        return {name: tensor for name, tensor in changed.items() if tensor is not None}

    return function_onnx(outputs, inputs)


def input_shapes(spec: GraphSpec, step: StepFunction) -> dict[str, Shape]:
    """Return the inputs of a step's graph, in order."""
    model, n = spec.model, spec.batch
    shapes: dict[str, Shape] = {
        "g": (step.layout.g.length,),
        "d": (step.layout.d.length,),
        "controls": (len(CONTROLS),),
        "x": (n, *model.shape),
        "z": (n, model.z_dim),
    }
    if model.label_width:
        shapes["y"] = (n, model.label_width)
    return shapes | ({"positions": (n // model.packing,)} if spec.interpolated else {})


def function_onnx(function: Callable[..., dict[str, Tensor]], inputs: dict[str, Shape]) -> bytes:
    """Write a function of float32 tensors, which returns tensors by name, as an ONNX file."""
    names: list[str] = []

    def traced(*tensors: Tensor) -> list[Tensor]:
        outputs = function(*tensors)
        names[:] = outputs
        return list(outputs.values())

    module = trace(traced, [torch.zeros(shape) for shape in inputs.values()])
    writer = GraphWriter()
    values = _written(module.graph, writer, inputs)
    return writer.model(inputs, dict(zip(names, values, strict=True)))


def _written(graph: fx.Graph, writer: GraphWriter, inputs: dict[str, Shape]) -> list[Value]:
    """Write all nodes; return the outputs."""
    values: dict[fx.Node, Any] = {}
    remaining = iter(inputs.items())
    for node in graph.nodes:
        if node.op == "placeholder":
            name, shape = next(remaining)
            values[node] = Value(name, shape, shape)
        elif node.op == "output":
            return [_known(argument, values) for argument in node.args[0]]
        elif node.target is operator.getitem:
            values[node] = values[node.args[0]][node.args[1]]
        else:
            values[node] = _operator(node, writer, values)
    raise AssertionError("a graph has outputs")


def _operator(node: fx.Node, writer: GraphWriter, values: dict[fx.Node, Any]) -> Any:
    write = OPERATORS.get(node.target)
    assert write is not None, f"no ONNX operator for {node.target}"
    arguments = [_known(argument, values) for argument in node.args]
    meta = node.meta["val"]
    shape = tuple(meta.shape) if isinstance(meta, Tensor) else tuple(tuple(output.shape) for output in meta)
    keywords = {name: _known(value, values) for name, value in node.kwargs.items()}
    value = write(writer, shape, *arguments, **{k: v for k, v in keywords.items() if k in ("correction", "keepdim")})
    if _in_place(node):
        assert isinstance(node.args[0], fx.Node)
        values[node.args[0]] = value
    return value


def _known(argument: Any, values: dict[fx.Node, Any]) -> Any:
    if isinstance(argument, fx.Node):
        return values[argument]
    if isinstance(argument, Sequence) and not isinstance(argument, str):
        return [_known(part, values) for part in argument]
    return argument


def _in_place(node: fx.Node) -> bool:
    return isinstance(node.target, torch._ops.OpOverload) and node.target._schema.is_mutable
