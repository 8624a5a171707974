"""Names that are too long for a file, and a home folder that this user may not enter: one sentence, exit code 2."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from gan_demo.cli.main import main
from gan_demo.errors import ConfigError
from gan_demo.export import formats
from gan_demo.runs import library
from tests.cli.command_line import mistake

ROOT = Path(__file__).resolve().parents[2]
LONG = "x" * 300
DEEP = "/".join(["y" * 200] * 30)  # each name is short enough, the path is not
COMMANDS = [
    *(["export", "digits", "--format", name, "--out", f"{LONG}{ending}"] for name, ending in
      (("site", ""), ("onnx", ".onnx"), ("py", ".py"), ("ipynb", ".ipynb"), ("run", ".zip"))),
    ["export", LONG, "--format", "onnx", "--out", "a.onnx"],
    ["sample", "digits", "--out", f"{LONG}.npz"],
    ["sample", f"{LONG}.pth", "--out", "a.npz"],
    ["train", "ring", "--out", LONG],
    ["train", "ring", "--out", f"{LONG}/run"],
    ["train", "ring", "--resume", "--out", LONG],
    ["train", "--fork", LONG],
    ["train", "images", "--set", f"path={LONG}"],
    ["import", f"{LONG}.zip"],
    ["import", "a.zip", "--out", LONG],
    ["evaluate", LONG],
    ["diagnostics", LONG],
]  # fmt: skip


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words).replace(LONG, "LONG"))
@pytest.mark.parametrize("name", [LONG, DEEP], ids=["name", "path"])
def test_a_name_or_path_that_is_too_long_is_one_sentence(
    words: list[str], name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    message = mistake(capsys, *(word.replace(LONG, name) for word in words))
    assert "Errno" not in message
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("why", ["too long", "taken", "no right"])
@pytest.mark.parametrize("name", [*formats.FORMATS, "run", "sample"])
def test_a_place_that_cannot_be_written_is_refused_before_anything_is_computed(
    name: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ending = {"run": ".zip", "sample": ".npz"}.get(name) or formats.FORMATS[name].ending
    out = tmp_path / f"{'x' * 240 if why == 'too long' else 'out'}{ending}"  # the file beside it has a longer name
    if why == "taken":
        out.mkdir() if ending else out.touch()
    if why == "no right":
        monkeypatch.setattr(os, "access", lambda path, rights: Path(path) != tmp_path)  # root may write everywhere
    monkeypatch.setattr(formats, "find_source", lambda source, options: pytest.fail("it was computed"))
    words = ["sample", "digits"] if name == "sample" else ["export", "digits", "--format", name]
    message = mistake(capsys, *words, "--out", str(out))
    assert ("cannot be written" in message) or (why == "taken" and "already exists" in message)


@pytest.fixture(params=["a file in its way", "a name that is too long", "no right to enter"])
def unusable(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Set a folder of runs that cannot be used."""
    (tmp_path / "file").write_text("")
    folder = tmp_path / (LONG if "long" in request.param else "file/runs")
    if "right" in request.param:
        folder = tmp_path / "locked"
        folder.mkdir()
        monkeypatch.setattr(os, "access", lambda path, rights: Path(path) != folder)  # root may enter everything
    monkeypatch.setenv("GAN_DEMO_HOME", str(folder))
    return folder


@pytest.mark.usefixtures("unusable")
def test_without_a_usable_folder_list_says_so_after_what_it_knows(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 2
    printed = capsys.readouterr()
    assert "tutorial" in printed.out
    assert printed.err.startswith("gan_demo: GAN_DEMO_HOME = ")
    assert printed.err.count("\n") == 1


@pytest.mark.usefixtures("unusable")
def test_without_a_usable_folder_the_app_does_not_start(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gan_demo.ui.serve.serve", lambda *given: pytest.fail("it started"))
    assert "Set it to a folder you may write to" in mistake(capsys, "serve")


def test_the_usual_folder_is_checked_as_one_of_the_environment_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GAN_DEMO_HOME")
    for variable in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(variable, str(tmp_path))
    library.check_home(writes=True)
    (tmp_path / ".cache").write_text("")
    with pytest.raises(ConfigError, match="GAN_DEMO_HOME"):
        library.check_home(writes=False)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such rights")
def test_streamlit_looks_for_no_secrets_in_a_home_folder_that_this_user_may_not_enter(tmp_path: Path) -> None:
    locked = tmp_path / "home"
    locked.mkdir()
    locked.chmod(0)
    script = """
import os
from streamlit import config
from streamlit.runtime.secrets import secrets_singleton
config.get_config_options()
if os.geteuid() == 0:
    os.seteuid(65534)  # somebody whom rights bind
secrets_singleton.load_if_toml_exists()
"""
    environment = {**os.environ, "HOME": str(locked)}
    try:
        done = subprocess.run([sys.executable, "-c", script], env=environment, cwd=ROOT, capture_output=True, text=True)
    finally:
        locked.chmod(stat.S_IRWXU)
    assert done.returncode == 0, done.stderr
