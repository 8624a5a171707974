"""The layout of docs/architecture.md, enforced: the order of the packages, where Streamlit lives, sizes of files."""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "gan_demo"

# A package imports only from packages above it in this list; within a package anything may import anything.
ORDER = (
    "errors",
    "ranges",
    "own_points",
    "config",
    "schedule",
    "presets",
    "support",
    "i18n",
    "data",
    "gan",
    "pictures",
    "runs",
    "weights",
    "analysis",
    "classroom",
    "training",
    "explorer",
    "lab",
    "service",
    "boards",
    "export",
    "server",
    "ui",
    "cli",
    "__main__",
)
STANDARD_LIBRARY_ALONE = ("errors", "ranges", "config", "schedule", "presets")
SIBLINGS = ("server", "ui")  # both call the service; neither imports the other
MODULES_IN_A_FOLDER = 12
LINES_OF_A_FILE = 300
LINES_OF_A_FUNCTION = 40

# Streamlit's ways to keep something between two runs of a page.
STATE_KEEPERS = {"session_state", "query_params", "cache_data", "cache_resource"}

FILES = sorted(PACKAGE.rglob("*.py"))
APP = ROOT / "app.py"


@cache
def parse(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"), str(file))


def module_name(file: Path) -> str:
    """Return the dotted name: 'gan_demo.runs.library' for gan_demo/runs/library.py."""
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def path_of(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def imported_names(tree: ast.AST) -> set[str]:
    """Return the dotted names that a file imports anywhere, functions and TYPE_CHECKING included."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def libraries(file: Path) -> set[str]:
    """Return the top-level names of what a file imports."""
    return {name.split(".")[0] for name in imported_names(parse(file))}


def package(name: str) -> str:
    """Return the part of a dotted name that stands in ORDER: 'runs' for gan_demo.runs.library."""
    return name.split(".")[1]


def own_imports(tree: ast.AST) -> set[str]:
    return {name for name in imported_names(tree) if name.startswith("gan_demo.")}


def upward(importer: str, tree: ast.AST) -> list[str]:
    """Return the imports of the module ``importer`` from packages below its own, or from its sibling."""
    here = package(importer)

    def is_allowed(there: str) -> bool:
        if here in SIBLINGS and there in SIBLINGS:
            return here == there
        return ORDER.index(there) <= ORDER.index(here)

    return sorted(f"{importer} imports {name}" for name in own_imports(tree) if not is_allowed(package(name)))


MODULES = {module_name(file): file for file in FILES if file != PACKAGE / "__init__.py"}


def imported_modules(file: Path) -> set[str]:
    """Return the modules of ours that a file imports when it is loaded: neither in functions nor for types alone."""
    names: set[str] = set()
    for node in parse(file).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= own_imports(node)
    return {name if name in MODULES else name.rpartition(".")[0] for name in names} & MODULES.keys()


def cycle(graph: dict[str, set[str]]) -> list[str]:
    """Return a circle of a graph, its first node again at the end; [] if there is none."""
    finished: set[str] = set()

    def search(node: str, path: list[str]) -> list[str]:
        if node in path:
            return [*path[path.index(node) :], node]
        if node in finished:
            return []
        for other in sorted(graph.get(node, ())):
            if circle := search(other, [*path, node]):
                return circle
        finished.add(node)
        return []

    return next((circle for node in sorted(graph) if (circle := search(node, []))), [])


def test_every_package_has_a_place_in_the_order() -> None:
    assert {package(name) for name in MODULES} == set(ORDER)


def test_packages_import_only_from_those_above() -> None:
    offenders = [line for name, file in MODULES.items() for line in upward(name, parse(file))]
    assert offenders == []


def test_the_order_would_catch_an_upward_import() -> None:
    tree = ast.parse("def f():\n    from gan_demo.training import trainer\n    import gan_demo.ui.session")
    assert upward("gan_demo.gan.losses", tree) == [
        "gan_demo.gan.losses imports gan_demo.training.trainer",
        "gan_demo.gan.losses imports gan_demo.ui.session",
    ]
    assert upward("gan_demo.server.routes", tree) == ["gan_demo.server.routes imports gan_demo.ui.session"]
    assert upward("gan_demo.ui.home", ast.parse("from gan_demo.server import routes")) != []


def test_no_two_packages_import_each_other() -> None:
    graph: dict[str, set[str]] = defaultdict(set)
    for name, file in MODULES.items():
        graph[package(name)] |= {package(other) for other in own_imports(parse(file))} - {package(name)}
    assert cycle(graph) == []


def test_no_circle_of_files() -> None:
    assert cycle({name: imported_modules(file) for name, file in MODULES.items()}) == []


def test_circles_would_be_found() -> None:
    assert cycle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert cycle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


def test_settings_and_errors_need_the_standard_library_alone() -> None:
    for name in STANDARD_LIBRARY_ALONE:
        assert libraries(PACKAGE / f"{name}.py") - set(sys.stdlib_module_names) <= {"gan_demo"}, name


def test_streamlit_lives_in_ui_alone() -> None:
    assert [
        path_of(file) for name, file in MODULES.items() if package(name) != "ui" and "streamlit" in libraries(file)
    ] == []


def test_pages_import_no_tensor_library() -> None:
    pages = [APP, *(file for name, file in MODULES.items() if package(name) == "ui")]
    assert [path_of(file) for file in pages if libraries(file) & {"torch", "torchvision"}] == []


def state_keepers(tree: ast.AST) -> set[str]:
    """Return which of Streamlit's keepers a file uses."""
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return STATE_KEEPERS & (attributes | {name.rpartition(".")[2] for name in imported_names(tree)})


def test_only_session_touches_state_query_and_caches() -> None:
    pages = [APP, *(file for file in (PACKAGE / "ui").rglob("*.py") if file != PACKAGE / "ui" / "session.py")]
    assert [path_of(file) for file in pages if state_keepers(parse(file))] == []


def test_the_state_rule_would_catch_each_way_to_reach_it() -> None:
    source = (
        "import streamlit as st\nfrom streamlit import session_state\n@st.cache_data\ndef f(): st.query_params['a']"
    )
    assert state_keepers(ast.parse(source)) == {"session_state", "cache_data", "query_params"}


def ways_to_pages(tree: ast.AST) -> set[str]:
    """Return which of Streamlit's ways to another page a file uses: both drop the language from the address."""
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "st"
    } & {"switch_page", "page_link"}


def test_pages_are_left_by_the_helpers_that_keep_the_language_of_the_address() -> None:
    ways_by_file = {
        path_of(file): ways for file in (PACKAGE / "ui").rglob("*.py") if (ways := ways_to_pages(parse(file)))
    }
    assert ways_by_file == {"gan_demo/ui/session.py": {"switch_page"}, "gan_demo/ui/widgets.py": {"page_link"}}


def test_init_files_re_export_nothing() -> None:
    for file in PACKAGE.rglob("__init__.py"):
        names = {
            target.id
            for node in parse(file).body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        assert (imported_names(parse(file)), names - {"__version__"}) == (set(), set()), path_of(file)


def test_imports_are_absolute() -> None:
    relative = [path_of(file) for file in FILES for node in ast.walk(parse(file)) if getattr(node, "level", 0)]
    assert relative == []


def test_folders_files_and_functions_are_of_a_size_to_read() -> None:
    counts = {
        path_of(folder): len([file for file in folder.glob("*.py") if file.name != "__init__.py"])
        for folder in {file.parent for file in FILES}
        if folder != PACKAGE / "ui"  # the page scripts
    }
    assert {folder: count for folder, count in counts.items() if count > MODULES_IN_A_FOLDER} == {}
    lines = {path_of(file): len(file.read_text("utf-8").splitlines()) for file in FILES}
    assert {file: count for file, count in lines.items() if count > LINES_OF_A_FILE} == {}
    long_functions = [
        f"{path_of(file)}:{node.lineno} {node.name}"
        for file in FILES
        for node in ast.walk(parse(file))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > LINES_OF_A_FUNCTION
    ]
    assert long_functions == []
