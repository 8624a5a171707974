"""The data of the lab component."""

from __future__ import annotations

import json
import re

import pytest

from gan_demo.boards import assets
from gan_demo.boards.lab import page as lab
from gan_demo.i18n.text import LANGUAGES, use_language

CODE = "\n".join(path.read_text("utf-8") for path in sorted((assets.FRONTEND / "lab").rglob("*.mjs")))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_data_is_json_in_the_sessions_language(language: str) -> None:
    with use_language(language):
        data = json.loads(json.dumps(lab.data()))
    assert data["language"] == language
    assert data["urls"].pop("shipped").startswith("api/lab/shipped.bin?")
    assert (data["urls"].pop("runs"), data["urls"].pop("page")) == ("api/lab/runs", "train?run={run}")
    assert data["urls"] == {"runtime": f"api/runtime/{assets.runtime_version()}/", "graphs": "api/lab/graphs"}
    assert data["run"] is None
    assert data["texts"]["play"]
    assert data["curves"]["empty"]


def test_a_static_page_offers_what_its_file_of_graphs_has() -> None:
    data = lab.site_data("api/runtime/", "api/runtime/x.wasm.gz", "api/lab/graphs.bin", "api/lab/script.json")
    assert "2-2-leaky_relu" in data["parts"]
    depths = {int(name.split("-")[0]) for name in data["parts"]}
    assert set(data["offer"]["gLayers"]) == depths


def test_every_sentence_that_the_component_names_is_there() -> None:
    named = set(re.findall(r"""texts(?:\[["']|\.)([\w.]+)""", CODE))
    assert len(named) > 40
    assert sorted(named - lab.texts().keys()) == []
