"""Charts of a look inside a run as files: a web page that needs neither this app nor a network, and a CSV table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from gan_demo.boards.analyse.chart import Figure
from gan_demo.i18n import text


def page(figures: Sequence[Figure], title: str, notes: Sequence[str]) -> bytes:
    """Return self-contained HTML with these charts below a title and sentences on how to read them."""
    from plotly import graph_objects as go  # imported late, because plotly loads slowly

    parts = [
        go.Figure(figure).update_layout(template="plotly_white").to_html(full_html=False, include_plotlyjs=not k)
        for k, figure in enumerate(figures)
    ]
    sentences = "".join(f"<p>{escape(note)}</p>" for note in notes)
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
    style = "<style>body { font: 16px/1.5 sans-serif; max-width: 900px; margin: 2rem auto; padding: 0 1rem; }</style>"
    body = f"<h1>{escape(title)}</h1>{sentences}{''.join(parts)}"
    return (
        f'<!doctype html><html lang="{text.language()}"><head>{head}{style}</head><body>{body}</body></html>'.encode()
    )


def table(rows: Iterable[Sequence[Any]]) -> bytes:
    """Return rows as CSV; None becomes an empty cell."""
    file = io.StringIO()
    csv.writer(file).writerows(["" if value is None else value for value in row] for row in rows)
    return file.getvalue().encode()
