"""Rows of a training, with evaluations, that a rule of the diagnosis reads."""

from __future__ import annotations

from typing import Any

from gan_demo.runs import library

Columns = dict[str, list[Any]]
SHIPPED = library.pretrained()
