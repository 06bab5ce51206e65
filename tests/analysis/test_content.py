"""Content, messages and groups: fixtures added up by hand, and random counters counted slowly."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from ecom.analysis.content import report
from ecom.analysis.content_tables import KINDS_FLOOR
from ecom.charts.content import members, per_thousand
from ecom.i18n import Language
from ecom.model import Comparison, Period, Scope
from ecom.queries.content import pieces
from ecom.queries.scope import resolve
from ecom.store import Shop, Store

SHOP = Shop("shop", "own", "The shop", "CNY", "UTC")
MARCH = Scope(Period(date(2026, 3, 1), date(2026, 3, 31)))
EN = Language("en")
Load = Callable[..., Any]


def count(piece: str, day: date, views: int, **told: Any) -> dict[str, Any]:
    return {
        "platform": "douyin",
        "account": "lamps",
        "content_id": piece,
        "title": piece,
        "content_type": "video",
        "as_of_date": day,
        "views": views,
        **told,
    }


def sold(clicks: int, orders: int, amount: float) -> dict[str, Any]:
    return {"product_clicks": clicks, "paid_orders": orders, "paid_amount": amount}


def march(day: int) -> date:
    return date(2026, 2, 28) + timedelta(day)


@pytest.fixture
def filled(store: Store, load: Load) -> Store:
    """A year of orders says how far the data reaches."""
    load(
        store,
        "orders",
        [{"order_id": "1", "paid_date": march(31), "order_date": march(31)}],
        shop=SHOP,
    )
    old = {"published_date": date(2026, 1, 5)}
    load(
        store,
        "content_daily",
        [
            # 1,000 before; 5,000 at the end: 4,000 views, 40 clicks, 4 orders, 400 in March
            count("old", march(-3), 1_000, **sold(10, 1, 100), **old),
            count("old", march(10), 2_000, **sold(20, 2, 200), **old),
            count("old", march(30), 5_000, **sold(50, 5, 500), **old),
            # published in March, so it began at zero: 2,000 views, 60 clicks, 6 orders, 800
            count("new", march(20), 2_000, **sold(60, 6, 800),
                  published_date=march(12)),
            # published before and counted once: nobody knows what March gave
            count("once", march(9), 90_000, paid_amount=9_000, **old),
            # a correction: 300 views fewer than before
            count("less", march(-2), 1_300, **old),
            count("less", march(8), 1_000, **old),
            # another currency: views count, revenue is unknown and thins no rate
            count("usd", march(15), 5_000, paid_amount=70, currency="USD", published_date=march(2)),
            # after the period
            count("new", march(33), 99_000, published_date=march(12)),
        ],
        shop=SHOP,
    )  # fmt: skip
    mail = {"platform": "crm", "channel": "Email"}
    load(
        store,
        "crm_campaigns",
        [
            {"campaign_id": "1", "name": "Spring", "sent_date": march(3), "recipients": 2_100,
             "delivered": 2_000, "clicks": 100, "orders": 5, "revenue": 600, "unsubscribes": 8,
             **mail},
            # delivery is not told: those it was sent to count
            {"campaign_id": "2", "name": "Lamps", "sent_date": march(9), "recipients": 1_000,
             "clicks": 20, "orders": 1, "revenue": 90, **mail},
            {"campaign_id": "3", "name": "Before", "sent_date": march(-3), "recipients": 1_000,
             "clicks": 10, "orders": 1, "revenue": 100, **mail},
        ],
        shop=SHOP,
    )  # fmt: skip
    load(
        store,
        "private_domain_daily",
        [
            {"platform": "wecom_group", **row}
            for row in (
                # 100 members until 17 March, then 120: a mean of (16 * 100 + 15 * 120) / 31
                {"account": "A", "as_of_date": march(-1), "members": 100},
                {"account": "A", "as_of_date": march(17), "members": 120, "new_members": 25,
                 "left_members": 5, "reach": 90, "clicks": 45, "orders": 3, "revenue": 330},
                {"account": "B", "as_of_date": march(31), "members": 50, "new_members": 1},
            )
        ],
        shop=SHOP,
    )  # fmt: skip
    return store


def by_kind(store: Store, scope: Scope = MARCH) -> dict[str, dict[str, Any]]:
    return {row["kind"]: row for row in report(store, scope).kinds.frame.to_dict("records")}


def test_content_counts_what_its_counters_gained(filled: Store) -> None:
    video = by_kind(filled)["video"]
    # old 4,000 + new 2,000 + less 0 + usd 5,000; "once" is left out
    assert (video["pieces"], video["base"]) == (4, 11_000)
    assert (video["clicks"], video["orders"], video["revenue"]) == (100, 10, 1_200)
    # of the pieces that tell clicks or revenue: 4,000 + 2,000 views
    assert video["content_click_rate"] == pytest.approx(100 / 6_000)
    assert video["content_conversion"] == pytest.approx(10 / 100)
    assert video["gpm"] == pytest.approx(1_200 / 6)


def test_messages_and_groups_are_held_against_their_own_people(filled: Store) -> None:
    kinds = by_kind(filled)
    mail, group = kinds["email"], kinds["wecom_group"]
    assert (mail["pieces"], mail["reach"], mail["base"]) == (2, 3_100, 3_000)
    assert mail["content_click_rate"] == pytest.approx(120 / 3_000)
    assert mail["gpm"] == pytest.approx(690 / 3)
    assert mail["gpm_before"] == pytest.approx(100)  # of the one message in February
    assert mail["gpm_change"] == pytest.approx(1.3)
    assert mail["unsubscribe_rate"] == pytest.approx(8 / 2_000)  # the other does not tell any
    # A alone tells revenue; B has too few days to be told apart from its 50 members
    assert group["pieces"] == 2
    assert group["content_click_rate"] == pytest.approx(45 / 90)
    assert group["gpm"] == pytest.approx(330 / ((16 * 100 + 15 * 120) / 31) * 1_000)
    assert [EN.say(kinds[kind]["per"]) for kind in ("video", "email", "wecom_group")] == [
        "views",
        "delivered messages",
        "members",
    ]


def test_too_few_for_a_rate_leave_it_empty(store: Store, load: Load) -> None:
    for number, clicks in enumerate((KINDS_FLOOR - 1, KINDS_FLOOR)):
        sent = {"platform": "crm", "channel": f"kind {number}", "sent_date": march(3)}
        load(
            store,
            "crm_campaigns",
            [
                {
                    "campaign_id": str(number),
                    "recipients": 900,
                    "clicks": clicks,
                    "orders": 9,
                    **sent,
                }
            ],
            shop=SHOP,
        )
    kinds = by_kind(store)
    assert kinds["kind 0"]["content_conversion"] != kinds["kind 0"]["content_conversion"]
    assert kinds["kind 1"]["content_conversion"] == pytest.approx(9 / KINDS_FLOOR)


def test_what_is_left_out_and_corrected_is_said(filled: Store) -> None:
    said = [EN.say(notice.text) for notice in report(filled, MARCH).notices]
    assert any("counted only once and published before: 1 pieces" in line for line in said)
    assert any("Counters that fell" in line and ": 1 pieces" in line for line in said)


def test_best_and_weakest_share_no_piece(filled: Store) -> None:
    answer = report(filled, MARCH)
    # per thousand: new 400, Spring 300, old 100, Lamps 90; usd and less tell no revenue
    assert answer.best.frame["piece"].tolist() == ["new", "Spring"]
    assert answer.weakest.frame["piece"].tolist() == ["Lamps", "old"]
    assert answer.best.frame["gpm"].tolist() == pytest.approx([400, 300])


def test_members_stand_until_they_are_counted_again(filled: Store) -> None:
    answer = report(filled, MARCH)
    days = answer.members.frame
    assert days["members"].tolist() == [100] * 16 + [120] * 14 + [170]
    assert (days["joined"].sum(), days["left"].sum()) == (26, 5)
    accounts = answer.accounts.frame.set_index("account")
    assert accounts["members"].to_dict() == {"A": 120, "B": 50}
    figures = {one.metric: one.delta.value for one in answer.kpis}
    assert figures["members"] == 170
    points = {one.metric: dict(one.points) for one in answer.kpis}
    assert [points["members"][march(day)] for day in (1, 17, 31)] == [100, 120, 170]
    # Sent on the third to 2,000 of whom 8 left; how many left on the ninth is not told.
    assert {day: rate for day, rate in points["unsubscribe_rate"].items() if rate is not None} == {
        march(3): 0.004
    }
    assert points["content_views"] == {}  # counters are not of a day
    assert figures["content_views"] == 11_000
    assert figures["content_gpm"] == pytest.approx(200)  # of content alone


def test_charts_say_what_they_show(filled: Store) -> None:
    answer = report(filled, MARCH)
    # groups earn most a thousand, but members are not views
    assert EN.say(answer.headline).startswith("Most revenue for its reach: E-mail, CN¥230.00")
    drawn = per_thousand(answer, EN)
    assert list(drawn.figure.data[0].y) == [
        "E-mail, per 1,000 delivered messages",
        "Short video, per 1,000 views",
    ]
    assert members(answer, EN).title == "Members: from 100 to 170"


def test_without_data_the_page_names_what_to_load(store: Store) -> None:
    answer = report(store, MARCH)
    assert [gap.layouts[0] for gap in answer.gaps] == [
        "own_content",
        "own_crm",
        "own_private_domain",
    ]
    assert answer.kpis == ()
    tables = (answer.kinds, answer.best, answer.weakest, answer.members, answer.accounts)
    assert all(table.is_empty for table in tables)


@pytest.mark.parametrize("seed", range(3))
def test_random_counters_agree_with_a_slow_count(store: Store, load: Load, seed: int) -> None:
    chance = random.Random(seed)
    rows, expected = [], {}
    for number in range(40):
        name = f"p{number}"
        published = chance.choice([None, march(chance.randrange(-20, 25))])
        days = sorted(chance.sample(range(-10, 45), chance.randrange(1, 7)))
        history = [(day, chance.randrange(0, 5_000)) for day in days]
        rows += [count(name, march(day), views, published_date=published) for day, views in history]
        within = [one for one in history if 1 <= one[0] <= 31]
        earlier = [one for one in history if one[0] < 1]
        if not within:
            continue
        if earlier:
            expected[name] = max(within[-1][1] - earlier[-1][1], 0)
        elif published is not None and published >= march(1):
            expected[name] = within[-1][1]
        elif len(within) > 1:
            expected[name] = max(within[-1][1] - within[0][1], 0)
        else:
            expected[name] = None
    load(store, "content_daily", rows, shop=SHOP)
    resolved = resolve(store, Scope(MARCH.period, Comparison.NONE))
    assert MARCH.period is not None
    found = pieces(store, resolved, MARCH.period)
    answer = {
        row["content_id"]: row["views"] if row["is_known"] else None
        for row in found.to_dict("records")
    }
    assert answer == expected
    assert any(value is None for value in expected.values())
