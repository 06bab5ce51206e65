"""Two names of one province are one region wherever visits are grouped or chosen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from ecom.analysis import funnel, traffic
from ecom.cli.scope import check_names
from ecom.errors import InvalidParameter
from ecom.model import Comparison, Period, Scope
from ecom.queries.options import filter_options
from ecom.queries.passages import visit_passages
from ecom.queries.regions import Spellings
from ecom.queries.scope import resolve

DAY = Period(date(2026, 3, 10), date(2026, 3, 10))
ALL = Scope(DAY, comparison=Comparison.NONE)
# Visitor, region, whether they bought. On one day: Ann under two names is one visitor of Guangdong.
SEEN = (
    ("ann", "广东", False),
    ("ann", "Guangdong", True),
    ("bob", "Guangdong", False),
    ("cat", "guangdong province", False),
    ("dan", "Zhejiang", True),
    ("eve", "Texas", False),
    ("fay", None, False),
)


@pytest.fixture
def seen(store, load):
    rows = []
    for number, (visitor, region, bought) in enumerate(SEEN):
        for place, name in enumerate(("page_view", *(("purchase",) if bought else ()))):
            rows.append(
                {
                    "event_id": f"{number}-{place}",
                    "event_at": datetime(2026, 3, 10, 2 + number, place),
                    "event_date": date(2026, 3, 10),
                    "event_name": name,
                    "visitor_id": visitor,
                    "region": region,
                }
            )
    load(store, "events", rows)
    return store


def visitors(table) -> dict[str, float]:
    named = zip(table.frame.iloc[:, 0], table.frame["daily_visitors"], strict=True)
    return {str(name): count for name, count in named}


def test_a_visitor_under_two_names_of_a_province_counts_once(seen):
    # Zhejiang and Texas have one name each, which stays as it is.
    expected = {"广东": 3, "Zhejiang": 1, "Texas": 1, "Not told": 1}
    assert visitors(traffic.report(seen, ALL).regions) == expected


def test_the_funnel_has_one_row_a_province(seen):
    answer = funnel.report(seen, ALL, by="region")
    told = answer.breakdown.frame
    came, bought = told[answer.events[0]], told["purchase"]
    by_region = {
        str(name): counts for name, *counts in zip(told["value"], came, bought, strict=True)
    }
    # Ann came in under one name and bought under the other: one person who bought.
    assert by_region["广东"] == [3, 1]
    assert by_region["Zhejiang"] == [1, 1]
    assert "Guangdong" not in by_region


def test_passages_add_up_the_visits_of_all_names(seen):
    found = visit_passages(seen, resolve(seen, ALL), DAY, shops=["shop"], steps=["purchase"])
    sums = found.groupby("region")[["at_purchase", "on_purchase"]].sum()
    assert sums.loc["广东"].tolist() == [4, 1]
    assert sorted(sums.index) == ["", "Texas", "Zhejiang", "广东"]


@pytest.mark.parametrize("chosen", ["广东", "Guangdong"])
def test_choosing_a_province_chooses_all_its_names(seen, chosen):
    scope = replace(ALL, regions=(chosen,))
    told = {kpi.metric: kpi.delta.value for kpi in traffic.report(seen, scope).kpis}
    assert told["daily_visitors"] == 3
    assert told["sessions"] == 4
    assert funnel.report(seen, scope).steps.frame["people"].iloc[0] == 3


def test_the_filter_offers_a_province_once(seen):
    assert filter_options(seen).regions == ("广东", "Texas", "Zhejiang")


def test_a_province_with_one_name_and_a_place_abroad_are_left_alone():
    same = Spellings.of(["Guangdong", "Texas", "SC", "广东", "浙江", ""])
    assert same == Spellings((("广东", ("Guangdong", "广东")),))
    assert same.all_of(["浙江", "Texas"]) == ("浙江", "Texas")


def test_the_command_line_knows_every_name_that_the_data_has(seen):
    check_names(seen, replace(ALL, regions=("Guangdong",)))
    check_names(seen, replace(ALL, regions=("广东", "Texas")))
    with pytest.raises(InvalidParameter):
        check_names(seen, replace(ALL, regions=("Fujian",)))
