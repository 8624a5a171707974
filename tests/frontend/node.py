"""Values that a JavaScript module of the frontend computes, by one node process."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

FRONTEND = Path(__file__).parents[2] / "gan_demo" / "frontend"
_SCRIPT = """
import { readFileSync } from "node:fs";
const m = await import(process.argv[1]);
const given = JSON.parse(readFileSync(0, "utf-8"));
console.log(JSON.stringify(await (async () => { CODE })()));
"""


def evaluate(module: str, code: str, given: Any = None) -> Any:
    """Return what ``code`` returns: in it ``m`` is a module below gan_demo/frontend, ``given`` the argument."""
    node = shutil.which("node", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    if node is None:
        pytest.skip("no node: it comes with requirements-dev.txt")
    script = _SCRIPT.replace("CODE", code)
    command = [node, "--input-type=module", "--eval", script, "--", (FRONTEND / module).as_uri()]
    done = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
