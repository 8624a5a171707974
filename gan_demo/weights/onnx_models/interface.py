"""Inputs and outputs of a foreign ONNX generator: which input is the latent, which one the class, what comes out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import onnx
import onnx.inliner
from onnx import ModelProto, TensorProto, ValueInfoProto

from gan_demo.errors import GET_AGAIN, DataError
from gan_demo.weights.onnx_models.class_count import class_count
from gan_demo.weights.onnx_models.inference import for_inference, opset
from gan_demo.weights.onnx_models.joining import join
from gan_demo.weights.onnx_models.traversal import graphs

STANDARD = (
    "Export it with standard operators only, such as "
    "torch.onnx.export(generator, z, path, opset_version=17, dynamo=False)"
)
_UNCLEAR = "has the inputs {names}, of which it is unclear what they take"
ONE_LATENT = "Export a generator with one latent input, perhaps a class input, and one image output"

MAX_OPSET = 23  # of the vendored onnxruntime-web
MAX_LATENTS = 4096
MAX_CLASSES = 10_000
_INTEGERS = (TensorProto.INT64, TensorProto.INT32)
_CLASS = re.compile(r"(^|[._/:])(y|c|cls|cond\w*|\w*label\w*|\w*class\w*|\w*one_?hot\w*|targets?)($|[._/:\d])", re.I)
_PSI = re.compile(r"(^|[._/:])(psi|truncation(_?psi)?)($|[._/:])", re.I)
_INFERENCE = re.compile(r"infer|eval|deterministic|test", re.I)


@dataclass(frozen=True)
class LatentInput:
    """Input of latents: (N, Z) if ``dims`` is (Z,), else (N, Z, 1, 1) or the like."""

    name: str
    dims: tuple[int, ...]  # of one latent
    batch: int | None  # rows that the graph takes; None for any number

    @property
    def size(self) -> int:
        """Number Z of values in a latent."""
        return max(self.dims)


@dataclass(frozen=True)
class ClassInput:
    """Input of classes: ``count`` values one-hot, or the index of one of them."""

    name: str
    type: int  # of TensorProto
    count: int
    is_index: bool
    rank: int  # of the input, with the batch


@dataclass(frozen=True)
class SwitchInput:
    """Input of one truth value that switches between training and inference, such as ``training``."""

    name: str
    value: bool  # for inference
    dims: tuple[int, ...]


@dataclass(frozen=True)
class Interface:
    """Inputs and the image output of a generator's graph."""

    latent: LatentInput
    classes: ClassInput | None
    psi: str  # name of a truncation input, "" without one
    psi_dims: tuple[int, ...]
    switches: tuple[SwitchInput, ...]
    output: str


def parse(data: bytes, beside: Mapping[str, Path] = MappingProxyType({})) -> ModelProto:
    """Return the model in a file, functions inlined, ``for_inference``; its weights may lie in files ``beside`` it.

    Raises DataError for what is not to be run, FilesNeededError where files lack.
    """
    try:
        model = onnx.load_model_from_string(data)
    except Exception as failure:
        raise DataError("file", "", "is incomplete or damaged", GET_AGAIN) from failure
    if not model.graph.node:
        raise DataError("file", "", "is incomplete or damaged", GET_AGAIN)
    join(model, beside)
    if model.functions:
        model = onnx.inliner.inline_local_functions(model)
    _check_operators(model)
    for_inference(model, MAX_OPSET)
    if opset(model) > MAX_OPSET:
        problem = "needs ONNX operators of version {opset}, newer than {most}"
        raise DataError("file", "", problem, STANDARD, opset=opset(model), most=MAX_OPSET)
    return model


def _check_operators(model: ModelProto) -> None:
    for graph in graphs(model):
        for node in graph.node:
            if node.domain not in ("", "ai.onnx"):
                name = f"{node.domain}.{node.op_type}"
                raise DataError("file", "", "uses the custom operator {operator}", STANDARD, operator=name)


