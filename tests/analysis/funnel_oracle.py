"""The funnel's rules, said as plainly as possible: try everything for each person. Slow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Event:
    """``fits``: steps the event may meet; ``bars``: exclusions it belongs to."""

    at: int
    fits: frozenset[int]
    bars: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Best:
    """The instants of the steps met in the attempt that counts; empty: only void attempts."""

    times: tuple[int, ...]


def best_attempt(
    events: Sequence[Event],
    *,
    steps: int,
    window: int,
    first_only: bool = False,
    exclusions: Sequence[tuple[int, int]] = (),
) -> Best | None:
    """The attempt that counts for one person; None when the person never enters."""
    starts = sorted({event.at for event in events if 0 in event.fits})
    if not starts:
        return None
    tried = []
    for start in starts[:1] if first_only else starts:
        ways = list(_ways(events, start, steps, window))
        times = min(ways, key=lambda way: (-len(way), way))
        if not any(
            _void(events, times, start + window, n, span) for n, span in enumerate(exclusions)
        ):
            tried.append(times)
    if not tried:
        return Best(())
    return Best(min(tried, key=lambda way: (-len(way), way[0])))


def _ways(
    events: Sequence[Event], start: int, steps: int, window: int
) -> Iterator[tuple[int, ...]]:
    """Instants of every way to meet steps 0, 1, ... with different events, from one start."""

    def extend(used: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        yield tuple(events[one].at for one in used)
        if len(used) == steps:
            return
        for number, event in enumerate(events):
            fits = len(used) in event.fits and number not in used
            if fits and events[used[-1]].at <= event.at <= start + window:
                yield from extend((*used, number))

    for number, event in enumerate(events):
        if event.at == start and 0 in event.fits:
            yield from extend((number,))


def _void(
    events: Sequence[Event],
    times: tuple[int, ...],
    closes: int,
    number: int,
    span: tuple[int, int],
) -> bool:
    begins, ends = span
    if len(times) <= begins:
        return False
    barred = [event.at for event in events if number in event.bars and event.at > times[begins]]
    if len(times) > ends:
        return any(at < times[ends] for at in barred)
    return any(at <= closes for at in barred)
