"""Spectral and weight normalisation, folded into plain weights.

Spectral normalisation (Miyato et al. 2018) divides a weight by its largest singular value, which power iteration
estimates as uᵀWv; weight normalisation (Salimans & Kingma 2016) stores a weight as length g and direction v.
"""

from __future__ import annotations

import torch
from torch import Tensor

_SPECTRAL = (  # (weight, u, v) in the namings of torch's two implementations and of a class from before them
    ("weight_orig", "weight_u", "weight_v"),
    ("parametrizations.weight.original", "parametrizations.weight.0._u", "parametrizations.weight.0._v"),
    ("weight_bar", "weight_u", "weight_v"),
)
_ITERATED = (("sn_u", "sn_sigma"), ("u0", "sv0"))  # (u, σ) of classes that store W and go on with the iteration
_WEIGHT_NORM = (  # (length, direction)
    ("weight_g", "weight_v"),
    ("parametrizations.weight.original0", "parametrizations.weight.original1"),
)


def folded(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return the tensors with plain weights where a normalisation stored others; their order stays."""
    result: dict[str, Tensor] = {}
    used: set[str] = set()
    for name in tensors:
        if name in used:
            continue
        layer, weight, parts = _normalised(name, tensors)
        if weight is None:
            result[name] = tensors[name]
        else:
            result[f"{layer}weight"] = weight
            used |= parts
    return {name: value for name, value in result.items() if name not in used}


def _normalised(name: str, tensors: dict[str, Tensor]) -> tuple[str, Tensor | None, set[str]]:
    """Return (layer's prefix, weight, names that it was made of) for the first part of a normalised weight."""
    for original, u, v in _SPECTRAL:
        layer = name.removesuffix(original)
        if name.endswith("." + original) or name == original:
            parts = {layer + original, layer + u, layer + v}
            if layer + u in tensors:
                return layer, _spectral(tensors[name], tensors[layer + u], tensors.get(layer + v)), parts
    for u, sigma in _ITERATED:
        layer = name.removesuffix("weight")
        if layer != name and layer + u in tensors:
            return layer, _iterated(tensors[name], tensors[layer + u]), {layer + u, layer + sigma}
    for length, direction in _WEIGHT_NORM:
        for part in (length, direction):
            layer = name.removesuffix(part)
            if name in (layer + part,) and layer != name and {layer + length, layer + direction} <= tensors.keys():
                g, w = tensors[layer + length], tensors[layer + direction]
                return layer, _weight_norm(g, w), {layer + length, layer + direction}
    return "", None, set()


def _spectral(weight: Tensor, u: Tensor, v: Tensor | None) -> Tensor:
    """Divide by uᵀWv. W's rows are the outputs: the second dimension of transposed convolutions, else the first.

    A square weight fits both ways; u and v were fitted to the right one, whose product is larger.
    """
    sigmas = []
    for dim in (0, 1):
        rows = weight.movedim(dim, 0).flatten(1)  # (O, I·k·k)
        if len(rows) != u.numel() or (v is not None and rows.shape[1] != v.numel()):
            continue
        right = torch.nn.functional.normalize(rows.T @ u.flatten(), dim=0) if v is None else v.flatten()
        sigmas.append(torch.dot(u.flatten(), rows @ right))
    return weight / max(sigmas) if sigmas and max(sigmas) > 0 else weight


def _iterated(weight: Tensor, u: Tensor) -> Tensor:
    """Divide by ‖W·v‖ with v = Wᵀu/‖Wᵀu‖, an iteration from the stored u, as those classes do when they draw."""
    rows = weight.flatten(1)  # (O, I·k·k)
    if len(rows) != u.numel():
        return weight
    sigma = (rows @ torch.nn.functional.normalize(rows.T @ u.flatten(), dim=0)).norm()
    return weight / sigma if sigma > 0 else weight


def _weight_norm(g: Tensor, v: Tensor) -> Tensor:
    """Return g·v/‖v‖, with the norm over all dimensions in which g has one entry."""
    dims = [k for k in range(v.dim()) if g.dim() == v.dim() and g.shape[k] == 1] or list(range(v.dim()))
    length = g if g.dim() == v.dim() else g.reshape([1] * v.dim())
    weight: Tensor = length * v / v.square().sum(dims, keepdim=True).sqrt()
    return weight