def interface(model: ModelProto) -> Interface:
    """Return which inputs are what. Raises DataError for a graph that draws no images from latents."""
    graph = model.graph
    stored = {tensor.name for tensor in graph.initializer}
    inputs = [value for value in graph.input if value.name not in stored]
    psi = next((value for value in inputs if _PSI.search(value.name) and _is_float(value)), None)
    switches = [value for value in inputs if _is_switch(value)]
    others = [value for value in inputs if value is not psi and value not in switches]
    counts = {value.name: class_count(graph, value.name) for value in others if _may_be_index(value)}
    latent_values = [value for value in others if _is_latent(value) and not counts.get(value.name)]
    if not latent_values:
        _refuse_inputs(others)
    latent_values.sort(key=lambda value: (bool(_CLASS.search(value.name)), -_latent_size(value)))
    latent_value = latent_values[0]
    rest = [value for value in others if value is not latent_value]
    if len(rest) > 1:
        names = ", ".join(value.name for value in inputs)
        raise DataError("file", "", _UNCLEAR, ONE_LATENT, names=names)
    dims = _dims(latent_value)
    if max(value or 1 for value in dims[1:]) > MAX_LATENTS:
        raise DataError("file", "", "takes images or sequences, not latents", ONE_LATENT)
    return Interface(
        LatentInput(latent_value.name, tuple(value or 1 for value in dims[1:]), dims[0]),
        _class_input(rest[0], counts.get(rest[0].name)) if rest else None,
        psi.name if psi else "",
        tuple(d or 1 for d in _dims(psi)) if psi else (),
        tuple(
            SwitchInput(value.name, bool(_INFERENCE.search(value.name)), tuple(d or 1 for d in _dims(value)))
            for value in switches
        ),
        _output(model),
    )


def _refuse_inputs(values: Sequence[ValueInfoProto]) -> None:
    if not values:
        raise DataError("file", "", "has no input, so it draws the same image always", ONE_LATENT)
    if any(_is_float(value) and len(_dims(value)) == 4 for value in values):
        raise DataError("file", "", "takes images or sequences, not latents", ONE_LATENT)
    names = ", ".join(value.name for value in values)
    raise DataError(
        "file", "", "has the inputs {names}, of which none is a latent vector of known length", ONE_LATENT, names=names
    )


def _class_input(value: ValueInfoProto, count: int | None) -> ClassInput:
    """Return an input as one of classes; ``count`` is their number where the graph looks it up as an index."""
    dims, type_ = _dims(value), _type(value)
    if count:
        return ClassInput(value.name, type_, min(count, MAX_CLASSES), True, len(dims))
    if type_ in _INTEGERS and _may_be_index(value):
        problem = "has a class input {name} that does not say how many classes there are"
        raise DataError("file", "", problem, "Export it with a one-hot class input", name=value.name)
    if type_ in (TensorProto.FLOAT, *_INTEGERS) and len(dims) == 2 and dims[1] and dims[1] <= MAX_CLASSES:
        return ClassInput(value.name, type_, dims[1], False, 2)
    raise DataError("file", "", _UNCLEAR, ONE_LATENT, names=value.name)


def _may_be_index(value: ValueInfoProto) -> bool:
    """Return whether an input is a number a row; Keras gives indices as float32, unless told otherwise."""
    dims = _dims(value)
    is_number = _is_float(value) or _type(value) in _INTEGERS
    return is_number and (len(dims) == 1 or (len(dims) == 2 and dims[1] == 1))


def _is_switch(value: ValueInfoProto) -> bool:
    return _type(value) == TensorProto.BOOL and all(size == 1 for size in _dims(value))


def _output(model: ModelProto) -> str:
    """Return the name of the output that looks most like images: by its dimensions where they are known."""
    try:
        known = {v.name: len(_dims(v)) for v in onnx.shape_inference.infer_shapes(model).graph.output}
    except Exception:  # of graphs that it can't follow; the run will tell
        known = {}
    outputs: list[str] = [value.name for value in model.graph.output]
    if not outputs:
        raise DataError("file", "", "has no output", ONE_LATENT)
    ranks = {4: 0, 3: 1, 2: 2}  # by the number of dimensions
    return min(outputs, key=lambda name: ranks.get(known.get(name, 0), 3))


def _is_latent(value: ValueInfoProto) -> bool:
    dims = _dims(value)
    if not _is_float(value) or len(dims) < 2 or any(size is None for size in dims[1:]):
        return False
    return sum(size != 1 for size in dims[1:]) <= 1


def _latent_size(value: ValueInfoProto) -> int:
    return max(size or 1 for size in _dims(value)[1:])


def _is_float(value: ValueInfoProto) -> bool:
    return _type(value) == TensorProto.FLOAT


def _type(value: ValueInfoProto) -> int:
    return int(value.type.tensor_type.elem_type)


def _dims(value: ValueInfoProto) -> tuple[int | None, ...]:
    """Return the sizes of a value; None where they are free."""
    shape = value.type.tensor_type.shape.dim
    return tuple(size.dim_value if size.HasField("dim_value") and size.dim_value > 0 else None for size in shape)
