"""All families of generators, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Callable

from gan_demo.errors import DataError
from gan_demo.weights.families import convolutional, mlp, residual
from gan_demo.weights.families.parts.layers import unknown
from gan_demo.weights.families.stylegan import recognise as stylegan
from gan_demo.weights.networks import StoredNetwork
from gan_demo.weights.recognised import Recognised

Family = Callable[[StoredNetwork], Recognised | None]
FAMILIES: tuple[Family, ...] = (stylegan.recognise, residual.recognise, mlp.recognise, convolutional.recognise)


def recognise(network: StoredNetwork) -> Recognised:
    """Return what the weights say of their generator.

    A family returns None for networks of other families, and raises DataError for one of its own that cannot be built.
    Raises the first of these errors if no family takes the network.
    """
    refusals: list[DataError] = []
    for family in FAMILIES:
        try:
            recognised = family(network)
        except DataError as refusal:
            refusals.append(refusal)
            continue
        if recognised is not None:
            return recognised
    if refusals:
        raise refusals[0]
    raise unknown(next(iter(network.tensors), ""))
