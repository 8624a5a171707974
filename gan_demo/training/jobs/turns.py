"""Whose turn it is on a device that trainings share: fair by owner, newcomers at once, a class every other time.

Nothing here knows threads or trainings; the manager asks between two steps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LONGEST_TURN, SHORTEST_TURN = 4.0, 1.0  # seconds
ROUND = 20.0  # seconds in which each of several owners should have a turn
FIRST_TURN = 3.0  # seconds that a newcomer's first turn takes at most; it ends with the first picture
CREDIT = 10.0  # seconds that an owner may be ahead of the others and still be served at once


@dataclass(frozen=True)
class Candidate:
    """A training that wants a turn."""

    id: str
    owner: str
    is_new: bool = False  # it never had one
    is_ordered: bool = False  # it is paused, and its owner asked for a step or a change
    is_class: bool = False  # a class follows it


class Turns:
    """Seconds of the device that each owner and each training has had, and the choice that follows from them."""

    def __init__(self) -> None:
        self._by_owner: dict[str, float] = {}
        self._by_job: dict[str, float] = {}
        self._class_had_last = False

    def enter(self, job_id: str, owner: str, present: Sequence[str]) -> None:
        """Note a new training; the owners ``present`` have others. Who was away has saved up nothing."""
        least = min((self._by_owner.get(other, 0.0) for other in present if other != owner), default=0.0)
        self._by_owner[owner] = max(self._by_owner.get(owner, 0.0), least)
        self._by_job[job_id] = 0.0

    def charge(self, candidate: Candidate, seconds: float) -> None:
        """Count ``seconds`` that a training had."""
        self._by_owner[candidate.owner] = self._by_owner.get(candidate.owner, 0.0) + seconds
        self._by_job[candidate.id] = self._by_job.get(candidate.id, 0.0) + seconds
        self._class_had_last = candidate.is_class

    def forget(self, job_id: str, present: Sequence[str]) -> None:
        """Forget a training that is over, and owners who are not ``present`` if nobody is."""
        self._by_job.pop(job_id, None)
        if not present:
            self._by_owner.clear()

    def used(self) -> Mapping[str, float]:
        """Return the seconds of each owner."""
        return dict(self._by_owner)

    def choose(self, candidates: Sequence[Candidate]) -> Candidate | None:
        """Return who is next, or None if nobody wants a turn."""
        if not candidates:
            return None
        urgent = [candidate for candidate in candidates if self.is_urgent(candidate, candidates)]
        in_class = [candidate for candidate in candidates if candidate.is_class and not self._class_had_last]
        return min(urgent or in_class or candidates, key=self._had)

    def is_urgent(self, candidate: Candidate, candidates: Sequence[Candidate]) -> bool:
        """Return whether to serve it at once: a newcomer or a single step, of an owner who is not far ahead."""
        least = min(self._by_owner.get(other.owner, 0.0) for other in candidates)
        is_ahead = self._by_owner.get(candidate.owner, 0.0) - least > CREDIT
        return (candidate.is_new or candidate.is_ordered) and not is_ahead

    def _had(self, candidate: Candidate) -> tuple[float, float]:
        return self._by_owner.get(candidate.owner, 0.0), self._by_job.get(candidate.id, 0.0)


def turn_seconds(owners: int) -> float:
    """Return the length of a turn when so many owners share the device."""
    return min(LONGEST_TURN, max(SHORTEST_TURN, ROUND / max(1, owners)))
