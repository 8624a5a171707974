"""Functions of tensors, with all of their derivatives, as a list of torch's basic operators."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import torch
from torch import Tensor, fx

_lock = threading.Lock()  # tracing changes how torch calls operators


def trace(function: Callable[..., Any], examples: Sequence[Tensor]) -> fx.GraphModule:
    """Trace a function of tensors; each node's ``meta["val"]`` has the shape of its value."""
    from torch.fx.experimental.proxy_tensor import make_fx  # a second to import

    with _lock:
        return make_fx(function, decomposition_table=_decompositions(), tracing_mode="fake")(*examples)


@cache
def _decompositions() -> dict[Any, Callable[..., Any]]:
    from torch._decomp import core_aten_decompositions, get_decompositions

    aten = torch.ops.aten
    table: dict[Any, Callable[..., Any]] = dict(core_aten_decompositions())
    table.update(
        get_decompositions(
            [
                aten.native_batch_norm,
                aten.native_batch_norm_backward,
                aten._native_batch_norm_legit,
                aten._native_batch_norm_legit_functional,
                aten.tanh_backward,
                aten.sigmoid_backward,
            ]
        )
    )
    for operator in (aten.softplus, aten.leaky_relu, aten.relu):  # ONNX has them
        table.pop(operator.default, None)
    table[aten.clone.default] = _clone
    table[aten.softplus_backward.default] = _softplus_backward
    table[aten.leaky_relu_backward.default] = _leaky_relu_backward
    table[aten.threshold_backward.default] = _threshold_backward
    table[aten.convolution_backward.default] = _convolution_backward
    return table


def _clone(x: Tensor, *, memory_format: torch.memory_format | None = None) -> Tensor:
    """Copy into the one layout in memory that ONNX has."""
    if memory_format == torch.contiguous_format:
        return NotImplemented  # type: ignore[no-any-return]
    copy: Tensor = torch.ops.aten.clone(x, memory_format=torch.contiguous_format)
    return copy


def _softplus_backward(slope: Tensor, x: Tensor, beta: float, threshold: float) -> Tensor:
    return slope * torch.sigmoid(x)


def _leaky_relu_backward(slope: Tensor, x: Tensor, negative_slope: float, is_result: bool) -> Tensor:
    return torch.where(x > 0, slope, slope * negative_slope)


def _threshold_backward(slope: Tensor, x: Tensor, threshold: float) -> Tensor:
    return torch.where(x > threshold, slope, 0.0)


def _convolution_backward(
    slope: Tensor,
    x: Tensor,
    w: Tensor,
    bias_sizes: Sequence[int] | None,
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
    transposed: bool,
    output_padding: Sequence[int],
    groups: int,
    mask: Sequence[bool],
) -> tuple[Tensor | None, Tensor | None, Tensor | None]:
    """Return the gradients of input, weight and bias as convolutions."""
    convolution = torch.ops.aten.convolution
    of_x = of_w = of_b = None
    if mask[0] and transposed:
        of_x = convolution(slope, w, None, stride, padding, dilation, False, [0, 0], groups)
    elif mask[0]:
        sides = zip(x.shape[2:], slope.shape[2:], w.shape[2:], stride, padding, dilation, strict=True)
        extra = [n - ((m - 1) * s - 2 * p + d * (k - 1) + 1) for n, m, k, s, p, d in sides]
        of_x = convolution(slope, w, None, stride, padding, dilation, True, extra, groups)
    if mask[1]:  # batch and channels change places, and so do stride and dilation
        inner, outer = (slope, x) if transposed else (x, slope)
        of_w = convolution(
            inner.transpose(0, 1), outer.transpose(0, 1), None, dilation, padding, stride, False, [0, 0], 1
        )
        of_w = of_w[:, :, : w.shape[2], : w.shape[3]].transpose(0, 1)
    if mask[2]:
        of_b = slope.sum([0, 2, 3])
    return of_x, of_w, of_b
