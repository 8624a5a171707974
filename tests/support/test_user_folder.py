"""The app's folders: by a variable, or in the user's cache, which is asked for only where it is needed."""

from __future__ import annotations

from pathlib import Path

import pytest

from gan_demo.data import downloads
from gan_demo.errors import ConfigError
from gan_demo.runs import library
from gan_demo.support.user_folder import user_folder


@pytest.fixture
def homeless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this user have no home folder, as a service with a number of its own."""

    def refuse(*arguments: object) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", refuse)
    monkeypatch.setattr(Path, "expanduser", refuse)


def test_a_variable_is_enough_without_a_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(Path, "home", lambda: pytest.fail("there is none"))
    monkeypatch.setenv("GAN_DEMO_HOME", str(tmp_path))
    assert library.home() == tmp_path


def test_without_both_it_is_one_sentence(homeless: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GAN_DEMO_HOME")
    with pytest.raises(ConfigError) as caught:
        library.home()
    assert str(caught.value) == (
        "GAN_DEMO_HOME: is not set, and this user has no home folder. Set it to a folder you may write to."
    )
    monkeypatch.delenv("GAN_DEMO_DATA", raising=False)
    with pytest.raises(ConfigError, match="GAN_DEMO_DATA"):
        downloads.default_root()


def test_a_tilde_is_the_home_and_the_default_lies_in_the_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))  # Windows
    monkeypatch.setenv("GAN_DEMO_HOME", "~/runs")
    assert user_folder("GAN_DEMO_HOME", "runs") == tmp_path / "runs"
    assert user_folder("GAN_DEMO_NOWHERE", "runs") == tmp_path / ".cache" / "gan_demo" / "runs"
