"""Random questions about the event sets of 1,000 people, against trying everything.

The oracle shares no code with the product. People, times and names are few, so that events share
instants, repeat steps and fit several of them.
"""

from __future__ import annotations

import json
import math
import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import mean, median
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ecom.analysis.funnel_query import Breakdown, Exclusion, FunnelQuery, Step, Trend, Where, funnel
from ecom.model import Period
from ecom.store import Shop, Store
from tests.analysis.funnel_oracle import Best, Event, Rules, best_of, every_attempt
from tests.conftest import empty_store, stage

SHOP = Shop("shop", "own", "The shop", "CNY", "UTC")
FIRST = date(2026, 3, 2)
HOURS = 16  # around the midnight after the first day
PEOPLE = 1000
# The same questions in every run; ECOM_EXAMPLES=5000 asks others.
_SEARCH = int(os.environ.get("ECOM_EXAMPLES", "0"))


@dataclass(frozen=True)
class Done:
    """What somebody did; ``hour`` counts from 16:00 of the first day."""

    who: str
    hour: int
    name: str
    product: str
    session: str
    order: str
    channel: str

    @property
    def at(self) -> datetime:
        return datetime(2026, 3, 2, 16) + timedelta(hours=self.hour)


def _made() -> list[Done]:
    chance = random.Random(5)
    made = []
    for number in range(PEOPLE):
        channels = [chance.choice(["", "ad", "mail", "seo"]) for _ in range(HOURS)]
        # Half of them within four hours, so that many events share an instant.
        first, last = chance.choice([(0, HOURS - 1), (6, 9)])
        for _ in range(chance.randint(1, 7)):
            hour = chance.randint(first, last)
            made.append(
                Done(
                    f"v{number}",
                    hour,
                    chance.choice("aabbcdx"),
                    chance.choice(["", "p", "p", "q"]),
                    chance.choice("st"),
                    chance.choice(["", f"o{number}", f"n{number}"]),
                    # Alike at one instant: of equal times any value may be the first.
                    channels[hour],
                )
            )
    return made


MADE = _made()


@pytest.fixture(scope="module")
def asked(engine: str) -> Iterator[Store]:
    rows = [
        {
            "event_id": str(number),
            "event_at": one.at,
            "event_date": one.at.date(),
            "event_name": one.name,
            "visitor_id": one.who,
            "session_id": one.session,
            "order_id": one.order,
            "product_id": one.product,
            "properties": json.dumps({"via": one.channel}),
        }
        for number, one in enumerate(MADE)
    ]
    with empty_store() as store:
        store.load(stage("events", rows, shop=SHOP))
        yield store


NAMED = st.sampled_from(["a", "b", "c", "d", "a", "b", "c", None])


@st.composite
def questions(draw: st.DrawFn) -> FunnelQuery:
    """Questions that have sense."""
    order = draw(st.sampled_from(["ordered", "ordered", "strict", "unordered"]))
    count = draw(st.integers(1, 5))
    last = count - 1
    windows = st.one_of(st.none(), st.integers(1, 6).map(lambda hours: timedelta(hours=hours)))
    has_windows = order != "unordered" and draw(st.booleans())
    product = st.sampled_from([(), (), (), (Where.is_("product_id", "p"),)])
    steps = tuple(
        Step(
            draw(NAMED),
            draw(product),
            is_optional=order == "ordered" and 0 < place < last and draw(st.booleans()),
            within=draw(windows) if has_windows and place else None,
        )
        for place in range(count)
    )
    required = [place for place, step in enumerate(steps) if not step.is_optional]
    spans = [(one, other) for one in required for other in required if one < other]
    if order == "unordered":
        spans = [(0, last)] if last else []
    chosen = draw(st.lists(st.sampled_from(spans), max_size=2)) if spans else []
    attributions = ["first_touch", "last_touch", "all_events"]
    if order != "unordered":
        attributions.append("step")
    return FunnelQuery(
        steps=steps,
        window=timedelta(hours=draw(st.integers(1, HOURS))),
        unit=draw(st.sampled_from(["person", "person", "session", "order"])),
        period=draw(
            st.sampled_from(
                [
                    None,
                    Period(FIRST, FIRST),
                    Period(FIRST + timedelta(1), FIRST + timedelta(1)),
                    Period(FIRST, FIRST + timedelta(1)),
                ]
            )
        ),
        entry=draw(st.sampled_from(["any", "first"])),
        order=order,
        constant=draw(st.sampled_from([None, "product_id"])),
        exclusions=tuple(Exclusion(Step("x"), *span) for span in chosen),
        breakdown=Breakdown("via", draw(st.sampled_from(attributions)), draw(st.integers(0, last))),
        trend=Trend(),
    )


