"""Embeddings of gains and shifts, found beside the norms that they belong to."""

from __future__ import annotations

import re
from collections.abc import Mapping

from torch import Tensor

LABEL_PARTS = ("label_first", "label_second")  # of a norm that depends on the label: gains and shifts (K, C)
_STATISTICS = {"running_mean", "running_var"}
_SHIFT = re.compile(r"beta|bias|shift|offset", re.I)
_BOTH = re.compile(r"emb|label|class|cond|affine|gamma_beta", re.I)
_GAIN = re.compile(r"gamma|weight|gain|scale", re.I)


def with_label_norms(grouped: dict[str, dict[str, Tensor]]) -> dict[str, dict[str, Tensor]]:
    """Return the layers with the embeddings of gains and shifts as parts of the norms that they belong to.

    They lie below the norm in the names, or alone beside it: ``b1.running_mean`` and ``b1.gamma.weight``, or
    ``b1.bn.running_mean`` and ``b1.embed.weight``.
    """
    families: dict[str, list[str]] = {}
    for name in grouped:
        families.setdefault(name.rpartition(".")[0], []).append(name)
    result = dict(grouped)
    for name, parts in grouped.items():
        if parts.keys() != _STATISTICS:
            continue
        parent = name.rpartition(".")[0]
        for names in (families.get(name, []), [other for other in families[parent] if other != name] if parent else []):
            embedded = _gains_and_shifts({other: grouped[other] for other in names}, len(parts["running_mean"]))
            if embedded is not None:
                result[name] = {**parts, **dict(zip(LABEL_PARTS, embedded, strict=True))}
                for other in names:
                    result.pop(other, None)
                break
    return result


def _gains_and_shifts(layers: Mapping[str, Mapping[str, Tensor]], width: int) -> tuple[Tensor, Tensor] | None:
    """Return the embeddings (K, width) of gains and of shifts, or both halves of one; None if layers hold others."""
    if any(parts.keys() != {"weight"} or parts["weight"].dim() != 2 for parts in layers.values()):
        return None
    weights = {name.rpartition(".")[2]: parts["weight"] for name, parts in layers.items()}
    shapes = [tuple(weight.shape) for weight in weights.values()]
    if len(shapes) == 1 and shapes[0][1] == 2 * width:
        ((name, both),) = weights.items()
        return (both[:, :width], both[:, width:]) if _BOTH.search(name) else None  # else a layer behind the norm
    gains = [weight for name, weight in weights.items() if _GAIN.search(name)]
    shifts = [weight for name, weight in weights.items() if _SHIFT.search(name)]
    if len(shapes) != 2 or shapes[0] != shapes[1] or shapes[0][1] != width or (len(gains), len(shifts)) != (1, 1):
        return None
    return gains[0], shifts[0]
