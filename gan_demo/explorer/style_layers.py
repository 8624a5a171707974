"""What the explorer in the browser is told of generators whose layers take styles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # torch takes seconds to load
    from gan_demo.gan.models.base import Generator


def styles_of(generator: Generator) -> dict[str, Any]:
    """Return what space.json says of the styles of a generator's layers; nothing of one without.

    ``layers`` counts those of the coarse, the middle and the fine group; ``noise`` counts the numbers of the input of
    that name, 0 without noise; ``preview`` is the shape of the smaller image that the network can draw instead.
    """
    from gan_demo.gan.models.stylegan import exporting
    from gan_demo.gan.models.stylegan.base import GROUPS, StyleGenerator

    if not isinstance(generator, StyleGenerator):
        return {}
    groups = generator.layer_groups().tolist()
    preview = [generator.shape[0], exporting.PREVIEW, exporting.PREVIEW] if exporting.has_preview(generator) else None
    styles = {
        "layers": [groups.count(group) for group in range(GROUPS)],
        "noise": exporting.noise_count(generator),
        "uniform_noise": generator.has_uniform_noise,
        "preview": preview,
    }
    return {"styles": styles}
