"""The door of all classes: a right code always enters, and guessing codes is slow.

Six letters can be guessed, if slowly; the ticket in a class's QR code and link cannot, so it is never made to wait.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from gan_demo.support.rate_limit import Slowdown

LONGEST_WAIT = 3.0  # seconds: whoever has the right code is in after that, whatever others do
CODE_LENGTH = 6
MAX_TYPED_LENGTH = 40  # characters of a code with what people type around it


def plain(text: str) -> str:
    """Return a code as typed by people, in any case and spacing, without all of that."""
    return "".join(sign for sign in text[:MAX_TYPED_LENGTH].upper() if sign.isalnum())


class Door:
    """Waiting times of attempts to enter. Wrong ones count against their address and against all."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        # a whole class may share one address: each of thirty may mistype the code three times before anybody waits
        self._by_address = Slowdown(rate=1, burst=90, longest=LONGEST_WAIT, clock=clock)
        # an address can be invented behind a proxy, or be one of many
        self._overall = Slowdown(rate=10, burst=600, longest=LONGEST_WAIT, clock=clock)

    def wait(self, address: str) -> float:
        """Count an attempt to enter with a typed code; return the seconds to wait before it is looked up."""
        return max(self._by_address.count(address), self._overall.count(""))

    def was_right(self, address: str) -> None:
        """Take back the last attempt of an address: its code was right."""
        self._by_address.take_back(address)
        self._overall.take_back("")
