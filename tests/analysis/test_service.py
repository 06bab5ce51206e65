"""Customer service: a fixture added up by hand, and random enquiries against plain loops."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from ecom.analysis.funnel_tables import VERDICTS
from ecom.analysis.service import ServiceReport, report
from ecom.charts.service import by_response
from ecom.i18n import Language
from ecom.model import Amount, Comparison, Period, Scope
from ecom.models.proportions import Verdict
from ecom.queries.scope import resolve
from ecom.queries.service import enquiries
from ecom.store import Shop, Store

SHOP = Shop("shop", "own", "The shop", "CNY", "UTC")
EAST = Shop("east", "own", "The eastern shop", "CNY", "Asia/Shanghai")
MARCH = Scope(Period(date(2026, 3, 1), date(2026, 3, 31)), comparison=Comparison.PREVIOUS)
EN = Language("en")
Load = Callable[..., Any]


def asked(number: object, day: int, wait: float | None, **told: Any) -> dict[str, Any]:
    """An enquiry at noon (UTC) of a day of March."""
    at = datetime(2026, 2, 28, 12) + timedelta(days=day)
    return {
        "enquiry_id": str(number),
        "opened_at": at,
        "opened_date": at.date(),
        "queue": "sale",
        "first_response_seconds": wait,
        **told,
    }


@pytest.fixture
def filled(store: Store, load: Load) -> Store:
    load(store, "orders", [{"order_id": "1", "paid_date": date(2026, 3, 31),
                            "order_date": date(2026, 3, 31)}], shop=SHOP)  # fmt: skip
    load(
        store,
        "service_enquiries",
        [
            asked(1, 1, 10, agent="Ann", order_id="1", paid_amount=100),
            asked(2, 2, 29.9, agent="Ann"),
            asked(3, 3, 30, agent="Ann", paid_amount=50),
            asked(4, 4, 60, agent="Bob"),
            asked(5, 5, 599, agent="Bob", queue="care"),
            # an order without an amount, one in another currency: paid, of unknown amount
            asked(6, 6, 600, agent="Bob", order_id="2"),
            asked(7, 7, 20, agent="Ann", order_id="3", paid_amount=9, currency="USD"),
            # nobody answered; neither an empty order nor an amount of zero is a payment
            asked(8, 8, None, order_id="", paid_amount=0),
            # before the period, and of another queue
            asked(9, -3, 5, agent="Ann", order_id="4", paid_amount=70),
            asked(10, -2, 5, agent="Ann"),
        ],
        shop=SHOP,
    )
    return store


def test_key_figures_are_those_added_up_by_hand(filled: Store) -> None:
    answer = report(filled, MARCH)
    told = {kpi.metric: kpi.delta for kpi in answer.kpis}
    assert told["enquiries"].value == 8
    assert told["enquiries"].base == 2
    assert told["answered_share"].value == pytest.approx(7 / 8)
    assert told["first_response_median"].value == 30
    # seven waits: 0.9 of the way is 0.4 of the step from 599 to 600
    assert told["first_response_p90"].value == pytest.approx(599.4)
    assert told["enquiry_paid_rate"].value == pytest.approx(4 / 8)
    assert told["enquiry_paid_rate"].base == pytest.approx(1 / 2)
    # 150 over the six whose amount is known
    assert told["paid_per_enquiry"].value == pytest.approx(150 / 6)
    assert told["paid_per_enquiry"].base == pytest.approx(70 / 2)
    points = {kpi.metric: dict(kpi.points) for kpi in answer.kpis}
    assert points["enquiries"] == {date(2026, 3, day): 1 for day in range(1, 9)}
    assert points["first_response_median"][date(2026, 3, 5)] == 599
    assert points["answered_share"][date(2026, 3, 8)] == 0
    assert points["first_response_median"][date(2026, 3, 8)] is None  # nobody answered
    assert not answer.gaps


def test_waiting_times_are_cut_at_their_limits(filled: Store) -> None:
    frame = report(filled, MARCH).buckets.frame
    assert frame["enquiries"].tolist() == [3, 1, 1, 1, 1, 1]
    assert frame["paid"].tolist() == [2, 1, 0, 0, 1, 0]
    # Wilson's interval of one in one: from 1 / (1 + 1.96 ** 2) to 1
    assert frame["low"].iloc[1] == pytest.approx(1 / (1 + 1.959964**2))
    assert frame["high"].iloc[1] == pytest.approx(1)


def test_queues_and_agents_have_their_own_rates(filled: Store) -> None:
    answer = report(filled, MARCH)
    queues = answer.queues.frame.set_index("queue")
    assert queues["enquiries"].to_dict() == {"sale": 7, "care": 1}
    assert queues.loc["sale", "enquiry_paid_rate"] == pytest.approx(4 / 7)
    assert queues.loc["sale", "change"] == pytest.approx((4 / 7 - 1 / 2) * 100)
    agents = answer.agents.frame.set_index("agent")
    assert agents["enquiries"].to_dict() == {"Ann": 4, "Bob": 3}  # whom nobody served is no agent's
    assert agents.loc["Ann", "rate_before"] == pytest.approx(1 / 2)
    assert set(agents["verdict"]) == {VERDICTS[Verdict.TOO_FEW]}
    assert agents["difference"].isna().all()
    assert answer.effect.is_empty
    said = [EN.say(notice.text) for notice in answer.notices]
    assert any("Too few enquiries to compare" in one for one in said)
    assert any("2 paid enquiries have no amount in CNY" in one for one in said)


def test_unknown_is_nothing_and_names_the_template(store: Store) -> None:
    answer = report(store, MARCH)
    assert answer.kpis == ()
    assert [gap.layouts for gap in answer.gaps] == [("own_service",)]
    assert answer.queues.is_empty
    assert answer.agents.is_empty
    assert answer.buckets.frame["enquiry_paid_rate"].isna().all()


def crowd(chance: random.Random) -> list[dict[str, Any]]:
    """Nights answer late and sell little; in every hour fast answers sell a little more."""
    rows = []
    for number in range(1_500):
        night = chance.random() < 0.5
        fast = chance.random() < (0.25 if night else 0.8)
        paid = chance.random() < (0.1 if night else 0.4) + (0.12 if fast else 0)
        at = datetime(2026, 3, chance.randint(1, 28), 2 if night else 14, 30)
        rows.append(
            {
                "enquiry_id": str(number),
                "opened_at": at,
                "opened_date": at.date(),
                "queue": chance.choice(["sale", "care"]),
                "agent": chance.choice(["Ann", "Bob", "Cat"]),
                "first_response_seconds": 20 if fast else chance.choice([90, None]),
                "paid_amount": 80 if paid else None,
            }
        )
    return rows


def standardised(rows: list[dict[str, Any]], mine: Callable[[dict[str, Any]], bool]) -> float:
    """Mantel-Haenszel over queue and hour, counted slowly."""
    above = below = 0.0
    for key in {(row["queue"], row["opened_at"].hour) for row in rows}:
        here = [row for row in rows if (row["queue"], row["opened_at"].hour) == key]
        n, m = [r for r in here if mine(r)], [r for r in here if not mine(r)]
        rates = [sum(r["paid_amount"] is not None for r in side) / len(side) for side in (n, m)]
        weight = len(n) * len(m) / len(here)
        above, below = above + weight * (rates[0] - rates[1]), below + weight
    return above / below


def is_fast(row: dict[str, Any]) -> bool:
    return row["first_response_seconds"] == 20


@pytest.fixture
def crowded(store: Store, load: Load) -> tuple[Store, list[dict[str, Any]]]:
    rows = crowd(random.Random(11))
    load(store, "service_enquiries", rows, shop=SHOP)
    return store, rows


def effect(answer: ServiceReport) -> list[list[float]]:
    return [
        [cell.value for cell in row if isinstance(cell, Amount)]
        for row in answer.effect.frame[["value", "low", "high"]].to_numpy().tolist()
    ]


def test_the_effect_is_that_within_queue_and_hour(
    crowded: tuple[Store, list[dict[str, Any]]],
) -> None:
    store, rows = crowded
    answer = report(store, MARCH)
    difference, more, revenue = effect(answer)
    expected = standardised(rows, is_fast)
    slow = sum(not is_fast(row) for row in rows)
    assert difference[0] == pytest.approx(expected * 100)
    assert difference[1] < 12 < difference[2]  # what was put in
    # without strata, nights would be blamed on slow answers
    sides = [row for row in rows if is_fast(row)], [row for row in rows if not is_fast(row)]
    plain = [sum(row["paid_amount"] is not None for row in side) / len(side) for side in sides]
    assert plain[0] - plain[1] > difference[2] / 100
    assert more[0] == round(expected * slow)
    assert revenue[0] == pytest.approx(expected * slow * 80)
    assert any("association, not a proof" in EN.say(notice.text) for notice in answer.notices)


def test_agents_are_held_against_others_of_their_queue_and_hour(
    crowded: tuple[Store, list[dict[str, Any]]],
) -> None:
    store, rows = crowded
    agents = report(store, MARCH).agents.frame.set_index("agent")
    for name in ("Ann", "Bob", "Cat"):
        expected = standardised(rows, lambda row, name=name: row["agent"] == name)
        assert agents.loc[name, "difference"] == pytest.approx(expected * 100)


def test_an_agent_who_sells_more_is_told_from_chance(store: Store, load: Load) -> None:
    """Eve takes the hard queue and sells 30 % of it, others 15 %; the easy queue sells 50 %."""
    rows = []
    for agent, queue, people, paid in (
        ("Eve", "hard", 400, 120), ("Fay", "hard", 400, 60), ("Fay", "easy", 400, 200),
        ("Gus", "easy", 400, 200),
    ):  # fmt: skip
        rows += [
            asked(f"{agent}{queue}{one}", 5, 20, agent=agent, queue=queue,
                  order_id="x" if one < paid else "")
            for one in range(people)
        ]  # fmt: skip
    load(store, "service_enquiries", rows, shop=SHOP)
    agents = report(store, MARCH).agents.frame.set_index("agent")
    assert agents.loc["Eve", "difference"] == pytest.approx(15)
    assert agents.loc["Eve", "verdict"] == VERDICTS[Verdict.HIGHER]
    assert agents.loc["Eve", "enquiry_paid_rate"] < agents.loc["Gus", "enquiry_paid_rate"]
    assert agents.loc["Gus", "verdict"] == VERDICTS[Verdict.NO_DIFFERENCE]


def test_hours_are_those_of_the_shops_clock(store: Store, load: Load) -> None:
    """18:30 UTC is 2:30 in Shanghai; enquiries of two shops are never held against each other."""
    one = asked(1, 5, 20) | {"opened_at": datetime(2026, 3, 4, 18, 30)}
    load(store, "service_enquiries", [one], shop=SHOP)
    load(store, "service_enquiries", [one], shop=EAST)
    resolved = resolve(store, MARCH)
    found = enquiries(store, resolved, resolved.period)
    assert dict(zip(found["shop_id"], found["hour"], strict=True)) == {"shop": 18, "east": 2}


def test_a_repeated_file_counts_once(filled: Store, load: Load) -> None:
    load(filled, "service_enquiries", [asked(8, 8, 15, agent="Ann")], shop=SHOP)
    told = {kpi.metric: kpi.delta.value for kpi in report(filled, MARCH).kpis}
    assert told["enquiries"] == 8
    assert told["answered_share"] == 1


def test_the_chart_draws_the_waits_that_occurred(filled: Store) -> None:
    chart = by_response(report(filled, MARCH), EN)
    (bars,) = chart.figure.data
    assert list(bars.y) == pytest.approx([2 / 3, 1, 0, 0, 1, 0])
    assert list(bars.error_y.array) == pytest.approx(
        (report(filled, MARCH).buckets.frame.eval("high - enquiry_paid_rate")).tolist()
    )
    assert "3 to 10 min: 0.00% of 1 enquiries" in chart.alt
