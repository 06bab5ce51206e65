"""The cases of the shared material, through the public function.

Every case is selected but those in ``NOT_OURS``: another tool's rule that contradicts ours.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ecom.analysis.funnel_query import (
    Breakdown,
    Exclusion,
    FunnelQuery,
    FunnelResult,
    Step,
    Trend,
    Where,
    funnel,
)
from ecom.model import Grain, Period
from ecom.store import Batch, Shop, Store
from tests.conftest import ROOT

pytestmark = pytest.mark.every_engine

# The id of a case, and why it is another rule than ours. The material at hand has none such.
NOT_OURS: dict[str, str] = {}
UTC_SHOP = Shop("shop", "own", "The shop", "CNY", "UTC")


def _selected() -> list[Any]:
    import os

    file = Path(os.environ.get("ECOM_SHARED", ROOT.parent / "shared")) / "cases/funnel.json"
    if not file.exists():
        return [pytest.param(None, id="no-shared-material")]
    return [
        pytest.param(case, id=case["id"])
        for case in json.loads(file.read_text("utf-8"))["cases"]
        if case["id"] not in NOT_OURS
    ]


def event_rows(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A case's events as canonical rows."""
    return [
        {
            "event_id": str(number),
            "event_at": datetime.fromisoformat(event["ts"]),
            "event_date": datetime.fromisoformat(event["ts"]).date(),
            "event_name": event["event"],
            "visitor_id": event["user"],
            "properties": json.dumps(event.get("props", {})),
        }
        for number, event in enumerate(events)
    ]


def query_of(asked: dict[str, Any], *, user: str | None = None) -> FunnelQuery:
    """A case's question."""

    def where(wanted: dict[str, Any]) -> tuple[Where, ...]:
        return tuple(Where.is_(name, str(value)) for name, value in wanted.items())

    filters = where(asked.get("filter", {}))
    trend = None
    if "interval" in asked:
        trend = Trend(Grain(asked["interval"]), asked.get("from_step", 0), asked.get("to_step"))
    return FunnelQuery(
        steps=tuple(Step(one["event"], where(one.get("where", {}))) for one in asked["steps"]),
        window=timedelta(**{asked["window"]["unit"] + "s": asked["window"]["value"]}),
        period=Period(
            date.fromisoformat(asked["date_from"][:10]), date.fromisoformat(asked["date_to"][:10])
        )
        if "date_from" in asked
        else None,
        where=filters if user is None else (*filters, Where.is_("visitor_id", user)),
        entry=asked["entry"],
        order=asked["order"],
        exclusions=tuple(
            Exclusion(Step(one["event"]), one["from_step"], one["to_step"])
            for one in asked.get("exclusions", [])
        ),
        breakdown=Breakdown(**asked["breakdown"]) if "breakdown" in asked else None,
        trend=trend,
    )


def _numbers(column: Any) -> list[float | None]:
    return [None if math.isnan(value) else pytest.approx(value) for value in column]


def _check(rows: Any, expected: dict[str, Any]) -> None:
    for key, column in (
        ("counts", "people"),
        ("avg_seconds", "mean_seconds"),
        ("median_seconds", "median_seconds"),
    ):
        if key in expected:
            assert _numbers(rows[column]) == expected[key], key


@pytest.mark.parametrize("case", _selected())
def test_a_case_gives_the_published_answer(
    case: dict[str, Any], shared_dir: Path, store: Store, load: Callable[..., Batch]
) -> None:
    load(store, "events", event_rows(case["events"]), shop=UTC_SHOP)
    expected = case["expected"]
    result = funnel(store, query_of(case["query"]))
    _check(result.steps, expected)
    if "by_breakdown" in expected:
        assert result.breakdown is not None
        assert set(result.breakdown["value"]) == set(expected["by_breakdown"])
        for value, rows in result.breakdown.groupby("value"):
            _check(rows, expected["by_breakdown"][value])
    if "trend" in expected:
        assert result.trend is not None
        width = len(expected["trend"][0]["period"])
        assert [
            {
                "period": row["period"].isoformat()[:width],
                "entered": row["entered"],
                "converted": row["converted"],
                "rate": 0 if math.isnan(row["rate"]) else row["rate"] * 100,
            }
            for row in result.trend.to_dict("records")
        ] == expected["trend"]
    users = {event["user"] for event in case["events"]}
    levels = {user: _level(funnel(store, query_of(case["query"], user=user))) for user in users}
    if "level" in expected:
        assert levels == expected["level"]
    for step, reached in enumerate(expected.get("users", [])):
        assert {user for user, level in levels.items() if level > step} == set(reached)


def _level(result: FunnelResult) -> int:
    return int(result.steps["people"].sum())
