"""The lab's PyTorch script on a page without a server is the one that a server writes."""

from __future__ import annotations

from typing import Any

from gan_demo.export.lab_script import NAME, lab_script
from gan_demo.export.lab_script_parts import script_parts
from tests.frontend.node import evaluate

CHANGES: tuple[dict[str, Any], ...] = (
    {},
    {
        "data": "moons",
        "loss": "minimax",
        "labelSmoothing": 0.1,
        "r1": 0,
        "r2": 0,
        "noiseDim": 1,
        "ema": 0.99,
        "dSteps": 3,
    },
    {
        "data": "grid",
        "loss": "wasserstein",
        "r1": 0,
        "r2": 0,
        "gp": 1,
        "gLr": 1e-5,
        "optimizer": "sgd",
        "seed": 4_294_967_295,
    },
    {"loss": "hinge", "r1": 0, "gp": 0.3, "gLayers": 0, "dLayers": 4, "activation": "tanh", "noiseKind": "uniform"},
    {"loss": "least_squares", "r2": 0, "gWidth": 1, "dWidth": 128, "beta1": 0.5, "batch": 16, "activation": "sigmoid"},
)
COMPOSED = """
const { DEFAULTS } = await import(new URL("../settings.mjs", process.argv[1]).href);
const { toCore } = await import(new URL("../../trainer/core_settings.mjs", process.argv[1]).href);
return given.changes.map((change) => {
  const settings = { ...DEFAULTS, ...change };
  return [toCore(settings), m.composeScript(given.parts, settings)];
});
"""


def composed(*changes: dict[str, Any]) -> list[tuple[dict[str, Any], dict[str, str]]]:
    """Return the core's settings and what the page makes of its parts, for each change of the lab's defaults."""
    pairs = evaluate("lab/files/script_parts.mjs", COMPOSED, {"parts": script_parts(), "changes": changes})
    return [(settings, script) for settings, script in pairs]


def without_shapes(script: str) -> list[str]:
    """Return the lines without comments on shapes, which a server leaves out where two widths are equal by chance."""
    return [line.partition("  # (N, ")[0] for line in script.splitlines()]


def test_a_page_without_a_server_writes_the_servers_script() -> None:
    assert script_parts()["name"] == NAME
    for settings, script in composed(*CHANGES):
        assert script["missing"] == ""
        assert without_shapes(script["text"]) == without_shapes(lab_script(settings)), settings


def test_a_setting_without_a_text_is_named() -> None:
    scripts = composed({"pack": 2}, {"optimizer": "rmsprop"}, {"dLayers": 5}, {"gLayers": 5}, {"data": "drawn"})
    missing = ["pack", "optimizer", "dLayers", "gLayers", "data"]
    assert [script for _, script in scripts] == [{"text": "", "missing": setting} for setting in missing]
