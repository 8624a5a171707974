"""What a download button made at a click outlasts the runs of other visitors' scripts."""

from __future__ import annotations

import pytest
from streamlit.runtime import media_file_manager
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.media_file_storage import MediaFileStorageError
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from gan_demo.ui.page_frame import download_files


class Server:
    """Streamlit's files of one session, and a clock of our own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(media_file_manager, "_get_session_id", lambda: "me")
        self.storage = MemoryMediaFileStorage("/media")
        self.files = MediaFileManager(self.storage)
        self.now = 0.0
        download_files.tidy_seldom(self.files, lambda: self.now)

    def button(self) -> str:
        return self.files.add_deferred(lambda: b"weights", "text/plain", "1.0", file_name="w.txt")

    def scripts_end(self, times: int = 3) -> None:
        for _ in range(times):
            self.files.remove_orphaned_files()

    def has(self, address: str) -> bool:
        name = address.rpartition("/")[2]
        try:
            self.storage.get_file(name)
        except MediaFileStorageError:
            return False
        return True


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    return Server(monkeypatch)


def test_a_file_that_was_made_at_a_click_is_there_for_a_while_and_not_for_ever(server: Server) -> None:
    server.scripts_end()
    server.now = 19.0
    address = server.files.execute_deferred(server.button())
    server.scripts_end()
    server.now = 30.0
    server.scripts_end()
    assert server.has(address), "marked once, not deleted"
    server.now = 51.0
    server.scripts_end()
    assert not server.has(address)


def test_a_button_can_be_pressed_while_its_page_is_drawn_again(server: Server) -> None:
    old = server.button()
    server.files.clear_session_refs("me")  # the page's script begins again
    server.now = 20.0
    server.scripts_end()
    assert server.has(server.files.execute_deferred(old))
    server.button()
    server.now = 40.0
    server.scripts_end()
    with pytest.raises(MediaFileStorageError, match="not found"):
        server.files.execute_deferred(old)


def test_tidying_is_replaced_once(server: Server) -> None:
    tidy = server.files.remove_orphaned_files
    download_files.tidy_seldom(server.files)
    assert server.files.remove_orphaned_files == tidy


def test_another_version_of_streamlit_keeps_its_own_tidying() -> None:
    class Other:
        def remove_orphaned_files(self) -> None: ...

    other = Other()
    download_files.tidy_seldom(other)  # type: ignore[arg-type]
    assert vars(other) == {}
