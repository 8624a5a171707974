"""What holds for the repository as a whole: its files, its requirements, its settings and its colours."""

from __future__ import annotations

import itertools
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAX_BYTES = 10_000_000  # Hugging Face and GitHub ask for LFS above about this

# In pieces, so that this file does not contain what it forbids.
REGISTRIES = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("download", "pytorch", "org"),
        ("registry", "npmjs", "org"),
        ("registry", "yarnpkg", "com"),
        ("deb", "debian", "org"),
        ("conda", "anaconda", "org"),
        ("proxy", "golang", "org"),
    )
]
MACHINE_PATH = re.compile(r"(?<![\w.~/-])/(?:work|root|opt|Users|home/(?!user\b)\w+)/")
REGISTRY = re.compile("|".join(re.escape(host) for host in REGISTRIES))


def project_files() -> list[Path]:
    """Files that are, or on `git add` would be, part of the repository."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout, so nothing says which files belong to the project")
    files = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [file for file in files if file.is_file()]


def text_of(file: Path) -> str:
    """Return the file as text; empty when it is binary."""
    data = file.read_bytes()
    return "" if b"\0" in data[:8192] else data.decode("utf-8", errors="replace")


def matching_lines(pattern: re.Pattern[str]) -> list[str]:
    """Return the lines of the project's files that match, each with its file and number."""
    return [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for file in project_files()
        for number, line in enumerate(text_of(file).splitlines(), 1)
        if pattern.search(line)
    ]


def test_every_file_is_under_10_megabytes() -> None:
    assert [str(file.relative_to(ROOT)) for file in project_files() if file.stat().st_size > MAX_BYTES] == []


def test_no_file_names_a_package_registry() -> None:
    assert matching_lines(REGISTRY) == []


def test_no_file_names_a_folder_of_the_machine_it_was_written_on() -> None:
    assert matching_lines(MACHINE_PATH) == []


@pytest.mark.parametrize(
    ("line", "caught"),
    [
        ("root = '/" + "work/main'", True),
        ("open(/" + "root/x)", True),
        ("PATH=/" + "home/anna/x", True),
        ("ENV HOME=/home/user/app", False),
        ("see docs/work/plan.md and ~/opt/x", False),
        ("https://example.com/work/1", False),
    ],
)
def test_the_path_rule_knows_a_machine_path_from_another(line: str, caught: bool) -> None:
    assert bool(MACHINE_PATH.search(line)) is caught


# ---- requirements


MAX_MODULE_LINES = 300


def modules() -> dict[str, str]:
    """Return the project's own JavaScript modules, tests among them: text by path."""
    return texts(".mjs")


def texts(ending: str) -> dict[str, str]:
    """Return the files with an ending, without those of others: text by path."""
    paths = {file.relative_to(ROOT).as_posix(): file for file in project_files() if file.name.endswith(ending)}
    return {path: text_of(file) for path, file in paths.items() if "/vendor/" not in path}


def test_every_module_has_its_types_checked() -> None:
    assert len(modules()) > 100, "the list is not empty by mistake"
    assert [path for path, code in modules().items() if not code.startswith("// @ts-check\n")] == []
    assert [path for path, code in modules().items() if re.search(r"@ts-(ignore|expect-error|nocheck)", code)] == []


def test_no_module_is_too_long_to_read() -> None:
    lengths = {path: code.count("\n") for path, code in (modules() | texts(".d.ts")).items()}
    assert {path: lines for path, lines in lengths.items() if lines > MAX_MODULE_LINES} == {}


REQUIREMENT_FILES = ["requirements.txt", "requirements-dev.txt"]


def requirements(name: str) -> list[tuple[str, str]]:
    """Return (requirement, the line before it) for each requirement of a file."""
    lines = (ROOT / name).read_text("utf-8").splitlines()
    pairs = itertools.pairwise(["", *lines])
    return [(line, before) for before, line in pairs if line and not line.startswith(("#", "-r"))]


@pytest.mark.parametrize("name", REQUIREMENT_FILES)
def test_every_requirement_is_a_range_with_its_reason_above_it(name: str) -> None:
    assert len(requirements(name)) >= 5
    for line, before in requirements(name):
        assert re.fullmatch(r"[A-Za-z0-9_.-]+>=[\d.]+(,!=[\d.]+)*,<[\d.]+", line), line
        assert before.startswith("# "), f"{line}: why is it needed?"


