"""The funnel's rules, said as plainly as possible: try everything for each person. Slow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import permutations

Times = tuple[int | None, ...]
MOST_STEPS = 8


@dataclass(frozen=True)
class Event:
    """``fits``: steps the event may meet; ``bars``: exclusions it belongs to.

    ``held``: its value of the constant property; None: it has none.
    """

    at: int
    fits: frozenset[int]
    bars: frozenset[int] = frozenset()
    held: str | None = None


@dataclass(frozen=True)
class Rules:
    """How a funnel is counted; times are whole numbers."""

    steps: int
    window: int
    order: str = "ordered"
    first_only: bool = False
    exclusions: tuple[tuple[int, int], ...] = ()
    optional: frozenset[int] = frozenset()
    within: tuple[int | None, ...] = ()
    is_constant: bool = False
    starts: tuple[int, int] | None = None


@dataclass(frozen=True)
class Best:
    """When each step was met, None where it was skipped; empty: void by an excluded event."""

    times: Times

    @property
    def start(self) -> int:
        assert self.times[0] is not None
        return self.times[0]

    def count(self) -> int:
        return sum(at is not None for at in self.times)

    def has(self, step: int) -> bool:
        return len(self.times) > step and self.times[step] is not None


@dataclass(frozen=True)
class Attempt:
    """``level``: required steps met, 0 where it is void."""

    start: int
    level: int
    best: Best


def best_attempt(
    events: Sequence[Event],
    *,
    steps: int,
    window: int,
    first_only: bool = False,
    exclusions: Sequence[tuple[int, int]] = (),
) -> Best | None:
    """The attempt of an ordered funnel that counts for one person; None: never entered."""
    rules = Rules(steps, window, first_only=first_only, exclusions=tuple(exclusions))
    return best_of(every_attempt(events, rules))


def best_of(attempts: Sequence[Attempt]) -> Best | None:
    """The attempt that counts: the furthest, of those the one with most optional steps, then the
    earliest, then the quickest."""
    if not attempts:
        return None
    best = min(
        attempts,
        key=lambda one: (-one.level, -one.best.count(), one.start, _padded(one.best.times)),
    )
    return best.best if best.level else Best(())


def every_attempt(events: Sequence[Event], rules: Rules) -> list[Attempt]:
    """All attempts of one person."""
    lanes = [tuple(events)]
    if rules.is_constant:
        values = sorted({event.held for event in events if event.held is not None})
        lanes = [tuple(_as_seen_by(value, event) for event in events) for value in values]
    tried = [(lane, start) for lane in lanes for start in _starts(lane, rules)]
    if rules.first_only and tried:
        first = min(start for _, start in tried)
        tried = [(lane, start) for lane, start in tried if start == first]
    return [_attempt(lane, start, rules) for lane, start in tried]


def _as_seen_by(value: str, event: Event) -> Event:
    """An event beside those of a value: of another value it only lies in between."""
    if event.held == value:
        return event
    bars = event.bars if event.held is None else frozenset[int]()
    return replace(event, fits=frozenset(), bars=bars)


def _starts(events: Sequence[Event], rules: Rules) -> list[int]:
    any_begins = rules.order == "unordered"
    return sorted(
        {
            event.at
            for event in events
            if (event.fits if any_begins else 0 in event.fits)
            and (rules.starts is None or rules.starts[0] <= event.at < rules.starts[1])
        }
    )


def _attempt(events: Sequence[Event], start: int, rules: Rules) -> Attempt:
    if rules.order == "unordered":
        times = _in_any_order(events, start, rules)
        return Attempt(start, len(times), Best(times))
    way = min(_ways(events, start, rules), key=lambda way: (-len(way), way))
    required = [step for step in range(rules.steps) if step not in rules.optional]
    if any(_void(events, way, start, n, required, rules) for n in range(len(rules.exclusions))):
        return Attempt(start, 0, Best(()))
    if not rules.optional:
        return Attempt(start, len(way), Best(way))
    met: dict[int, int] = dict(zip(required, way, strict=False))
    for step in sorted(rules.optional):
        _take(events, step, met, required, rules)
    last = max(met)
    return Attempt(start, len(way), Best(tuple(met.get(step) for step in range(last + 1))))


def _ways(events: Sequence[Event], start: int, rules: Rules) -> Iterator[tuple[int, ...]]:
    """Instants of every way to meet the required steps with different events, from one start."""
    required = [step for step in range(rules.steps) if step not in rules.optional]

    def extend(used: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        times = tuple(events[one].at for one in used)
        if rules.order == "ordered" or _is_direct(events, used):
            yield times
        if len(used) == len(required):
            return
        step = required[len(used)]
        within = rules.within[step] if rules.within else None
        for number, event in enumerate(events):
            fits = step in event.fits and number not in used
            in_time = times[-1] <= event.at <= start + rules.window
            if fits and in_time and (within is None or event.at - times[-1] <= within):
                yield from extend((*used, number))

    for number, event in enumerate(events):
        if event.at == start and 0 in event.fits:
            yield from extend((number,))


def _is_direct(events: Sequence[Event], used: tuple[int, ...]) -> bool:
    """Whether nothing else lies between the first and the last event of a way."""
    first, last = events[used[0]].at, events[used[-1]].at
    return not any(
        first < event.at < last and number not in used for number, event in enumerate(events)
    )


def _void(
    events: Sequence[Event],
    way: tuple[int, ...],
    start: int,
    number: int,
    required: Sequence[int],
    rules: Rules,
) -> bool:
    begins, ends = (required.index(step) for step in rules.exclusions[number])
    if len(way) <= begins:
        return False
    barred = [event.at for event in events if number in event.bars and event.at > way[begins]]
    if len(way) > ends:
        return any(at < way[ends] for at in barred)
    return any(at <= start + rules.window for at in barred)


def _take(
    events: Sequence[Event],
    step: int,
    met: dict[int, int],
    required: Sequence[int],
    rules: Rules,
) -> None:
    """Add an optional step by its earliest event between its neighbours that meets nothing else."""
    before = max(one for one in required if one < step)
    after = min(one for one in required if one > step)
    if before not in met:
        return
    until = met.get(after, met[0] + rules.window)
    within = rules.within[step] if rules.within else None
    if within is not None:
        until = min(until, met[before] + within)
    for at in sorted(event.at for event in events if step in event.fits):
        if met[before] <= at <= until and _can_meet(events, {**met, step: at}):
            met[step] = at
            return


def _can_meet(events: Sequence[Event], met: dict[int, int]) -> bool:
    """Whether each step can have an event of its own at its instant."""
    for instant in set(met.values()):
        steps = [step for step, at in met.items() if at == instant]
        here = [event for event in events if event.at == instant]
        if not any(
            all(step in event.fits for step, event in zip(steps, chosen, strict=True))
            for chosen in permutations(here, len(steps))
        ):
            return False
    return True


def _in_any_order(events: Sequence[Event], start: int, rules: Rules) -> tuple[int, ...]:
    """When one, two, three ... of the steps were met by different events."""
    until = start + rules.window
    until = min([until, *(event.at for event in events if event.bars and event.at > start)])
    seen = [event for event in events if start <= event.at <= until]
    instants = sorted({event.at for event in seen})
    most = {at: _most([one for one in seen if one.at <= at], frozenset()) for at in instants}
    return tuple(
        min(at for at in instants if most[at] > count) for count in range(max(most.values()))
    )


def _most(events: Sequence[Event], met: frozenset[int]) -> int:
    """The most steps that some events can meet, each one at most."""
    if not events:
        return len(met)
    first, *rest = events
    ways = [_most(rest, met | {step}) for step in first.fits - met]
    return max([_most(rest, met), *ways])


def _padded(times: Times) -> tuple[float, ...]:
    """Times to compare; what was not met is later than anything."""
    never = float("inf")
    more = (never,) * (MOST_STEPS - len(times))
    return (*(never if at is None else at for at in times), *more)
