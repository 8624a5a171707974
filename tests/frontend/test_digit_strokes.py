"""The measures of strokes in the browser against those in torch, by one node process."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from gan_demo.explorer.directions import digit_strokes

MODULE = Path(__file__).parents[2] / "gan_demo/frontend/explorer/arithmetic/digit_strokes.mjs"
MEASURE = """
import { readFileSync } from "node:fs";
const { MEASURES } = await import(process.argv[1]);
const samples = JSON.parse(readFileSync(0, "utf-8"));
const entries = Object.entries(MEASURES).map(([name, measure]) => [name, samples.map((x) => measure(x, [1, 6, 5]))]);
console.log(JSON.stringify(Object.fromEntries(entries)));
"""


def test_strokes_are_measured_as_in_torch() -> None:
    node = shutil.which("node", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    if node is None:
        pytest.skip("no node: it comes with requirements-dev.txt")
    x = torch.rand(3, 1, 6, 5, generator=torch.Generator().manual_seed(3)) * 2.4 - 1.2
    x[2] = -1
    command = [node, "--input-type=module", "--eval", MEASURE, "--", MODULE.as_uri()]
    samples = json.dumps(x.flatten(1).tolist())
    done = subprocess.run(command, input=samples, capture_output=True, text=True, check=True)
    measured = json.loads(done.stdout)
    assert list(measured) == list(digit_strokes.MEASURES)
    for name, measure in digit_strokes.MEASURES.items():
        np.testing.assert_allclose(measured[name], measure(x).numpy(), rtol=1e-4, atol=1e-4)
