"""How many threads a small answer takes: one, as a second has to be woken, and spins while it waits for a core."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import ThreadpoolController


@contextmanager
def one_thread() -> Iterator[None]:
    """In this block torch computes on the calling thread alone; other threads, such as a training, keep theirs.

    For a few samples at a time while somebody waits: OpenMP makes a new team for every thread that asks, which every
    run of a Streamlit page is, and on cores that a browser shares it waits up to ten times as long as it computes.
    """
    with _openmp().limit(limits=1):
        yield


@functools.cache
def _openmp() -> ThreadpoolController:
    """torch's own OpenMP, whose number of threads is each thread's own matter."""
    import torch  # noqa: F401 - what is not loaded yet is not found

    return ThreadpoolController().select(user_api="openmp")
