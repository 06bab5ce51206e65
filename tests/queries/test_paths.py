"""The ways of visits against literal events, on every engine, and against a plain reading."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from ecom.errors import InvalidParameter
from ecom.model import Period, Scope
from ecom.queries.paths import OTHER_ACTIONS, OTHER_PAGES, UNNAMED_PAGE, visit_sums, ways
from ecom.queries.scope import resolve
from ecom.schema import events, sessions
from ecom.store import Batch, Store

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)
UNTIL = datetime(2026, 4, 1)

Load = Callable[..., Batch]


def event(visitor: str, at: str, name: str = "page_view", **more: Any) -> dict[str, Any]:
    """``at``: day and time in Shanghai, "2T09:00:00" is Monday, 2 March."""
    moment = datetime.fromisoformat(f"2026-03-0{at}")
    return {
        "event_id": f"{visitor} {at} {name} {more.get('page', '')}",
        "event_at": moment - timedelta(hours=8),
        "event_date": moment.date(),
        "event_name": name,
        "visitor_id": visitor,
        "device": "mobile",
        **more,
    }


EVENTS = [
    # Ann looks at a product twice, buys in the evening visit; the second page's tag fires with it.
    event("ann", "2T09:00:00", page="https://shop.example/?utm_source=x"),
    event("ann", "2T09:01:00", page="/p/1", product_id="1"),
    event("ann", "2T09:01:00", "view_item", page="/p/1", product_id="1"),
    event("ann", "2T09:02:00", "view_item", page="/p/2", product_id="2"),
    event("ann", "2T20:00:00", page="/cart/"),
    event("ann", "2T20:01:00", "purchase", order_id="o1", value=10),
    # Bob, on a desktop, over midnight into Tuesday; the visit belongs to Monday.
    event("bob", "2T23:59:00", page="/#/list?page=2", device="desktop"),
    event("bob", "3T00:01:00", "search", page="/#/list", device="desktop"),
    # Cat on Tuesday at night, on pages without a name; her other visit came before the period.
    event("cat", "1T12:00:00", page="/"),
    event("cat", "3T05:59:00", page=""),
    event("cat", "3T06:00:00", page="/#reviews"),
]


def said(store: Store, scope: Scope, split: str = "days") -> dict[tuple[Any, ...], tuple[int, int]]:
    """Names of the steps, part, campaign, night -> visits and those that bought."""
    found = ways(store, resolve(store, scope), until=UNTIL, split=split)
    answer = {}
    for row in found.rows.itertuples():
        way = tuple(found.names[letter] for letter in row.way)
        key = (way, row.part, row.is_campaign, row.is_night)
        answer[key] = (row.sessions, row.buying_sessions)
    return answer


@pytest.fixture
def log(store: Store, load: Load) -> Store:
    load(store, "events", EVENTS)
    return store


SCOPE = Scope(period=Period(MONDAY, TUESDAY))


@pytest.mark.every_engine
def test_visits_by_their_way(log: Store, load: Load) -> None:
    load(
        log,
        "calendar_events",
        [{"name": "Spring", "kind": "campaign", "start_date": TUESDAY, "end_date": TUESDAY}],
    )
    assert said(log, SCOPE) == {
        (("/", "view_item", "view_item"), "", 0, 0): (1, 0),
        (("/cart", "purchase"), "", 0, 0): (1, 1),
        (("/#/list", "search"), "", 0, 0): (1, 0),
        ((UNNAMED_PAGE, "/"), "", 1, 1): (1, 0),
    }


@pytest.mark.every_engine
def test_visits_are_split_and_filtered(log: Store) -> None:
    found = said(log, Scope(period=SCOPE.period, devices=("desktop",)), "device")
    assert found == {(("/#/list", "search"), "desktop", 0, 0): (1, 0)}
    parts = Counter(part for _, part, _, _ in said(log, SCOPE, "device"))
    assert parts == {"mobile": 3, "desktop": 1}


def test_there_is_no_other_split(log: Store) -> None:
    with pytest.raises(InvalidParameter, match="split"):
        said(log, SCOPE, "region")


def test_days_add_up_the_visits(log: Store) -> None:
    resolved = resolve(log, SCOPE)
    found = visit_sums(log, resolved, resolved.period)
    # Monday: ann's two visits and bob's; Tuesday night: cat's. Five pages and two product views.
    assert found["sessions"].tolist() == [3, 1]
    assert found["is_night"].tolist() == [0, 1]
    assert found["last_at"].max() == datetime(2026, 3, 2, 22, 0)


def test_rare_pages_and_actions_share_a_name(store: Store, load: Load) -> None:
    pages = [f"/{number:02}" for number in range(42)]
    rows = [event(f"v{n}", "2T09:00:00", page=page) for n, page in enumerate(pages)]
    rows += [event("w", "2T09:00:00", page=page) for page in pages[:40]]
    rows += [event(f"x{n}", "2T10:00:00", f"action {n:02}") for n in range(18)]
    load(store, "events", rows)
    found = said(store, Scope(period=Period(MONDAY, MONDAY)))
    assert found[(OTHER_PAGES,), "", 0, 0] == (2, 0)
    assert found[(OTHER_ACTIONS,), "", 0, 0] == (2, 0)
    assert found[("/39",), "", 0, 0][0] >= 1


# --- against a plain reading of the events --------------------------------------------------------


@pytest.mark.every_engine
@pytest.mark.parametrize("seed", range(3))
def test_ways_equal_a_plain_reading(store: Store, load: Load, seed: int) -> None:
    chance = random.Random(seed)
    names = ["page_view", "page_view", "view_item", "add_to_cart", "begin_checkout", "purchase"]
    rows = []
    for number in range(400):
        moment = datetime(2026, 3, 2) + timedelta(minutes=chance.randrange(0, 2880, 9))
        rows.append(
            {
                "event_id": f"e{number}",
                "event_at": moment - timedelta(hours=8),
                "event_date": moment.date(),
                "event_name": chance.choice(names),
                "visitor_id": f"v{chance.randrange(12)}",
                "session_id": chance.choice(["", "s"]) if seed else "",
                "page": chance.choice(["/", "/a?x=1", "/b/"]),
            }
        )
    load(store, "events", rows)
    expected: Counter[tuple[str, ...]] = Counter()
    for moments in _moments(store):
        expected[tuple(moments[at] for at in sorted(moments))] += 1
    found: Counter[tuple[str, ...]] = Counter()
    for (way, *_), (visits, _) in said(store, SCOPE).items():
        found[way] += visits
    assert found == expected


def _moments(store: Store) -> list[dict[Any, str]]:
    """Of each visit the step at each of its moments."""
    depth = ["/", "/a", "/b", "view_item", "add_to_cart", "begin_checkout", "purchase"]
    visits = store.read(sessions.select()).to_dict("records")
    happened = store.read(events.select()).to_dict("records")
    answer = []
    for visit in visits:
        moments: dict[Any, str] = defaultdict(str)
        for one in happened:
            own = one["session_id"] or ""
            is_of_it = visit["session_key"] == own if own else visit["session_key"][0] == "#"
            at = one["event_at"]
            if (
                one["visitor_id"] == visit["visitor_id"]
                and is_of_it
                and visit["started_at"] <= at <= visit["ended_at"]
            ):
                name = one["event_name"]
                page = one["page"].split("?")[0].rstrip("/") or "/"
                step = page if name == "page_view" else name
                if moments[at] not in depth or depth.index(step) > depth.index(moments[at]):
                    moments[at] = step
        answer.append(moments)
    return answer
