"""The component that adds to Streamlit's page what it leaves out, such as its controls' words in its language."""

from __future__ import annotations

from gan_demo.i18n import text
from gan_demo.i18n.text import t
from gan_demo.ui import classroom, session, widgets
from gan_demo.ui.train_page import browser

# What Streamlit calls its own controls, for screen readers or on them; they are English on every page.
STREAMLIT_NAMES = {
    "Main menu": "app.name.menu",
    "App pages": "app.name.pages",
    "Link to heading": "app.name.heading",
    "Selected values": "app.name.chosen",
    "Clear all": "app.name.clear",
    "Open": "app.name.open",
    "Close": "app.name.close",
    "Choose an option": "app.name.choose",
    "Choose options": "app.name.choose",
    "Running...": "app.name.running",
    "Stop": "app.name.stop",
    "file upload": "app.upload.field",
    "Add files": "app.upload.add",
    "Upload": "app.upload.files",
    "Upload directories": "app.upload.folder",
    "Drag and drop a file here": "app.upload.drop",
    "Drag and drop files here": "app.upload.drop",
    "Drag and drop directories here": "app.upload.drop_folder",
    "Only one file is allowed.": "app.upload.one",
    "Click to retry upload": "app.upload.retry",
    "Take Photo": "app.camera.take",
    "Switch camera": "app.camera.switch",
    "This app would like to use your camera.": "app.camera.asks",
    "Learn how to allow access.": "app.camera.allow",
}
# The same around a part that stays. "{}" is the place of that part.
STREAMLIT_PATTERNS = {
    "Help for {}": "app.name.help",
    "{} per file": "app.upload.most",
    "Remove {}": "app.upload.remove",
    "Cancel upload of {}": "app.upload.cancel",
    "File must be {} or smaller.": "app.upload.too_large",
    "{} files are not allowed.": "app.upload.type",
}
_PAGE = widgets.component("page/page")


def draw() -> None:
    """Draw the component, which shows nothing of its own."""
    _PAGE(key="page", data=data(), on_again_change=_page_chosen_again)


def _page_chosen_again() -> None:
    """Leave what the Train page shows for its cards, as the visitor chose it in the navigation once more."""
    if getattr(session.get("page"), "again", None) == "train":
        session.link_run("")
        session.set_query(browser.QUERY, "")
        if session.query("class") in classroom.ENTRANCES:
            session.set_query("class", "")


def data() -> dict[str, object]:
    """Return ``PageData`` of page/types.d.ts."""
    return {
        "language": session.language(),
        "addressLanguage": session.address_language(),
        "scrolls": t("app.scrolls"),
        "names": {known: t(key) for key, known in _known(STREAMLIT_NAMES)},
        "patterns": [(known, t(key, kept="{}")) for key, known in _known(STREAMLIT_PATTERNS)],
    }


def _known(words: dict[str, str]) -> list[tuple[str, str]]:
    """Return each key with Streamlit's words, and with those that a page in another language may have left."""
    others = [
        (key, text.table(language)[key].replace("{kept}", "{}"))
        for language in text.LANGUAGES
        for key in words.values()
        if language != text.language()
    ]
    return [*others, *((key, english) for english, key in words.items())]
