"""Graphs whose sizes are filled in by whoever runs them: one template serves all widths, batches and noise dimensions.

A graph is compiled for sizes that are distinct primes. Every constant that follows from them is then recognised and
replaced by a mark, which says by which formula to compute it; docs/compiled-step.md describes marks and formulas.
"""

from __future__ import annotations

import itertools
import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from onnx import numpy_helper

from gan_demo.config import ModelConfig
from gan_demo.gan.compiled.layout import StateLayout, TensorSlice

SIZES = {"batch": 1009, "z_dim": 23, "width": 211, "d_width": 223}  # of the networks that are traced
LITERAL = 16  # whole numbers up to this stand for themselves, as axes do
INTEGER_MARK = b"gan:int"  # of a whole number, 8 bytes: 7 and the formula's index in the list
FLOAT_MARK = b"g:f"  # of a float32, 4 bytes: 3 and the formula's index
Monomial = tuple[float, tuple[str, ...]]
Formula = tuple[Monomial, ...]  # a sum of products: ((2, ("batch",)), (1, ()))


@dataclass
class Formulas:
    """Formulas with their indices, which marks name; a file of templates has one list."""

    indices: dict[Formula, int]
    integers: dict[int, Formula]
    floats: dict[bytes, Formula]
    literals: frozenset[int]

    @staticmethod
    def of(model: ModelConfig, literals: frozenset[int]) -> Formulas:
        """Return the formulas that occur in graphs of these networks, which have ``SIZES``."""
        integers: dict[int, Formula] = {}
        for names in (*itertools.combinations_with_replacement(SIZES, 2), *((name,) for name in SIZES)):
            for factor in (1, 2):
                integers[factor * math.prod(SIZES[name] for name in names)] = ((factor, names),)
        layout = StateLayout.of(model)
        for vector in (layout.g, layout.d):
            total = parameters(vector.tensors)
            for factor in range(1, 5):
                integers[factor * vector.parameters] = tuple((factor * count, names) for count, names in total)
        floats: dict[bytes, Formula] = {}
        for share in (-2.0, -1.0, -0.5, 0.5, 1.0, 2.0):
            floats[_float(share / SIZES["batch"])] = ((share, ("1/batch",)),)
        for factor in (1, 2):
            floats[_float(factor * SIZES["batch"])] = ((factor, ("batch",)),)
        return Formulas({}, integers, floats, literals)

    def index_of(self, formula: Formula) -> int:
        """Return the index of a formula, a new one at its first use."""
        index = self.indices.setdefault(formula, len(self.indices))
        assert index < 128, "a mark has seven bits for the index"
        return index

    def as_json(self) -> list[list[list[Any]]]:
        """Return [[[factor, [name, …]], …], …]."""
        return [[[factor, list(names)] for factor, names in formula] for formula in self.indices]


def parameters(tensors: tuple[TensorSlice, ...]) -> Formula:
    """Return the number of values of tensors as a formula."""
    counts: dict[tuple[str, ...], float] = {}
    for tensor in tensors:
        sizes = [size_name(size) for size in tensor.shape]
        factor = math.prod(size for size in sizes if isinstance(size, int))
        key = tuple(sorted(name for name in sizes if isinstance(name, str)))
        counts[key] = counts.get(key, 0) + factor
    return tuple((factor, names) for names, factor in sorted(counts.items()))


def size_name(size: int) -> str | int:
    """Return the name of one of ``SIZES``, or the number itself."""
    return next((name for name, value in SIZES.items() if value == size), size)


def template(content: bytes, formulas: Formulas) -> bytes:
    """Replace the sizes in a graph by marks. Fails on a size that no formula explains."""
    model = onnx.load_from_string(content)
    for constant in model.graph.initializer:
        array = numpy_helper.to_array(constant)
        if array.dtype == np.int64:
            constant.raw_data = b"".join(_integer(int(number), formulas) for number in array)
        elif array.size == 1 and array.tobytes() in formulas.floats:
            constant.raw_data = FLOAT_MARK + bytes([formulas.index_of(formulas.floats[array.tobytes()])])
    for value in (*model.graph.input, *model.graph.output):
        for k, size in enumerate(value.type.tensor_type.shape.dim):
            if size.dim_value > LITERAL and size.dim_value not in formulas.literals:
                size.dim_param = f"{value.name}{k}"  # replaces the number
    marked: bytes = model.SerializeToString()
    return marked


def filled(marked: bytes, formulas: list[list[list[Any]]], sizes: Mapping[str, int]) -> bytes:
    """Return the graph of a template for these sizes: what a browser does with it."""
    values = [value(formula, sizes) for formula in formulas]
    content = bytearray(marked)
    for mark, kind in ((INTEGER_MARK, "<q"), (FLOAT_MARK, "<f")):
        start = content.find(mark)
        while start >= 0:
            number = values[content[start + len(mark)]]
            struct.pack_into(kind, content, start, int(number) if kind == "<q" else number)
            start = content.find(mark, start + len(mark) + 1)
    return bytes(content)


def value(formula: list[list[Any]], sizes: Mapping[str, int]) -> float:
    """Return the value of a formula."""
    known = {**sizes, "1/batch": 1 / sizes["batch"]}
    return float(sum(factor * math.prod(known[name] for name in names) for factor, names in formula))


def _integer(number: int, formulas: Formulas) -> bytes:
    if number <= LITERAL or number in formulas.literals:
        return struct.pack("<q", number)
    assert number in formulas.integers, f"no formula for {number}"
    return INTEGER_MARK + bytes([formulas.index_of(formulas.integers[number])])


def _float(number: float) -> bytes:
    return np.float32(number).tobytes()
