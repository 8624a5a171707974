"""Choose own images: files, a folder or the camera. What is chosen is saved at once and leaves the memory."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from gan_demo.data.images.formats import ARCHIVE_ENDINGS
from gan_demo.data.images.limits import MIN_IMAGES
from gan_demo.errors import GanDemoError
from gan_demo.i18n import text
from gan_demo.i18n.text import t
from gan_demo.service.own_images import uploads
from gan_demo.service.own_images.checks import Check
from gan_demo.ui import session

SOURCES = ("files", "folder", "camera")
SIZE = 32  # pixels a side, unless another is chosen
CHECK, PROBLEM = "own-images-check", "own-images-problem"  # values of the session
_ROUND, _PHOTOS = "own-images-round", "own-images-photos"


def draw(size: int) -> None:
    """Draw the fields to choose from; a callback saves what was chosen and begins to look at it."""
    st.markdown(t("own.lead"))
    source = st.segmented_control(
        t("own.from"),
        SOURCES,
        default="files",
        format_func=lambda name: t(f"own.from.{name}"),
        required=True,
        key="own-images-source",
    )
    key = f"own-images-{source}-{session.get(_ROUND, 0)}"  # a new field after each choice
    most = uploads.most_megabytes()
    if source == "camera":
        _camera(size, key)
        return
    st.file_uploader(
        t(f"own.{source}", most=most),
        # of any type: the report says what is left out and why, and phones offer their camera
        accept_multiple_files="directory" if source == "folder" else True,
        max_upload_size=most,
        key=key,
        help=t(f"own.{source}.help"),
        on_change=_take,
        args=(key, size),
    )


def _take(key: str, size: int) -> None:
    """Save the files of a field and look at them."""
    files: Sequence[Any] = session.get(key) or []
    if files:
        _begin([(file.name, file.getvalue()) for file in files], size)
        session.forget_files(files)


def _begin(files: list[tuple[str, bytes]], size: int) -> None:
    name = _name([file for file, _ in files])
    try:
        path = uploads.save(files, name)
    except GanDemoError as error:
        session.put(PROBLEM, error)
    else:
        session.put(CHECK, Check(path, name, size, language=text.language()))
    session.put(_ROUND, session.get(_ROUND, 0) + 1)


def _name(files: Sequence[str]) -> str:
    """Return what a choice of files is called: one file and a folder have a name, pictures are counted."""
    top = {PurePosixPath(file).parts[0] for file in files if "/" in file}
    if len(files) == 1 and not top:
        return files[0]
    return top.pop() if len(top) == 1 and all("/" in file for file in files) else t("images.several", n=len(files))


def title(name: str) -> str:
    """Return the name of a choice without an archive's ending."""
    ending = max((suffix for suffix in ARCHIVE_ENDINGS if name.lower().endswith(suffix)), key=len, default="")
    return name[: len(name) - len(ending)] or name


# ---- the camera


def _camera(size: int, key: str) -> None:
    """Draw the camera and count its photos, or say why the browser has none to give."""
    if not has_camera(str(st.context.url)):
        st.info(t("own.camera.plain"), icon=":material/no_photography:")
        return
    photos: dict[str, bytes] = session.get(_PHOTOS, {})
    st.markdown(t("own.camera.how", least=MIN_IMAGES))
    st.camera_input(t("own.camera"), key=key, label_visibility="collapsed", on_change=_keep_photo, args=(key,))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(t("own.camera.count", n=len(photos), least=MIN_IMAGES))
        enough = len(photos) >= MIN_IMAGES
        st.button(
            t("own.camera.use"), disabled=not enough, type="primary", key="use-photos", on_click=_use, args=(size,)
        )
        st.button(t("own.camera.undo"), disabled=not photos, key="undo-photo", on_click=_drop_photo, type="tertiary")


def has_camera(address: str) -> bool:
    """Return whether browsers give their camera to a page of this address: over https, or from the same computer."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    try:
        local = ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = host == "localhost" or host.endswith(".localhost")
    return parts.scheme == "https" or local


def _keep_photo(key: str) -> None:
    photo = session.get(key)
    if photo is not None:
        photos: dict[str, bytes] = session.get(_PHOTOS, {})
        if sum(map(len, photos.values())) < uploads.most_megabytes() * 2**20:
            session.put(_PHOTOS, photos | {photo.file_id: photo.getvalue()})
        session.forget_files([photo])


def _drop_photo() -> None:
    session.put(_PHOTOS, dict(list(session.get(_PHOTOS, {}).items())[:-1]))


def _use(size: int) -> None:
    photos: dict[str, bytes] = session.pop(_PHOTOS, {})
    _begin([(f"photo-{k:03d}.jpg", content) for k, content in enumerate(photos.values(), start=1)], size)