# Nothing is shrunk: a question fails for all people at once, and says for how many.
@settings(
    max_examples=_SEARCH or 200,
    derandomize=not _SEARCH,
    database=None,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
@given(query=questions())
def test_the_answer_is_that_of_trying_everything(asked: Store, query: FunnelQuery) -> None:
    result = funnel(asked, query)
    expected = _Answer(query)
    count = len(query.steps)
    assert result.steps["people"].tolist() == [expected.reached(step) for step in range(count)]
    assert result.excluded == expected.excluded
    assert result.steps["anyone"].tolist() == expected.anyone()
    for step in range(1, count):
        found = result.steps.loc[step, ["mean_seconds", "median_seconds"]].tolist()
        assert found == pytest.approx(expected.times(step), nan_ok=True)
    assert result.times.to_numpy().tolist() == expected.classes_of_times()
    assert result.breakdown is not None
    wide = {value: rows["people"].tolist() for value, rows in result.breakdown.groupby("value")}
    assert wide == expected.by_value()
    assert result.trend is not None
    days = result.trend[["period", *(f"step_{step}" for step in range(count))]]
    assert {
        row[0]: row[1:] for row in days.to_numpy().tolist() if any(row[1:])
    } == expected.by_day()


class _Answer:
    """What trying everything says."""

    def __init__(self, query: FunnelQuery) -> None:
        self.query = query
        self.rules = Rules(
            steps=len(query.steps),
            window=_hours(query.window),
            order=query.order,
            first_only=query.entry == "first",
            exclusions=tuple((one.from_step, one.to_step) for one in query.exclusions),
            optional=frozenset(n for n, step in enumerate(query.steps) if step.is_optional),
            within=tuple(
                None if step.within is None else _hours(step.within) for step in query.steps
            ),
            is_constant=query.constant is not None,
            starts=None
            if query.period is None
            else (
                _hour_of(query.period.start),
                _hour_of(query.period.end + timedelta(1)),
            ),
        )
        units: dict[Any, list[Done]] = {}
        for one in MADE:
            key = {
                "person": one.who,
                "session": (one.who, one.session),
                "order": one.order or None,
            }[query.unit]
            if key is not None and self._is_read(one):
                units.setdefault(key, []).append(one)
        self.units = list(units.values())
        self.attempts = [every_attempt(self._events(done), self.rules) for done in self.units]
        best = [best_of(each) for each in self.attempts]
        self.excluded = best.count(Best(()))
        self.entered = [
            (done, one) for done, one in zip(self.units, best, strict=True) if one and one.times
        ]

    def reached(self, step: int) -> int:
        return sum(one.has(step) for _, one in self.entered)

    def anyone(self) -> list[int]:
        return [
            sum(any(step in self._fits(one) for one in done) for done, _ in self.entered)
            for step in range(self.rules.steps)
        ]

    def times(self, step: int) -> list[float]:
        gaps = self._gaps(step, self._before(step))
        return [mean(gaps), median(gaps)] if gaps else [math.nan] * 2

    def classes_of_times(self) -> list[list[int]]:
        last = self.rules.steps - 1
        ways = [(step, step, self._before(step)) for step in range(1, last + 1)]
        minute, hour, day = 60, 3600, 86400
        bounds = (minute, 5 * minute, 30 * minute, 2 * hour, day, 3 * day)
        rows = []
        for name, step, before in (*ways, *([(-1, last, 0)] if last else [])):
            classes = [sum(gap >= bound for bound in bounds) for gap in self._gaps(step, before)]
            rows += [[name, place, classes.count(place)] for place in range(len(bounds) + 1)]
        return rows

    def _before(self, step: int) -> int:
        return max(one for one in range(step) if one not in self.rules.optional)

    def _gaps(self, step: int, before: int) -> list[int]:
        return [
            (one.times[step] - one.times[before]) * 3600  # type: ignore[operator]
            for _, one in self.entered
            if one.has(step)
        ]

    def by_value(self) -> dict[str, list[int]]:
        asked = self.query.breakdown
        assert asked is not None
        told: Counter[tuple[str, int]] = Counter()
        if asked.attribution == "all_events":
            for done in self.units:
                for value in {one.channel for one in done if self._fits(one)}:
                    seen = [self._of_value(one, value) for one in done]
                    best = best_of(every_attempt(seen, self.rules))
                    told.update((value, n) for n in self._steps() if best and best.has(n))
        else:
            for done, one in self.entered:
                value = self._value(done, one, asked)
                told.update((value, n) for n in self._steps() if one.has(n))
        values = {value for value, _ in told}
        return {value: [told[value, n] for n in self._steps()] for value in values}

    def by_day(self) -> dict[date, list[int]]:
        told: Counter[tuple[date, int]] = Counter()
        for attempts in self.attempts:
            for day in (FIRST, FIRST + timedelta(1)):
                best = best_of([one for one in attempts if _day_of(one.start) == day])
                told.update((day, n) for n in self._steps() if best and best.has(n))
        days = {day for day, _ in told}
        return {day: [told[day, n] for n in self._steps()] for day in days}

    def _steps(self) -> range:
        return range(self.rules.steps)

    def _is_read(self, one: Done) -> bool:
        return self.rules.starts is None or one.hour >= self.rules.starts[0]

    def _fits(self, one: Done) -> frozenset[int]:
        fits = frozenset(
            n
            for n, step in enumerate(self.query.steps)
            if step.event in (None, one.name)
            and all(one.product in where.values for where in step.where)
        )
        starts = self.rules.starts
        if starts is not None and self.rules.order != "unordered" and one.hour >= starts[1]:
            fits -= {0}
        return fits

    def _event(self, one: Done) -> Event:
        bars = frozenset(range(len(self.rules.exclusions))) if one.name == "x" else frozenset()
        return Event(one.hour, self._fits(one), bars, one.product or None)

    def _events(self, done: list[Done]) -> list[Event]:
        return [self._event(one) for one in done]

    def _of_value(self, one: Done, value: str) -> Event:
        """An event beside those of a value of the breakdown."""
        event = self._event(one)
        if one.channel == value:
            return event
        is_everywhere = not one.channel and not event.fits
        return Event(
            event.at, frozenset(), event.bars if is_everywhere else frozenset(), event.held
        )

    def _value(self, done: list[Done], best: Best, asked: Breakdown) -> str:
        if asked.attribution == "step":
            at = best.times[asked.step] if best.has(asked.step) else None
            return next((one.channel for one in done if one.hour == at), "")
        told = [one for one in done if one.channel and self._fits(one)]
        if not told:
            return ""
        choose = min if asked.attribution == "first_touch" else max
        return choose(told, key=lambda one: one.hour).channel


def _hours(length: timedelta | None) -> int:
    assert length is not None
    return length // timedelta(hours=1)


def _hour_of(day: date) -> int:
    return (day - FIRST).days * 24 - 16


def _day_of(hour: int) -> date:
    return FIRST + timedelta(days=(hour + 16) // 24)
