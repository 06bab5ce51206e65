"""The vectorised attempts against trying everything for each person."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ecom.models.attempts import Span, attempts, best, moments_of, without_excluded
from tests.analysis.funnel_oracle import Best, Event, best_attempt

STEPS = st.integers(1, 4)


@st.composite
def logs(draw: st.DrawFn) -> tuple[int, list[list[Event]], tuple[tuple[int, int], ...]]:
    """Some people with a few events each; times are few, so that many events share an instant."""
    steps = draw(STEPS)
    spans = [(one, other) for one in range(steps) for other in range(one + 1, steps)]
    exclusions = tuple(draw(st.lists(st.sampled_from(spans), max_size=2))) if spans else ()
    event = st.builds(
        Event,
        at=st.integers(0, 6),
        fits=st.frozensets(st.integers(0, steps - 1), max_size=3),
        bars=st.frozensets(st.integers(0, len(exclusions) - 1), max_size=1)
        if exclusions
        else st.just(frozenset()),
    )
    people = draw(st.lists(st.lists(event, min_size=1, max_size=7), max_size=4))
    return steps, people, exclusions


@settings(max_examples=500, deadline=None)
@given(logs(), st.integers(1, 7), st.booleans())
def test_the_best_attempt_is_the_one_found_by_trying_everything(
    log: tuple[int, list[list[Event]], tuple[tuple[int, int], ...]], window: int, first_only: bool
) -> None:
    steps, people, exclusions = log
    rows = sorted(
        (
            unit,
            event.at,
            sum(1 << step for step in event.fits) + sum(1 << steps + bar for bar in event.bars),
        )
        for unit, events in enumerate(people)
        for event in events
    )
    unit, at, marks = np.array(rows, dtype="int64").reshape(-1, 3).T
    moments = moments_of(unit, at, marks, steps=steps)
    made = attempts(moments, window=window, first_only=first_only)
    spans = [Span(*span) for span in exclusions]
    found = best(without_excluded(moments, made, spans, window=window))
    answers = {
        int(who): Best(tuple(int(at) for at in moments.at[met[:level]]))
        for who, level, met in zip(found.unit, found.level, found.moments, strict=True)
    }
    expected = {
        number: best_attempt(
            events, steps=steps, window=window, first_only=first_only, exclusions=exclusions
        )
        for number, events in enumerate(people)
    }
    assert answers == {who: one for who, one in expected.items() if one is not None}


def test_two_equal_events_of_one_instant_meet_two_equal_steps() -> None:
    # Two views at 0 and steps view, view: the first meets step 0, the second step 1.
    moments = moments_of(np.zeros(2, "int64"), np.zeros(2, "int64"), np.full(2, 3), steps=2)
    assert best(attempts(moments, window=1)).level.tolist() == [2]


def test_one_event_never_meets_two_steps() -> None:
    moments = moments_of(np.zeros(1, "int64"), np.zeros(1, "int64"), np.full(1, 3), steps=2)
    assert best(attempts(moments, window=1)).level.tolist() == [1]
