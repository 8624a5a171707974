"""The layout of docs and design, enforced: levels, where Streamlit lives, and who may touch a session's state."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "gan_demo"

# A module imports only from levels above it, which are the smaller numbers.
LEVELS: dict[int, set[str]] = {
    0: {
        "errors",
        "config",
        "presets",
        "jobs",
        "inert_pickle",
        "attendance",
        "throttle",
        "stash",
        "owners",
        "changes",
        "steering",
        "run_status",
        "clock",
    },
    1: {
        "datasets",
        "downloads",
        "folders",
        "models",
        "losses",
        "images",
        "movies",
        "classifier",
        "weightfiles",
        "rows",
        "signals",
        "downsampling",
        "sheets",
        "polls",
        "disk",
        "runfiles",
        "manifest",
        "kept_states",
        "snippets",
        "explorer_cache",
        "measures",
        "threads",
        "i18n",
    },
    2: {"runs", "metrics", "latent", "foreign", "diagnosis"},
    3: {
        "trainer",
        "training_state",
        "export",
        "filming",
        "explaining",
        "covers",
        "sampling",
        "recorder",
        "training_step",
        "gan_step",
        "sample_sheet",
        "health",
        "devices",
        "comparing",
        "live",
        "live_hub",
        "classroom",
        "rooms",
        "forking",
        "evaluating",
        "onnx_export",
        "exporting",
        "script_flags",
        "script_history",
        "script_layers",
        "script_notes",
        "script_source",
        "script_words",
        "scripting",
        "directions",
        "effects",
        "effort",
        "explorer",
        "explorer_files",
        "uploads",
    },
    4: {
        "server",
        "live_routes",
        "explain_routes",
        "explore_routes",
        "class_routes",
        "posts",
        "__main__",
        "boards",
        "ui",
    },
}
# Within a level: a module may use what was split off it, and all may use the errors.
SIDEWAYS: dict[str, set[str]] = {
    "config": {"errors"},
    "jobs": {"errors", "run_status", "steering"},
    "inert_pickle": {"errors"},
    "presets": {"config", "errors"},
    "changes": {"config", "errors"},
    "datasets": {"downloads", "folders"},
    "folders": {"downloads"},
    "rows": {"runfiles"},
    "manifest": {"runfiles"},
    "kept_states": {"runfiles"},
    "explorer_cache": {"runfiles"},
    "explaining": {"sample_sheet"},
    "forking": {"training_state"},
    "trainer": {"devices", "recorder"},
    "recorder": {"evaluating", "health", "sample_sheet", "training_state", "training_step"},
    "training_step": {"gan_step", "training_state"},
    "classroom": {"rooms"},
    "live_hub": {"live"},
    "exporting": {"export", "onnx_export", "scripting"},
    "scripting": {"script_history", "script_notes", "script_source"},
    "script_notes": {"script_history"},
    "script_flags": {"script_history", "script_words"},
    "script_source": {"script_flags", "script_history", "script_layers", "script_words"},
    "directions": {"effects", "effort"},
    "class_routes": {"posts"},
    "uploads": {"explorer_files", "export", "onnx_export"},
    "explorer_files": {"directions", "explaining", "onnx_export"},
    "boards": {"ui"},  # the sentences, until they have a package of their own
    "server": {"live_routes", "explain_routes", "explore_routes", "class_routes"},
    "__main__": {"ui"},  # the words of a static page, when it is asked for
    "ui": {"server", "explore_routes", "boards"},
}
LEVEL_OF = {name: level for level, names in LEVELS.items() for name in names}

# Streamlit's ways to keep something between runs of a page.
KEEPERS = {"session_state", "query_params", "cache_data", "cache_resource"}

FILES = sorted(PACKAGE.rglob("*.py"))
CORE = [file for file in FILES if file.relative_to(PACKAGE).parts[0] != "ui"]
UI = [file for file in FILES if file.relative_to(PACKAGE).parts[0] == "ui"]
APP = [file for file in [ROOT / "app.py"] if file.exists()]


def name_of(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def imported(tree: ast.AST) -> set[str]:
    """Dotted names of what a file imports anywhere, functions and TYPE_CHECKING included."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide which module is meant"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def own_modules(names: set[str]) -> set[str]:
    """The first part below ``gan_demo`` of each of our own imports: 'ui' for gan_demo.ui.session."""
    return {name.split(".")[1] for name in names if name.startswith("gan_demo.")}


