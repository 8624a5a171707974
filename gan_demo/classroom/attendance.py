"""Attendance of a class: the voters whose browsers are connected, and how many there were at most."""

from __future__ import annotations

from collections.abc import Iterator

from gan_demo.errors import ConfigError

PER_ADDRESS = 100  # voters of one address at once


class Attendance:
    """Counts voters, however many tabs each has open. The caller holds the lock.

    Whoever opens many browsers has many votes, but no more of one address than ``per_address``. Others of it wait: they
    see everything, are not counted, and take the place of the next one who leaves.
    """

    def __init__(self, most: int = 0) -> None:
        """Begin with nobody; ``most`` were here at once before a restart of the server."""
        self._connections: dict[str, int] = {}  # voter -> open connections, of those who wait as well
        self._addresses: dict[str, str] = {}  # voter -> address
        self._waiting: dict[str, str] = {}  # likewise
        self._most = most

    def __iter__(self) -> Iterator[str]:
        return iter([*self._addresses])

    def __len__(self) -> int:
        return len(self._addresses)

    def __contains__(self, voter: object) -> bool:
        return voter in self._addresses

    @property
    def seats(self) -> int:
        """How many votes a poll may have: as many as voters were here at once, and some for phones that sleep by now.

        So somebody who comes again and again under other names adds few votes, whatever addresses they come from.
        """
        return self._most + self._most // 4 + 2

    def check(self, voter: str) -> None:
        """Raise ConfigError if no browser of this voter is connected, or if it waits."""
        if voter in self._waiting:
            raise ConfigError("address", "", "has as many voters as one may have")
        if voter not in self:
            raise ConfigError("voter", "", "is not connected to the class", "Reload the page")

    def join(self, voter: str, address: str = "", per_address: int = PER_ADDRESS) -> None:
        """Count an opened connection."""
        if voter not in self._connections:
            is_full = list(self._addresses.values()).count(address) >= per_address
            (self._waiting if is_full else self._addresses)[voter] = address
        self._connections[voter] = self._connections.get(voter, 0) + 1
        self._most = max(self._most, len(self))

    def leave(self, voter: str) -> None:
        """Count a closed connection."""
        remaining = self._connections.get(voter, 0) - 1
        if remaining > 0:
            self._connections[voter] = remaining
            return
        self._connections.pop(voter, None)
        self._waiting.pop(voter, None)
        address = self._addresses.pop(voter, None)
        following = next(
            (other for other, waiting_address in self._waiting.items() if waiting_address == address), None
        )
        if following is not None:
            self._addresses[following] = self._waiting.pop(following)
