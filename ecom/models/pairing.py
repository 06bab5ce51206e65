"""Whether some can all be given something of their own (bipartite matching)."""

from __future__ import annotations

from collections.abc import Sequence


def can_pair(wants: Sequence[int]) -> bool:
    """Whether each gets one of what it takes, and nothing is given twice.

    Method: augmenting paths (Kuhn 1955).

    Parameters
    ----------
    wants : for each, the bits of what it takes.

    Examples
    --------
    >>> can_pair([0b01, 0b11]), can_pair([0b01, 0b01])
    (True, False)
    """
    taker: dict[int, int] = {}

    def place(one: int, tried: set[int]) -> bool:
        for thing in range(wants[one].bit_length()):
            if wants[one] >> thing & 1 and thing not in tried:
                tried.add(thing)
                if thing not in taker or place(taker[thing], tried):
                    taker[thing] = one
                    return True
        return False

    return all(place(one, set()) for one in range(len(wants)))
