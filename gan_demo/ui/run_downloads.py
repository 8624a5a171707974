"""Download buttons of a run: its training as a film, and as a script or a notebook."""

from __future__ import annotations

from functools import partial

from gan_demo.export import training_film
from gan_demo.export.script.options import DATA_FILES, ScriptOptions
from gan_demo.i18n.text import t, table
from gan_demo.pictures import animation
from gan_demo.runs.run_dir import RunDir
from gan_demo.ui import session, widgets

FILMS = {"gif": ("image/gif", ":material/gif_box:"), "mp4": ("video/mp4", ":material/movie:")}
SCRIPTS = {"py": ("text/x-python", ":material/code:"), "ipynb": ("application/x-ipynb+json", ":material/book_2:")}


def films(run: RunDir) -> None:
    """Draw the buttons that download the training as a film; none before it has two sample grids."""
    if len(run.grids) < 2:
        return
    title = table("en").get(f"preset.{run.info.name}", run.info.name)  # the font of the caption has Latin letters only
    caption = training_film.Caption(str(title))
    for kind, (mime, icon) in FILMS.items():
        if kind == "mp4" and not animation.has_mp4():
            continue
        widgets.download(
            t(f"files.{kind}"),
            partial(training_film.film, run, kind, caption=caption),
            f"{run.id}.{kind}",
            mime,
            icon=icon,
            key=f"film-{kind}",
            help=t(f"files.{kind}.help", n=min(len(run.grids), training_film.MAX_FRAMES[kind])),
            width="stretch",
        )


def scripts(run: RunDir) -> None:
    """Draw the buttons that download a script and a notebook; a run on own images that were never read has none.

    With built-in images the download is a zip file, which has the images in it.
    """
    if run.config.data.name == "images" and not run.config.model.shape:
        return
    zipped = run.config.data.name in DATA_FILES
    for kind, (mime, icon) in SCRIPTS.items():
        name, download_name = (f"train.{kind}", f"{run.id}-{kind}.zip") if zipped else (f"{run.id}.{kind}",) * 2
        widgets.download(
            t(f"files.{kind}"),
            partial(_script, run, ScriptOptions(name, session.language())),
            download_name,
            "application/zip" if zipped else mime,
            icon=icon,
            key=f"script-{kind}",
            help=t(f"files.{kind}.help"),
            width="stretch",
        )


def _script(run: RunDir, options: ScriptOptions) -> bytes:
    from gan_demo.export.script import build  # imported late because it loads torch

    return build.packed(build.files(run, options))
