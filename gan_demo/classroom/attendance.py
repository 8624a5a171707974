"""Attendance of a class: the voters whose browsers are connected, and how many there were at most."""

from __future__ import annotations

from collections.abc import Iterator

from gan_demo.errors import ConfigError


class Attendance:
    """Counts voters, however many tabs each has open. The caller holds the lock."""

    def __init__(self, most: int = 0) -> None:
        """Begin with nobody; ``most`` were here at once before a restart of the server."""
        self._connections: dict[str, int] = {}  # voter -> open connections
        self._most = most

    def __iter__(self) -> Iterator[str]:
        return iter([*self._connections])

    def __len__(self) -> int:
        return len(self._connections)

    def __contains__(self, voter: object) -> bool:
        return voter in self._connections

    @property
    def seats(self) -> int:
        """How many votes a poll may have: as many as voters were here at once, and some for phones that sleep by now.

        So somebody who comes again and again under other names adds few votes, whatever addresses they come from.
        """
        return self._most + self._most // 4 + 2

    def check(self, voter: str) -> None:
        """Raise ConfigError if no browser of this voter is connected."""
        if voter not in self:
            raise ConfigError("voter", "", "is not connected to the class", "Reload the page")

    def join(self, voter: str) -> None:
        """Count an opened connection."""
        self._connections[voter] = self._connections.get(voter, 0) + 1
        self._most = max(self._most, len(self))

    def leave(self, voter: str) -> None:
        """Count a closed connection."""
        remaining = self._connections.get(voter, 0) - 1
        if remaining > 0:
            self._connections[voter] = remaining
        else:
            self._connections.pop(voter, None)