def imports_of(folder: str) -> set[str]:
    pattern = re.compile(r"^\s*(?:import|from) (\w+)", re.MULTILINE)
    return {name for file in (ROOT / folder).rglob("*.py") for name in pattern.findall(file.read_text("utf-8"))}


def test_every_requirement_of_the_app_is_imported_somewhere() -> None:
    packages = {line.split(">")[0] for line, _ in requirements("requirements.txt")}
    modules = {{"pillow": "PIL"}.get(package, package.replace("-", "_")) for package in packages}
    used_by_others = {"scipy", "onnx"}  # by torchvision's SVHN, and by torch's exporter
    assert modules - used_by_others <= imports_of("gan_demo")


# ---- Streamlit's settings


def config() -> dict[str, object]:
    return tomllib.loads((ROOT / ".streamlit/config.toml").read_text("utf-8"))


def flat(table: dict[str, object], prefix: str = "") -> dict[str, object]:
    """{"theme.light.textColor": "#..."} from nested tables."""
    out: dict[str, object] = {}
    for key, value in table.items():
        out |= flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return out


def test_streamlit_knows_every_setting() -> None:
    from streamlit import config as streamlit_config

    assert set(flat(config())) <= set(streamlit_config.get_config_options())


def test_the_production_settings_are_on() -> None:
    settings = flat(config())
    assert settings["runner.postScriptGC"] is False
    assert settings["client.showErrorDetails"] == "none"
    assert settings["server.fileWatcherType"] == "none"
    assert settings["browser.gatherUsageStats"] is False
    assert not {"server.enableCORS", "server.enableXsrfProtection"} & set(settings), "protection stays on"


def test_the_fonts_are_shipped_with_their_licence() -> None:
    faces = flat(config())["theme.fontFaces"]
    assert isinstance(faces, list)
    for face in faces:
        font = ROOT / "gan_demo/ui" / face["url"].removeprefix("app/")
        assert font.read_bytes()[:4] == b"wOF2"
        assert "Open Font License" in font.with_suffix(".LICENSE.txt").read_text("utf-8")


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """WCAG 2.2's contrast ratio of two #rrggbb colours, 1 to 21."""
    dark, light = sorted((luminance(first), luminance(second)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_theme_text_reads_at_wcag_aa(mode: str) -> None:
    theme = {key.removeprefix(f"theme.{mode}."): str(value) for key, value in flat(config()).items()}
    for ground in (theme["backgroundColor"], theme["secondaryBackgroundColor"]):
        for name, colour in theme.items():
            if name in ("textColor", "linkColor") or (name.endswith("TextColor") and "." not in name):
                assert contrast(colour, ground) >= 4.5, (name, ground)
        assert contrast(theme["primaryColor"], ground) >= 3
    assert contrast("#ffffff", theme["primaryColor"]) >= 4.5, "button labels are white"


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_chart_colours_stand_out_from_the_page(mode: str) -> None:
    settings = flat(config())
    colours = settings[f"theme.{mode}.chartCategoricalColors"]
    assert isinstance(colours, list)
    assert all(contrast(colour, str(settings[f"theme.{mode}.backgroundColor"])) >= 3 for colour in colours)
    assert len(settings[f"theme.{mode}.chartSequentialColors"]) == 10  # type: ignore[arg-type]
    assert len(settings[f"theme.{mode}.chartDivergingColors"]) == 10  # type: ignore[arg-type]


# ---- the container and the Space


def test_the_readme_opens_with_the_front_matter_of_a_docker_space() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    head = readme.split("---\n")[1]
    keys = dict(re.findall(r"^(\w+): *(.+)$", head, re.MULTILINE))
    assert readme.startswith("---\n")
    assert (keys["sdk"], keys["app_port"], keys["license"]) == ("docker", "8501", "mit")
    assert len(keys["short_description"]) <= 60


def test_the_container_listens_on_the_port_of_the_space_as_its_user() -> None:
    """A Docker Space runs containers as user 1000."""
    dockerfile = (ROOT / "Dockerfile").read_text("utf-8")
    (port,) = re.findall(r"^app_port: *(\d+)$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    assert f"--server.port={port}" in dockerfile
    assert f"127.0.0.1:{port}/_stcore/health" in dockerfile or f"localhost:{port}/_stcore/health" in dockerfile
    assert "--uid 1000" in dockerfile
