"""The worked examples of CONTRIBUTING.md, applied to a copy of the checkout, where the checks of the real ones pass."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.test_project import ROOT, project_files

EXAMPLES = ("A loss", "A data set", "A preset", "An explorer tool", "A page", "A language")
COPIED = ("gan_demo", "tests", ".streamlit")
COPIED_FILES = ("app.py", "pyproject.toml", "biome.json", "tsconfig.json", "package.json", "CONTRIBUTING.md")
LINKED = ("pretrained", "node_modules")
BLOCK = re.compile(
    r"(?:^New file `(?P<path>[^`]+)`:\n\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
# of the copy's tests: those that find what a new thing lacks
TESTS = (
    "tests/test_imports.py::test_packages_import_only_from_those_above",
    "tests/test_imports.py::test_folders_files_and_functions_are_of_a_size_to_read",
    "tests/i18n/test_text.py::test_all_languages_have_the_same_files",
    "tests/i18n/test_text.py::test_a_file_has_the_same_sorted_keys_in_all_languages_and_no_empty_sentence",
    "tests/i18n/test_text.py::test_a_sentence_has_the_same_placeholders_in_all_languages",
    "tests/i18n/test_text.py::test_every_literal_key_exists",
    "tests/i18n/test_text.py::test_every_sentence_is_used",
    "tests/i18n/test_text.py::test_every_preset_and_data_set_has_a_name",
    "tests/gan/test_losses.py::test_every_loss_has_a_closed_form_here",
    "tests/gan/test_losses.py::test_a_loss_has_its_closed_form[squared_hinge]",
    "tests/gan/test_losses.py::test_d_gains_by_raising_real_and_lowering_fake_and_g_by_raising_fake[squared_hinge]",
    "tests/gan/test_losses.py::test_relative_losses_are_those_that_an_added_number_leaves_alone[squared_hinge]",
    "tests/data/test_datasets.py::test_a_2d_set_lies_within_its_picture[cross]",
    "tests/data/test_datasets.py::test_a_2d_set_depends_on_its_seed[cross]",
    "tests/data/test_datasets.py::test_points_lie_along_the_curve[cross]",
    "tests/test_presets.py::test_the_promised_presets_are_there_and_every_set_has_one",
    "tests/test_presets.py::test_every_loss_has_settings_for_each_kind_and_all_set_the_same_names",
)


@dataclass(frozen=True)
class Block:
    """A block of code: a diff, a whole file, or commands."""

    kind: str
    text: str
    path: str = ""


def blocks(title: str) -> list[Block]:
    """Return the blocks of an example, by its heading."""
    page = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    (section,) = re.findall(rf"^### {title}\n(.*?)(?=^##|\Z)", page, re.MULTILINE | re.DOTALL)
    blocks = [Block(match["kind"], match["text"], match["path"] or "") for match in BLOCK.finditer(section)]
    assert len(blocks) == section.count("```") // 2, f"{title}: a block that is no block"
    return blocks


def apply(block: Block, root: Path) -> None:
    """Do in a checkout what a block of an example says."""
    if block.path:
        assert not (root / block.path).exists()
        (root / block.path).write_text(block.text, "utf-8")
    elif block.kind == "diff":
        for part in re.split(r"^--- ", block.text, flags=re.MULTILINE)[1:]:
            name, hunks = part.split("\n", 1)
            for hunk in re.split(r"^@@\n", hunks, flags=re.MULTILINE):
                change(root / name, hunk)
    else:
        assert block.kind == "sh"
        for command in block.text.splitlines():
            assert command.startswith("cp "), command
            subprocess.run(command.split(), cwd=root, check=True)


def change(file: Path, hunk: str) -> None:
    """Change a file by one hunk of a diff without line numbers, whose old lines must stand in the file just once.

    The last of the old lines may be the beginning of a line.
    """
    lines = hunk.splitlines()
    assert all(line[:1] in ("", " ", "+", "-") for line in lines), hunk
    before = "\n".join(line[1:] for line in lines if line[:1] != "+")
    after = "\n".join(line[1:] for line in lines if line[:1] != "-")
    text = file.read_text("utf-8")
    assert text.count(before) == 1, f"{file.name} has {text.count(before)} times:\n{before}"
    file.write_text(text.replace(before, after), "utf-8")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the checkout, apply all examples, and format the changed Python files."""
    root = tmp_path_factory.mktemp("checkout")
    for file in project_files():
        name = file.relative_to(ROOT)
        if name.parts[0] in COPIED or name.as_posix() in COPIED_FILES:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, root / name)  # with its time: the bytecode below fits what stays unchanged
            _copy_bytecode(file, root / name)
    for name in LINKED:
        (root / name).symlink_to(ROOT / name, target_is_directory=True)
    for title in EXAMPLES:
        for block in blocks(title):
            apply(block, root)
    run(root, "-m", "ruff", "format", "-q", "gan_demo", "tests/gan")
    return root


