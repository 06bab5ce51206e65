"""The drill-down: a log added up by hand, an export's levels, and random logs against a loop."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from ecom.analysis.drilldown import MOST_PARTS, NONE, DrilldownReport, report
from ecom.channels import ChannelRule
from ecom.charts.drilldown import moves, share
from ecom.errors import InvalidParameter
from ecom.i18n import Language
from ecom.model import Comparison, Period, Scope
from ecom.store import Shop, Store

SITE = Shop("site", "own", "The site", "CNY", "UTC")
TMALL = Shop("tmall", "tmall", "Tmall", "CNY", "UTC")
NOW = Period(date(2026, 3, 11), date(2026, 3, 20))
SCOPE = Scope(NOW)  # compared with 1 to 10 March
EN = Language("en")
Load = Callable[..., Any]
_numbers = iter(range(1, 1_000_000))
BRAND = {"source": "google", "medium": "cpc", "campaign": "brand"}
GENERIC = {"source": "google", "medium": "cpc", "campaign": "generic"}
DIRECT = {"source": "(direct)", "medium": "(none)"}


def event(who: str, day: int, name: str = "page_view", **told: Any) -> dict[str, Any]:
    number = next(_numbers)
    return {
        "event_id": str(number),
        "event_at": datetime(2026, 3, day, 9) + timedelta(seconds=number % 900),
        "event_date": date(2026, 3, day),
        "event_name": name,
        "visitor_id": who,
        "page": "/",
        **told,
    }


@pytest.fixture
def log(store: Store, load: Load) -> Store:
    """Paid search: brand 3 visitor days now and 1 before, generic 1 and 1. Direct: 12 and 10."""
    rows = [
        *(event("dot", day, page="/", **DIRECT) for day in range(1, 21)),
        event("ann", 2, page="/lamps", **BRAND),
        event("bob", 3, page="/lamps", **GENERIC),
        # now: ann on two days by the brand campaign, looks at a lamp twice and buys it
        event("ann", 11, page="/lamps", **BRAND),
        event("ann", 11, "view_item", sku="L1", **BRAND),
        event("ann", 11, "view_item", sku="L1", **BRAND),
        event("ann", 11, "view_item", sku="L2", **BRAND),
        event("ann", 11, "purchase", sku="L1", value=80.0, order_id="o1", **BRAND),
        event("ann", 12, page="/", **BRAND),
        event("cat", 12, page="/lamps", **BRAND),
        event("cat", 12, "view_item", sku="L2", **BRAND),
        event("bob", 13, page="/lamps", **GENERIC),
        event("dan", 14, page="/about", **DIRECT),
        event("eve", 20, page="/", **DIRECT),
    ]
    load(store, "events", rows, shop=SITE)
    load(store, "products", [{"sku": "L1", "product_name": "Lamp"}], shop=SITE)
    return store


def column(answer: DrilldownReport, name: str) -> dict[str, Any]:
    frame = answer.parts.frame
    labels = [EN.term(cell) for cell in frame[answer.level]]
    return dict(zip(labels, frame[name].tolist(), strict=True))


def test_four_levels_one_inside_the_other(log: Store) -> None:
    first = report(log, SCOPE)
    assert (first.level, first.keys) == ("channel", ("Direct", "Paid Search"))
    assert column(first, "sessions") == {"Direct": 12, "Paid Search": 4}

    second = report(log, SCOPE, opened=("Paid Search",))
    assert second.level == "origin"
    assert column(second, "sessions") == {"google / brand": 3, "google / generic": 1}
    # Three visitor days in ten days against one, one against one; two before in all.
    assert column(second, "daily_visitors") == {"google / brand": 0.3, "google / generic": 0.1}
    assert column(second, "contribution") == {
        "google / brand": pytest.approx(1.0),
        "google / generic": 0.0,
    }
    assert column(second, "conversion")["google / brand"] == pytest.approx(1 / 3)
    assert column(second, "revenue_per_visitor")["google / brand"] == pytest.approx(80 / 3)

    third = report(log, SCOPE, opened=("Paid Search", "google / brand"))
    assert third.level == "landing"
    assert column(third, "share") == {"/lamps": pytest.approx(2 / 3), "/": pytest.approx(1 / 3)}

    fourth = report(log, SCOPE, opened=("Paid Search", "google / brand", "/lamps"))
    assert (fourth.level, fourth.keys) == ("product", ())
    # ann and cat looked at L2, ann alone at L1 and bought it; a product is named where it has one.
    assert column(fourth, "sessions") == {"L2": 2, "Lamp": 1}
    assert column(fourth, "conversion") == {"L2": 0, "Lamp": 1}
    assert column(fourth, "revenue_per_visitor") == {"L2": 0, "Lamp": 80}


def test_parts_add_up_to_the_change_of_what_is_opened(log: Store) -> None:
    for opened in ((), ("Paid Search",), ("Paid Search", "google / brand")):
        answer = report(log, SCOPE, opened=opened)
        whole = answer.kpis[0].delta
        assert answer.parts.frame["contribution"].sum() == pytest.approx(whole.relative)
        assert answer.parts.frame["daily_visitors"].sum() == pytest.approx(whole.value)


def test_days_without_a_visit_are_days(log: Store) -> None:
    """One visitor in ten days is a tenth a day, however few days had a visitor."""
    assert report(log, SCOPE).kpis[0].delta.value == pytest.approx(16 / 10)
    # Paid search came on three days only.
    paid = report(log, SCOPE, opened=("Paid Search",)).kpis[0].delta
    assert (paid.value, paid.base) == (0.4, 0.2)


def test_a_part_without_a_name_is_kept_and_opens(log: Store, load: Load) -> None:
    load(log, "events", [event("fay", 15, page="", **BRAND)], shop=SITE)
    opened = ("Paid Search", "google / brand")
    answer = report(log, SCOPE, opened=opened)
    assert column(answer, "sessions")["(none)"] == 1
    assert NONE in answer.keys
    below = report(log, SCOPE, opened=(*opened, NONE))
    assert below.kpis[1].delta.value == 1  # visits


def test_the_largest_are_told_apart_and_the_rest_is_other(log: Store, load: Load) -> None:
    many = [
        event(f"v{page}-{visit}", 16, page=f"/p{page:02d}", **GENERIC)
        for page in range(MOST_PARTS + 5)
        for visit in range(2 if page < MOST_PARTS else 1)
    ]
    load(log, "events", many, shop=SITE)
    answer = report(log, SCOPE, opened=("Paid Search", "google / generic"))
    assert len(answer.parts.frame) == MOST_PARTS + 1
    assert list(column(answer, "sessions"))[-1] == "Other"
    # five pages of one visitor each and bob's /lamps
    assert column(answer, "sessions")["Other"] == 6
    assert answer.keys[-1] == ""
    assert answer.series.frame.groupby("start")["share"].sum().tolist() == pytest.approx([1, 1])


def test_an_export_tells_what_is_below_its_channel_and_no_first_pages(
    store: Store, load: Load
) -> None:
    def row(uv: int, *levels: str) -> dict[str, Any]:
        first, second, third = levels
        return {
            "source": "sycm",
            "period_start": NOW.start,
            "period_end": NOW.start,
            "hour": -1,
            "grain": "channel",
            "carrier": "",
            "device": "",
            "channel": second,
            "channel_l1": first,
            "channel_l2": second,
            "channel_l3": third,
            "channel_l4": "",
            "is_rollup": False,
            "uv": uv,
            "paid_buyers": 1,
        }

    rows = [row(60, "广告", "万相台", "关键词"), row(40, "广告", "万相台", "人群"),
            row(30, "平台", "搜索", "")]  # fmt: skip
    load(store, "traffic_agg", rows, shop=TMALL)
    assert column(report(store, SCOPE), "share") == {
        "Wanxiangtai": pytest.approx(100 / 130),
        "搜索": pytest.approx(30 / 130),
    }
    paid = report(store, SCOPE, opened=("万相台",))
    assert column(paid, "daily_visitors") == {"关键词": 60, "人群": 40}
    assert paid.notices[-1].text.template.startswith("Exports tell what is below")
    assert column(report(store, SCOPE, opened=("搜索",)), "share") == {"(none)": 1}
    pages = report(store, SCOPE, opened=("万相台", "人群"))
    assert pages.parts.is_empty
    assert pages.kpis[0].delta.value == 40
    assert [EN.say(gap.what) for gap in pages.gaps] == ["First page"]


def test_an_export_and_a_log_of_a_shop_are_never_added(log: Store, load: Load) -> None:
    row = {
        "source": "own",
        "period_start": date(2026, 3, 11),
        "period_end": date(2026, 3, 11),
        "hour": -1,
        "grain": "channel",
        "carrier": "",
        "device": "",
        "channel": "Paid Search",
        "channel_l1": "Paid Search",
        "is_rollup": False,
        "uv": 1_000,
    }
    load(log, "traffic_agg", [row], shop=SITE)
    assert column(report(log, SCOPE, opened=("Paid Search",)), "sessions") == {
        "google / brand": 3,
        "google / generic": 1,
    }


def test_channels_may_be_opened_by_their_kind(log: Store, load: Load) -> None:
    def row(channel: str, uv: int) -> dict[str, Any]:
        return {
            "source": "own",
            "period_start": NOW.start,
            "period_end": NOW.start,
            "hour": -1,
            "grain": "channel",
            "carrier": "",
            "device": "",
            "channel": channel,
            "channel_l1": channel,
            "is_rollup": False,
            "uv": uv,
        }

    rows = [row("万相台", 50), row("直通车", 30), row("手淘搜索", 20), row("自定义", 10)]
    load(log, "traffic_agg", rows, shop=TMALL)
    kinds = report(log, SCOPE, first="kind")
    assert kinds.level == "kind"
    assert kinds.keys == ("Platform ads", "Site search", "Direct", "自定义", "Paid Search")
    # 80 + 20 + 12 + 10 + 4 visitor days in ten days
    assert column(kinds, "daily_visitors")["Platform ads"] == 8
    assert kinds.parts.frame["daily_visitors"].sum() == pytest.approx(12.6)

    ads = report(log, SCOPE, first="kind", opened=("Platform ads",))
    assert ads.level == "channel"
    assert column(ads, "share") == {"Wanxiangtai": 50 / 80, "Zhitongche ads": 30 / 80}
    # A kind of its own opens as the channel that it is, and a filter holds inside.
    search = report(log, SCOPE, first="kind", opened=("Paid Search", "Paid Search"))
    assert column(search, "sessions") == {"google / brand": 3, "google / generic": 1}
    narrowed = Scope(NOW, channels=("直通车", "Direct"))
    assert report(log, narrowed, first="kind", opened=("Platform ads",)).keys == ("直通车",)
    assert report(log, SCOPE, first="kind", opened=("nobody",)).parts.is_empty


def test_a_teams_own_kinds_sort_the_days_before(log: Store) -> None:
    assert report(log, SCOPE, first="kind").keys == ("Direct", "Paid Search")
    mine = ChannelRule("Ours", source="paid*, direct")
    log.save_settings(log.settings.with_values(kind_rules=(mine,)))
    answer = report(log, SCOPE, first="kind")
    assert answer.keys == ("Ours",)
    assert report(log, SCOPE, first="kind", opened=("Ours",)).keys == ("Direct", "Paid Search")
    assert report(log, SCOPE, first="kind", opened=("Direct",)).parts.is_empty


def test_another_first_level_is_refused(store: Store) -> None:
    with pytest.raises(InvalidParameter, match="first"):
        report(store, SCOPE, first="campaign")


def test_more_than_three_names_open_nothing(store: Store) -> None:
    with pytest.raises(InvalidParameter, match="below a product"):
        report(store, SCOPE, opened=("a", "b", "c", "d"))


def test_an_unknown_name_has_no_visitors(log: Store) -> None:
    answer = report(log, SCOPE, opened=("nobody",))
    assert answer.parts.is_empty
    assert EN.say(answer.headline) == "nobody: no visitors are known in these days."


@pytest.mark.parametrize("code", ["en", "zh_CN"])
@pytest.mark.parametrize("comparison", [Comparison.PREVIOUS, Comparison.NONE])
def test_the_pictures_follow_the_level(log: Store, code: str, comparison: Comparison) -> None:
    answer = report(log, Scope(NOW, comparison=comparison), opened=("Paid Search",))
    language = Language(code)
    assert "google / brand" in share(answer, language).alt
    drawn = moves(answer, language)
    assert drawn.figure.data[0].y[0] == "google / brand"
    assert "google" not in drawn.subtitle
    assert language.term("Paid Search") in drawn.subtitle


# --- random logs ----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_random_logs_agree_with_a_loop(store: Store, load: Load, seed: int) -> None:
    """One visit a visitor and day; each begins on a page and looks at some products."""
    chance = random.Random(seed)
    rows, visits = [], []
    for who in range(40):
        for day in range(11, 21):
            if chance.random() < 0.5:
                continue
            tags = chance.choice([BRAND, GENERIC, DIRECT])
            page, seen = (
                chance.choice(["/", "/lamps"]),
                chance.choices("XYZ", k=chance.randrange(4)),
            )
            bought = chance.choice(seen) if seen and chance.random() < 0.3 else None
            rows.append(event(f"v{who}", day, page=page, **tags))
            rows[-1]["event_at"] = datetime(2026, 3, day, 8)
            rows += [event(f"v{who}", day, "view_item", sku=one, **tags) for one in seen]
            if bought:
                rows.append(event(f"v{who}", day, "purchase", sku=bought, value=7.0, **tags))
            visits.append((tags.get("campaign"), page, set(seen), bought))
    # The first page view at eight, everything else within the quarter of an hour after nine.
    for row in rows:
        row["event_at"] = row["event_at"].replace(hour=8)
    for first in [row for row in rows if row["event_name"] == "page_view"]:
        first["event_at"] -= timedelta(minutes=5)
    load(store, "events", rows, shop=SITE)

    pages = report(store, SCOPE, opened=("Paid Search", "google / brand"))
    assert column(pages, "sessions") == {
        page: sum(1 for campaign, at, *_ in visits if (campaign, at) == ("brand", page))
        for page in column(pages, "sessions")
    }
    goods = report(store, SCOPE, opened=("Paid Search", "google / brand", "/lamps"))
    mine = [visit for visit in visits if visit[:2] == ("brand", "/lamps")]
    assert column(goods, "sessions") == {
        sku: sum(sku in seen for _, _, seen, _ in mine)
        for sku in sorted({sku for _, _, seen, _ in mine for sku in seen})
    }
    assert column(goods, "revenue_per_visitor") == {
        sku: pytest.approx(
            7
            * sum(bought == sku for *_, bought in mine)
            / sum(sku in seen for _, _, seen, _ in mine)
        )
        for sku in column(goods, "sessions")
    }
