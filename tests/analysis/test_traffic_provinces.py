"""Visitors by province against literal rows; the answers are added up by hand."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecom.analysis.traffic import report
from ecom.analysis.traffic_provinces import provinces
from ecom.i18n import Language
from ecom.model import Period, Scope
from ecom.provinces import PROVINCES
from ecom.queries.traffic_facts import MEASURES, TrafficFacts
from ecom.queries.traffic_sources import Choice
from ecom.store import Shop

SITE = Shop("site", "own", "The site", "CNY", "Asia/Shanghai")
TMALL = Shop("tmall", "tmall", "Tmall", "CNY", "Asia/Shanghai")
NOW = Period(date(2026, 3, 9), date(2026, 3, 10))
EN = Language("en")


def seen(region: str | None, *days: int, people: int = 1) -> list[dict[str, object]]:
    """Visitors from a region, each once on each of the days of March."""
    return [
        {
            "event_id": f"{region}-{number}-{day}",
            "event_at": datetime(2026, 3, day, 4),
            "event_date": date(2026, 3, day),
            "event_name": "page_view",
            "visitor_id": f"{region}-{number}",
            "region": region,
        }
        for day in days
        for number in range(people)
    ]


def by_region(table) -> pd.DataFrame:
    names = [EN.say(region) for region in table.frame["region"]]
    return table.frame.assign(region=names).set_index("region")


def test_all_names_of_a_province_are_one_and_the_rest_is_kept(store, load):
    rows = [
        *seen("浙江", 9, 10, people=2),  # 4
        *seen("Zhejiang", 9),  # and 1: 5
        *seen("上海", 9, people=3),
        *seen("California", 10),
        *seen("Kyoto", 10),
        *seen(None, 9),
        *seen("上海", 7, 8, people=20),  # before: 40
        *seen("浙江", 8, people=20),  # 20, of which no change is told
    ]
    load(store, "events", rows, shop=SITE)

    answer = by_region(report(store, Scope(period=NOW)).provinces)

    assert answer.index.tolist() == ["Zhejiang", "Shanghai", "Other places", "Not told"]
    assert answer["code"].tolist() == ["ZJ", "SH", "", ""]
    assert answer["visitors"].tolist() == [5, 3, 2, 1]
    assert answer["share"].tolist() == pytest.approx([5 / 11, 3 / 11, 2 / 11, 1 / 11])
    assert answer["visitors_before"].tolist() == [20, 40, 0, 0]
    assert answer.loc["Shanghai", "change"] == pytest.approx(3 / 40 - 1)
    assert answer["change"].isna().tolist() == [True, False, True, True]


def test_abroad_there_is_no_map(store, load):
    load(store, "events", seen("浙江", 9) + seen("California", 9, people=2), shop=SITE)

    answer = report(store, Scope(period=NOW))

    assert answer.provinces.is_empty
    assert not answer.regions.is_empty


def test_visitors_without_a_region_do_not_hide_the_map(store, load):
    load(store, "events", seen("浙江", 9) + seen(None, 9, people=5), shop=SITE)

    answer = by_region(report(store, Scope(period=NOW)).provinces)

    assert answer["visitors"].to_dict() == {"Zhejiang": 1, "Not told": 5}


def test_shops_without_regions_are_named_with_their_share(store, load):
    load(store, "events", seen("浙江", 9), shop=SITE)
    day = date(2026, 3, 9)
    row = {"source": "sycm", "hour": -1, "is_rollup": False, "uv": 3, "grain": "shop"}
    load(store, "traffic_agg", [{**row, "period_start": day, "period_end": day}], shop=TMALL)

    answer = report(store, Scope(period=NOW))

    assert answer.without_regions.shops == ("Tmall",)
    assert answer.without_regions.share == 0.75
    assert by_region(answer.provinces)["share"].tolist() == [1.0]


def test_an_empty_store_has_no_provinces(store):
    answer = report(store, Scope(period=NOW))

    assert answer.provinces.is_empty
    assert answer.without_regions.shops == ()


def facts(parts: list[tuple[str, int]]) -> TrafficFacts:
    """One day's visits by region."""
    day = pd.Timestamp(NOW.start)
    rows = pd.DataFrame([{"part": part, "visitor_days": float(many)} for part, many in parts])
    rows = rows.reindex(columns=["part", *MEASURES]).assign(start=day, end=day, shop_id="site")
    sums = {"visitor_days": float(sum(many for _, many in parts)), "days": 1.0}
    return TrafficFacts(NOW, rows, Choice(rows, rows.iloc[:0]), sums)


REGIONS = st.sampled_from(
    [*(province.full for province in PROVINCES), *map(str, ("", "Kyoto", "Texas", "Guangdong"))]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(REGIONS, st.integers(1, 500)), min_size=1, max_size=40))
def test_on_the_map_and_off_it_are_all_visitors(parts: list[tuple[str, int]]) -> None:
    answer = provinces(facts(parts), None)

    counted: Counter[str] = Counter()
    for name, many in parts:
        counted["abroad" if name in ("Kyoto", "Texas") else name and "china"] += many
    assert answer.is_empty == (counted["china"] == 0 or counted["china"] < counted["abroad"])
    if not answer.is_empty:
        frame = answer.frame
        on_map = frame["code"] != ""
        assert frame["visitors"].sum() == sum(counted.values())
        assert frame.loc[on_map, "visitors"].sum() == counted["china"]
        assert frame["share"].sum() == pytest.approx(1)
        assert frame.loc[on_map, "code"].is_unique
