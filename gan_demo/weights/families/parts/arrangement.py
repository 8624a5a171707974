"""Hidden layers with their norm and activation, in the order that names or options say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from torch import nn

from gan_demo.weights.choices import ACTIVATIONS, Choice, likeliest_first
from gan_demo.weights.families.parts import label_norms
from gan_demo.weights.families.parts.layers import NORM, PRELU, Layer
from gan_demo.weights.families.parts.network import EPS, activation, norm, prelu

BEFORE, AFTER = "before_activation", "after_activation"  # where a norm stands
_EPS = {"1e-5": (EPS, EPS), "0.8": (0.8, 0.8), "1e-5_then_0.8": (EPS, 0.8)}  # of the first norm, and of the others


class Arrangement:
    """Order of norms and activations of a network; ``after`` builds what follows each of its hidden layers."""

    def __init__(self, options: Mapping[str, str], dims: int = 0) -> None:
        self.options = options
        self.dims = dims
        self.norms = 0  # that were built

    def after(self, layer: Layer, between: Sequence[Layer], other_modules: int = 0) -> list[nn.Module]:
        """Build norms and activation between a layer and the next.

        ``other_modules`` without weights, such as upsampling, stand there too.
        """
        modules = [self.module(part) for part in between]
        if any(part.kind == PRELU for part in between) or is_linear(layer, between, other_modules):
            return modules
        position = norm_place(layer, between) or self.options.get("norm_place", BEFORE)
        function = activation(self.options["activation"])
        return [*modules, function] if position == BEFORE else [function, *modules]

    def module(self, layer: Layer) -> nn.Module:
        """Build a norm or PReLU."""
        if layer.kind == PRELU:
            return prelu(layer)
        first, others = _EPS[self.options.get("norm_eps", "1e-5")]
        self.norms += 1
        plain = norm(layer, self.dims, first if self.norms == 1 else others)
        return label_norms.label_norm(layer, plain, self.options) if layer.labels else plain


def is_linear(layer: Layer, between: Sequence[Layer], other_modules: int = 0) -> bool:
    """Return whether names say that no activation follows a layer before the next."""
    gaps = [part.gap for part in (layer, *between)]
    return gaps[-1] is not None and sum(gap or 0 for gap in gaps) <= other_modules


def norm_place(layer: Layer, between: Sequence[Layer]) -> str | None:
    """Return where the norm behind a layer stands if the names say so."""
    if not any(part.kind == NORM for part in between) or layer.gap is None:
        return None
    return BEFORE if layer.gap == 0 else AFTER


def norm_choices(hidden: Sequence[tuple[Layer, Sequence[Layer]]], eps: str = "1e-5") -> Iterator[Choice]:
    """Yield what hidden layers and the layers between leave open about their norms; ``eps`` is the likeliest."""
    norms = [part for _, between in hidden for part in between if part.kind == NORM]
    if any("running_mean" in part.parts for part in norms):
        values = [value for value in _EPS if value != "1e-5_then_0.8" or len(norms) > 1]
        yield likeliest_first("norm_eps", values, eps if eps in values else values[0])
    open_places = [
        layer
        for layer, between in hidden
        if any(part.kind == NORM for part in between)
        and not any(part.kind == PRELU for part in between)
        and layer.gap is None
        and between[-1].gap is None
    ]
    if open_places:
        yield Choice("norm_place", (BEFORE, AFTER))


def activation_choice(likeliest: str) -> Choice:
    """Return the choice of the hidden layers' activation."""
    return likeliest_first("activation", ACTIVATIONS, likeliest)
