"""Choices that a weights file leaves open, such as the activation between the layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gan_demo.errors import ConfigError

ACTIVATIONS = (
    "relu",
    "leaky_relu_0.2",
    "leaky_relu_0.1",
    "leaky_relu_0.01",
    "tanh",
    "selu",
    "elu",
    "gelu",
    "silu",
    "sigmoid",
)
OUTPUTS = ("tanh", "sigmoid", "none")


@dataclass(frozen=True)
class Choice:
    """A property that the weights leave open, and its possible values, the likeliest first."""

    name: str  # "activation", "output", "norm_eps", "norm_place", "label_order", "channels", "layout" …
    values: tuple[str, ...]

    @property
    def default(self) -> str:
        """The value that is assumed where nobody chooses."""
        return self.values[0]


def likeliest_first(name: str, values: Sequence[str], likeliest: str) -> Choice:
    """Return a choice whose default is ``likeliest``; the other values keep their order."""
    return Choice(name, (likeliest, *(value for value in values if value != likeliest)))


def resolve(choices: Sequence[Choice], options: Mapping[str, str]) -> dict[str, str]:
    """Return a value for each choice, chosen or assumed. Raises ConfigError for unknown names and values."""
    known = {choice.name: choice for choice in choices}
    for name, value in options.items():
        if name not in known:
            remedy = "Open are: {known}" if known else "Nothing is open for this file"
            raise ConfigError(name, value, "is no open question of this file", remedy, known=", ".join(known))
        if value not in known[name].values:
            possible = ", ".join(known[name].values)
            raise ConfigError(name, value, "is not possible for this file", "Possible: {possible}", possible=possible)
    return {choice.name: options.get(choice.name, choice.default) for choice in choices}
