"""Files of the frontend."""

from __future__ import annotations

from pathlib import Path

import pytest

from gan_demo.boards import assets


def test_a_module_graph_has_every_module_that_is_imported_at_once() -> None:
    graph = assets.module_graph("lab/lab.mjs")
    assert graph[0] == "lab/lab.mjs"
    assert len(set(graph)) == len(graph)
    assert {"lab/stage/stage.mjs", "shared/dom.mjs", "lab/draw/plane.mjs"} <= set(graph)


@pytest.mark.parametrize(
    ("code", "modules"),
    [
        ('import { a } from "./other.mjs";', ["lab/other.mjs"]),
        ('import {\n  a,\n  b,\n} from "./other.mjs";\nimport "../above.mjs";', ["lab/other.mjs", "above.mjs"]),
        ('import * as all from "./other.mjs";\nexport { b } from "./more.mjs";', ["lab/other.mjs", "lab/more.mjs"]),
        ('/** @import { T } from "./types.mjs" */\n// import "./not.mjs"\nconst later = import("./later.mjs");', []),
        ('export class A {\n  name = "from";\n}\nimport { c } from "./other.mjs";', ["lab/other.mjs"]),
    ],
)
def test_imports_are_found_in_all_their_forms(
    code: str, modules: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("lab/entry.mjs", "lab/other.mjs", "lab/more.mjs", "above.mjs"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(code if name == "lab/entry.mjs" else "", "utf-8")
    monkeypatch.setattr(assets, "FRONTEND", tmp_path)
    assets.module_graph.cache_clear()
    graph = assets.module_graph("lab/entry.mjs")
    assets.module_graph.cache_clear()
    assert list(graph) == ["lab/entry.mjs", *modules]