def parse(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"), str(file))


def forbidden(module: str, uses: set[str]) -> set[str]:
    """Those of ``uses`` that ``module`` may not import."""
    allowed = {name for name, level in LEVEL_OF.items() if level < LEVEL_OF[module]}
    return uses - allowed - SIDEWAYS.get(module, set()) - {module}


def top(file: Path) -> str:
    """The name in LEVELS that a file of the package belongs to."""
    first = file.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def keepers(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and name of each use of session state, query parameters or caches."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in KEEPERS:
            yield node.lineno, node.attr
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("streamlit"):
            yield from ((node.lineno, alias.name) for alias in node.names if alias.name in KEEPERS)


def test_every_module_has_a_level() -> None:
    modules = {top(file) for file in FILES if file.name != "__init__.py" or "ui" in file.parts}
    assert modules <= set(LEVEL_OF), "give the new module a level in LEVELS"


@pytest.mark.parametrize("file", [f for f in FILES if f != PACKAGE / "__init__.py"], ids=name_of)
def test_a_module_imports_only_from_levels_above_it(file: Path) -> None:
    assert forbidden(top(file), own_modules(imported(parse(file)))) == set()


def test_the_level_rule_would_catch_a_core_module_that_imports_upwards() -> None:
    uses = own_modules(
        imported(ast.parse("def f():\n    from gan_demo import trainer\n    import gan_demo.ui.session"))
    )
    assert uses == {"trainer", "ui"}
    assert forbidden("models", uses) == {"trainer", "ui"}
    assert forbidden("server", uses) == {"ui"}
    assert forbidden("metrics", {"runs"}) == {"runs"}


def test_sideways_imports_are_within_a_level_and_without_cycles() -> None:
    for module, others in SIDEWAYS.items():
        for other in others:
            assert LEVEL_OF[module] == LEVEL_OF[other]
            if (module, other) in {("boards", "ui"), ("ui", "boards")}:
                continue  # until ui.text moves to a package of its own
            assert module not in SIDEWAYS.get(other, set())


@pytest.mark.parametrize("module", sorted(LEVELS[0]))
def test_level_0_needs_the_standard_library_alone(module: str) -> None:
    outside = {name.split(".")[0] for name in imported(parse(PACKAGE / f"{module}.py"))}
    assert outside - set(sys.stdlib_module_names) <= {"gan_demo"}


@pytest.mark.parametrize("file", CORE, ids=name_of)
def test_the_core_imports_no_streamlit(file: Path) -> None:
    assert "streamlit" not in {name.split(".")[0] for name in imported(parse(file))}


@pytest.mark.parametrize("file", [*UI, *APP], ids=name_of)
def test_pages_import_no_tensor_library(file: Path) -> None:
    assert {name.split(".")[0] for name in imported(parse(file))}.isdisjoint({"torch", "torchvision"})


@pytest.mark.parametrize("file", [*(file for file in UI if file != PACKAGE / "ui/session.py"), *APP], ids=name_of)
def test_only_session_touches_state_query_and_caches(file: Path) -> None:
    assert list(keepers(parse(file))) == []


def test_the_state_rule_would_catch_each_way_to_reach_it() -> None:
    source = (
        "import streamlit as st\nfrom streamlit import session_state\n@st.cache_data\ndef f(): st.query_params['a']"
    )
    assert {name for _, name in keepers(ast.parse(source))} == {"session_state", "cache_data", "query_params"}


@pytest.mark.parametrize("file", APP, ids=name_of)
def test_the_app_file_reaches_only_the_topmost_level(file: Path) -> None:
    assert own_modules(imported(parse(file))) <= LEVELS[4]


@pytest.mark.parametrize("file", [f for f in FILES if f.name == "__init__.py"], ids=name_of)
def test_init_files_re_export_nothing(file: Path) -> None:
    tree = parse(file)
    assert imported(tree) == set()
    names = {target.id for node in tree.body if isinstance(node, ast.Assign) for target in node.targets
             if isinstance(target, ast.Name)}  # fmt: skip
    assert names <= {"__version__"}
