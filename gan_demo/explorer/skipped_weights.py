"""The sentence that says what of a weights file was skipped beside its weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gan_demo.i18n.text import t

if TYPE_CHECKING:  # torch comes with it
    from gan_demo.weights.reading.extras import Extra, Skipped


def sentence(skipped: Skipped, most: int) -> str:
    """Return what was skipped, by name and kind, in one line of plain text; "" for nothing.

    At most ``most`` are named, and the others counted.
    """
    if not skipped.named:
        return ""
    named = skipped.named[:most]
    what = t("own.comma").join(map(_words, named))
    if skipped.count > len(named):
        what = t("explore.skipped_more", what=what, n=f"{skipped.count - len(named):,}")
    return t("explore.skipped", what=what)


def _words(extra: Extra) -> str:
    kind = t(f"explore.extra.{extra.kind}", n=f"{extra.count:,}", class_name=extra.class_name)
    return t("explore.extra", name=extra.name, what=kind)
