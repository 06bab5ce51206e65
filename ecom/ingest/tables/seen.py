"""Which 64-bit hashes have occurred in the earlier blocks of a file, in little memory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_MOST_RUNS = 6  # a block is looked up in so many sorted runs at most


@dataclass(frozen=True, slots=True)
class _Run:
    """Sorted hashes of events between two moments."""

    hashes: np.ndarray
    first: int
    last: int


class SeenHashes:
    """Counts how often each hash has occurred, eight bytes an event.

    An event log is mostly in the order of time, so a block is compared just with the runs whose
    time it overlaps; where it is not, overlapping runs are merged so that they stay few.
    """

    def __init__(self) -> None:
        self._runs: list[_Run] = []

    def count(self, hashes: np.ndarray, moments: np.ndarray) -> np.ndarray:
        """How often each hash occurred in earlier calls; takes these in as well.

        Parameters
        ----------
        hashes : uint64 array
        moments : int64 array, equal for rows of the same hash

        Returns
        -------
        int64 array
        """
        found = np.zeros(len(hashes), dtype=np.int64)
        if not len(hashes):
            return found
        order = np.argsort(hashes)
        ordered = hashes[order]
        first, last = int(moments.min()), int(moments.max())
        near = [run for run in self._runs if run.first <= last and run.last >= first]
        for run in near:
            start = np.searchsorted(run.hashes, ordered)
            inside = np.minimum(start, len(run.hashes) - 1)
            hits = np.flatnonzero(run.hashes[inside] == ordered)
            ends = np.searchsorted(run.hashes, ordered[hits], side="right")
            found[order[hits]] += ends - start[hits]
        self._runs.append(_Run(ordered, first, last))
        if len(near) >= _MOST_RUNS:
            self._merge([*near, self._runs[-1]])
        return found

    def _merge(self, runs: list[_Run]) -> None:
        merged = _Run(
            np.sort(np.concatenate([run.hashes for run in runs]), kind="stable"),
            min(run.first for run in runs),
            max(run.last for run in runs),
        )
        merging = {id(run) for run in runs}
        self._runs = [run for run in self._runs if id(run) not in merging]
        self._runs.append(merged)
