"""Limit of torch's threads for small computations: waking a second thread takes longer than it saves."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import ThreadpoolController


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch compute on the calling thread alone within this block; other threads, such as a training, keep theirs.

    It is for a few samples at a time while somebody waits: OpenMP starts a new team of threads for every calling
    thread, and every run of a Streamlit page is a new one. If a browser uses the cores too, waiting for the team takes
    up to ten times as long as computing.
    """
    with _openmp().limit(limits=1):
        yield


@functools.cache
def _openmp() -> ThreadpoolController:
    """Return the controller of torch's OpenMP library, whose number of threads is set for each calling thread."""
    import torch  # noqa: F401 - the library can be selected only once it is loaded

    return ThreadpoolController().select(user_api="openmp")