def _copy_bytecode(source: Path, copy: Path) -> None:
    """Copy the bytecode of a module, if there is any, so that the copy's processes need not compile it again."""
    for bytecode in source.parent.glob(f"__pycache__/{source.stem}.cpython-*.pyc") if source.suffix == ".py" else ():
        (copy.parent / "__pycache__").mkdir(exist_ok=True)
        shutil.copyfile(bytecode, copy.parent / "__pycache__" / bytecode.name)


def run(root: Path, *words: str) -> str:
    """Run Python in the copy; return what it prints."""
    variables = {"PYTHONPATH": str(root), "GAN_DEMO_HOME": str(root / "home"), "OMP_NUM_THREADS": "1"}
    return output(root, [sys.executable, *words], variables)


def output(root: Path, words: list[str], variables: dict[str, str]) -> str:
    """Return what a command prints; it must succeed."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "COV_"))}
    done = subprocess.run(words, cwd=root, env=inherited | variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout


def test_every_example_has_its_code() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert tuple(re.findall(r"^### (.+)$", page, re.MULTILINE)) == EXAMPLES
    assert all(blocks(title) for title in EXAMPLES)


def test_a_hunk_that_fits_nowhere_or_twice_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("a = 1\nb = 2\nb = 2\n", "utf-8")
    change(file, " a = 1\n+c = 3\n")
    assert file.read_text("utf-8") == "a = 1\nc = 3\nb = 2\nb = 2\n"
    for hunk in ("-d = 4\n+d = 5\n", "-b = 2\n+b = 3\n"):
        with pytest.raises(AssertionError, match="times"):
            change(file, hunk)


@pytest.fixture(scope="module")
def printed(checkout: Path) -> str:
    """Return what the tests above print in the copy, and USED after them: one process, as torch takes seconds to load."""
    (checkout / "tests" / "test_examples.py").write_text(USED, "utf-8")
    return run(checkout, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", *TESTS, "tests/test_examples.py")


USED = """
import os, runpy, sys
from streamlit.testing.v1 import AppTest
from gan_demo.boards import explorer
from gan_demo.cli.main import main
from gan_demo.i18n import text
def test_examples(monkeypatch):
    words = ["--steps", "3", "--set", "loss=squared_hinge", "--set", "evaluate=false", "--set", "batch=16"]
    assert main(["train", "cross", *words, "--device", "cpu", "--out", "trained"]) == 0
    assert main(["export", "trained", "--format", "py", "--out", "again.py"]) == 0
    monkeypatch.setattr(sys, "argv", ["again.py", "--out", "again"])
    runpy.run_path("again.py", run_name="__main__")
    for language in text.LANGUAGES:
        at = AppTest.from_file(os.path.abspath("gan_demo/ui/main.py"), default_timeout=60)
        at.session_state["language"] = language
        at.run().switch_page("glossary.py").run()
        assert not at.exception
        assert text.table(language)["glossary.mode"] in [part.value for part in at.markdown]
        print("title:", at.title[0].value)
    print("tools:", *explorer.tools())
"""


def test_the_examples_pass_the_checks_of_the_real_ones(checkout: Path, printed: str) -> None:
    run(checkout, "-m", "ruff", "check", "-q", "gan_demo", "tests/gan", "tests/data")
    passed = re.search(r"(\d+) passed", printed)
    assert passed is not None
    assert int(passed[1]) >= len(TESTS) + 1
    assert "skipped" not in printed


def test_the_example_loss_trains_its_script_repeats_the_losses_and_the_page_opens(checkout: Path, printed: str) -> None:
    assert re.findall("title: (.*)", printed) == ["Glossary", "词汇表", "Glossary"]
    assert "mirror" in re.findall("tools: (.*)", printed)[0].split()
    with open(checkout / "again" / "losses.csv", encoding="utf-8") as file:
        repeated = [float(row["d_loss"]) for row in csv.DictReader(file)]
    rows = [json.loads(line) for line in (checkout / "trained" / "metrics.jsonl").read_text("utf-8").splitlines()]
    assert len(repeated) == 3
    assert rows[0]["d_loss"] == pytest.approx(repeated[0], rel=1e-4)


def test_the_example_tool_typechecks_and_goes_to_the_opposite(checkout: Path) -> None:
    path = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    output(checkout, ["node_modules/.bin/tsc"], path)
    output(
        checkout, ["node_modules/.bin/biome", "lint", "--error-on-warnings", "gan_demo/frontend/explorer/tools"], path
    )
    code = """
let press = () => {};
const made = () => ({ append() {}, setAttribute() {}, addEventListener: (name, act) => { press = act; } });
globalThis.document = { createElement: made };
const { TOOLS } = await import("./gan_demo/frontend/explorer/tool_list.mjs");
const { tool } = await import("./gan_demo/frontend/explorer/tools/mirror.mjs");
const went = [];
tool.build(made(), { t: (key) => key, state: { z: Float32Array.of(1, -2) }, go: ({ z }) => went.push(...z), settle() {} });
press();
console.log(TOOLS[tool.name](), ...went);
"""
    assert output(checkout, ["node", "--input-type=module", "-e", code], path).split() == ["true", "-1", "2"]
