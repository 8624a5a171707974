"""torch's basic operators as ONNX operators: a function of the writer, the arguments and the output's shape each."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch

from gan_demo.gan.compiled.values import GraphWriter, Value, constant

Shape = tuple[int, ...]
Emitted = Value | tuple[Value, ...]
Operator = Callable[..., Emitted]  # (writer, shape of the output, *arguments) -> value

_MATH: dict[str, Callable[[float, float], float]] = {
    "Add": lambda a, b: a + b,
    "Sub": lambda a, b: a - b,
    "Mul": lambda a, b: a * b,
    "Div": lambda a, b: a / b,
}


def _value(argument: Value | float) -> Value:
    return argument if isinstance(argument, Value) else constant(argument)


def _same_tensor(value: Value, shape: Shape) -> Value:
    """Return ``value`` as a value of a shape to which it broadcasts."""
    if value.shape == shape:
        return value
    return Value(value.name, shape, value.stored, value.number)


def _binary(name: str) -> Callable[..., Value]:
    def write(w: GraphWriter, shape: Shape, left: Value | float, right: Value | float) -> Value:
        a, b = _value(left), _value(right)
        if a.number is not None and b.number is not None and not (name == "Div" and b.number == 0):
            return constant(_MATH[name](a.number, b.number), shape)
        neutral = 0.0 if name in ("Add", "Sub") else 1.0
        if b.number == neutral:
            return _same_tensor(a, shape)
        if a.number == neutral and name in ("Add", "Mul"):
            return _same_tensor(b, shape)
        return w.elementwise(name, [a, b], shape)

    return write


def _unary(name: str) -> Operator:
    return lambda w, shape, x: w.elementwise(name, [x], shape)


def _as_it_is(w: GraphWriter, shape: Shape, x: Value, *_: Any, **__: Any) -> Value:
    return x


def _constant(position: int) -> Operator:
    return lambda w, shape, *arguments, **_: constant(arguments[position], shape)


def _leaky_relu(w: GraphWriter, shape: Shape, x: Value, slope: float = 0.01) -> Value:
    return w.elementwise("LeakyRelu", [x], shape, alpha=float(slope))


def _softplus(w: GraphWriter, shape: Shape, x: Value, beta: float = 1, threshold: float = 20) -> Value:
    assert beta == 1, "softplus as it is written in losses"
    return w.elementwise("Softplus", [x], shape)


def _rsqrt(w: GraphWriter, shape: Shape, x: Value) -> Value:
    return w.elementwise("Reciprocal", [w.elementwise("Sqrt", [x], shape)], shape)


def _power(w: GraphWriter, shape: Shape, x: Value, exponent: float) -> Value:
    if exponent == 1:
        return x
    if exponent == 2:
        return w.elementwise("Mul", [x, x], shape)
    return w.elementwise("Pow", [x, constant(exponent)], shape)


def _where(w: GraphWriter, shape: Shape, condition: Value, a: Value, b: Value) -> Value:
    return w.elementwise("Where", [condition, a, b], shape)


def _greater(w: GraphWriter, shape: Shape, x: Value, bound: float) -> Value:
    return w.elementwise("Greater", [x, _value(bound)], shape)


def _expand(w: GraphWriter, shape: Shape, x: Value, *_: Any, **__: Any) -> Value:
    return _same_tensor(x, shape)


def _view(w: GraphWriter, shape: Shape, x: Value, *_: Any) -> Value:
    return w.reshape(x, shape)


def _unsqueeze(w: GraphWriter, shape: Shape, x: Value, dim: int) -> Value:
    if x.number is not None:
        return constant(x.number, shape)
    aligned = [1] * (len(x.shape) - len(x.stored)) + list(x.stored)
    aligned.insert(dim % len(shape), 1)
    short = w.reshape(Value(x.name, x.stored, x.stored, reshaped_from=x.reshaped_from), tuple(aligned))
    return Value(short.name, shape, tuple(aligned), reshaped_from=short.reshaped_from)


def _permute(w: GraphWriter, shape: Shape, x: Value, order: Sequence[int]) -> Value:
    order = [k % len(shape) for k in order]
    if x.number is not None:
        return constant(x.number, shape)
    if list(order) == sorted(order):
        return x
    if x.transposed_from is not None:
        return x.transposed_from
    matrix = len(order) == 2
    if math.prod(shape) in shape:  # a row becomes a column
        moved = w.reshape(x, shape)
        return Value(moved.name, shape, moved.stored, None, moved.reshaped_from, x if matrix else None)
    (name,) = w.node("Transpose", [w.whole(x)], perm=list(order))
    return Value(name, shape, shape, transposed_from=x if matrix else None)


def _product(w: GraphWriter, shape: Shape, a: Value, b: Value, bias: Value | None = None) -> Value:
    """Write a product of matrices; transposed ones are read in the other order instead."""
    sides = [value.transposed_from or value for value in (a, b)]
    flags = {name: 1 for name, value in (("transA", a), ("transB", b)) if value.transposed_from is not None}
    return w.operator("Gemm", [*sides, *([] if bias is None else [bias])], shape, **flags)


def _product_with_bias(w: GraphWriter, shape: Shape, bias: Value, a: Value, b: Value) -> Value:
    return _product(w, shape, a, b, bias)


def _reduced(name: str) -> Callable[..., Value]:
    def write(
        w: GraphWriter, shape: Shape, x: Value, dims: Sequence[int] | None = None, keepdim: bool = False, **_: Any
    ) -> Value:
        axes = sorted(k % len(x.shape) for k in dims) if dims else list(range(len(x.shape)))
        count = math.prod(x.shape[k] for k in axes)
        if x.number is not None:
            return constant(x.number * (count if name == "ReduceSum" else 1), shape)
        if count == 1:
            return w.reshape(x, shape)
        (output,) = w.node(name, [w.whole(x), w.integers(axes)], keepdims=int(keepdim))
        return Value(output, shape, shape)

    return write


def _variance_and_mean(
    w: GraphWriter, shapes: tuple[Shape, Shape], x: Value, dims: Sequence[int], *, correction: float, keepdim: bool
) -> tuple[Value, Value]:
    reduced_shape = tuple(1 if k in dims else n for k, n in enumerate(x.shape))
    count = math.prod(x.shape[k] for k in dims)
    mean = _REDUCED_MEAN(w, reduced_shape, x, dims, True)
    away = w.elementwise("Sub", [x, mean], x.shape)
    variance = _REDUCED_MEAN(w, reduced_shape, w.elementwise("Mul", [away, away], x.shape), dims, True)
    variance = _binary("Mul")(w, reduced_shape, variance, count / (count - correction))
    return w.reshape(variance, shapes[0]), w.reshape(mean, shapes[1])


def _joined(w: GraphWriter, shape: Shape, values: Sequence[Value], dim: int = 0) -> Value:
    values = [value for value in values if math.prod(value.shape)]
    return values[0] if len(values) == 1 else w.operator("Concat", list(values), shape, axis=dim % len(shape))


def _split(
    w: GraphWriter, shapes: tuple[Shape, ...], x: Value, sizes: Sequence[int], dim: int = 0
) -> tuple[Value, ...]:
    if x.number is not None:
        return tuple(constant(x.number, shape) for shape in shapes)
    if len(sizes) == 1:
        return (x,)
    names = w.node("Split", [w.whole(x), w.integers(list(sizes))], len(sizes), axis=dim % len(x.shape))
    return tuple(Value(name, shape, shape) for name, shape in zip(names, shapes, strict=True))


def _slice(
    w: GraphWriter,
    shape: Shape,
    x: Value,
    dim: int = 0,
    start: int | None = None,
    end: int | None = None,
    step: int = 1,
) -> Value:
    if x.number is not None or shape == x.shape:
        return _same_tensor(x, shape) if x.number is None else constant(x.number, shape)
    first, last, _ = slice(start, end, step).indices(x.shape[dim])
    places = [w.integers([number]) for number in (first, last, dim % len(x.shape), step)]
    return Value(w.node("Slice", [w.whole(x), *places])[0], shape, shape)


def _convolution(
    w: GraphWriter,
    shape: Shape,
    x: Value,
    weight: Value,
    bias: Value | None,
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
    transposed: bool,
    output_padding: Sequence[int],
    groups: int,
) -> Value:
    attributes = {"strides": list(stride), "pads": [*padding, *padding], "dilations": list(dilation), "group": groups}
    if transposed and any(output_padding):
        attributes["output_padding"] = list(output_padding)
    values = [x, weight, *([] if bias is None else [bias])]
    return w.operator("ConvTranspose" if transposed else "Conv", values, shape, **attributes)


def _overwritten(w: GraphWriter, shape: Shape, target: Value, source: Value, *_: Any) -> Value:
    return source


_REDUCED_MEAN = _reduced("ReduceMean")
_aten = torch.ops.aten
OPERATORS: dict[Any, Operator] = {
    _aten.add.Tensor: _binary("Add"),
    _aten.add_.Tensor: _binary("Add"),
    _aten.add.Scalar: _binary("Add"),
    _aten.sub.Tensor: _binary("Sub"),
    _aten.mul.Tensor: _binary("Mul"),
    _aten.mul.Scalar: _binary("Mul"),
    _aten.div.Tensor: _binary("Div"),
    _aten.div.Scalar: _binary("Div"),
    _aten.neg.default: _unary("Neg"),
    _aten.exp.default: _unary("Exp"),
    _aten.sqrt.default: _unary("Sqrt"),
    _aten.sigmoid.default: _unary("Sigmoid"),
    _aten.tanh.default: _unary("Tanh"),
    _aten.relu.default: _unary("Relu"),
    _aten.reciprocal.default: _unary("Reciprocal"),
    _aten.rsqrt.default: _rsqrt,
    _aten.leaky_relu.default: _leaky_relu,
    _aten.softplus.default: _softplus,
    _aten.pow.Tensor_Scalar: _power,
    _aten.where.self: _where,
    _aten.gt.Scalar: _greater,
    _aten.alias.default: _as_it_is,
    _aten.detach.default: _as_it_is,
    _aten.clone.default: _as_it_is,
    _aten._to_copy.default: _as_it_is,
    _aten.copy_.default: _overwritten,
    _aten.full.default: _constant(1),
    _aten.full_like.default: _constant(1),
    _aten.scalar_tensor.default: _constant(0),
    _aten.empty.memory_format: lambda w, shape, *_, **__: constant(0, shape),  # nothing reads it
    _aten.expand.default: _expand,
    _aten.view.default: _view,
    _aten._unsafe_view.default: _view,
    _aten.squeeze.dims: _view,
    _aten.unsqueeze.default: _unsqueeze,
    _aten.permute.default: _permute,
    _aten.mm.default: _product,
    _aten.addmm.default: _product_with_bias,
    _aten.sum.dim_IntList: _reduced("ReduceSum"),
    _aten.mean.default: _REDUCED_MEAN,
    _aten.mean.dim: _REDUCED_MEAN,
    _aten.var_mean.correction: _variance_and_mean,
    _aten.cat.default: _joined,
    _aten.split_with_sizes.default: _split,
    _aten.slice.Tensor: _slice,
    _aten.convolution.default: _convolution,
}
