"""Attendance of a class: the voters whose browsers are connected."""

from __future__ import annotations

from collections.abc import Iterator


class Attendance:
    """Counts voters, however many tabs each has open. The caller holds the lock."""

    def __init__(self) -> None:
        self._connections: dict[str, int] = {}  # voter -> open connections

    def __iter__(self) -> Iterator[str]:
        return iter([*self._connections])

    def __len__(self) -> int:
        return len(self._connections)

    def join(self, voter: str) -> None:
        """Count an opened connection."""
        self._connections[voter] = self._connections.get(voter, 0) + 1

    def leave(self, voter: str) -> None:
        """Count a closed connection."""
        remaining = self._connections.get(voter, 0) - 1
        if remaining > 0:
            self._connections[voter] = remaining
        else:
            self._connections.pop(voter, None)
