"""The own site's ads: the campaign reports of Google Ads and Meta."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ecom.demo import write as w
from ecom.demo.ads import ad_report
from ecom.demo.shops import SITE
from ecom.demo.world import World
from ecom.demo.write import DemoFile
from ecom.demo.write_search_terms import search_terms
from ecom.text import message

GOOGLE_HEADERS = (
    "Day|Campaign status|Campaign|Budget|Budget name|Budget type|Currency code|Status|"
    "Status reasons|Optimization score|Campaign type|Bid strategy type|Conv. value / cost|"
    "Avg. target ROAS|Conv. value|TrueView views|Impr.|TrueView avg. CPV|Conversions|Conv. rate|"
    "Cost / conv.|Clicks|CTR|Conv. (Platform Comparable)|"
    "Conv. value / Cost (Platform Comparable)|Unique users|Avg. CPM|Cost|Likes|Comments|Shares|"
    "Goals"
).split("|")
GOOGLE_CAMPAIGNS = ("Brand - Search", "Generic lamps - Search", "Best sellers - Shopping")
_GOOGLE_TYPES = ("Search", "Search", "Shopping")
META_HEADERS = (
    "Reporting starts|Reporting ends|Campaign name|Campaign delivery|Results|Result indicator|"
    "Reach|Impressions|Cost per results|Amount spent (CNY)|Link clicks|"
    "CPC (cost per link click) (CNY)|CTR (link click-through rate)|Purchases conversion value|"
    "Ends"
).split("|")
META_CAMPAIGNS = ("Prospecting - Lamps", "Retargeting - Cart")


def write_site_ads(folder: Path, world: World) -> Iterator[DemoFile]:
    """Write the ad reports, and the search terms of Google's."""
    period = f"{_long(world.timeline.start)} - {_long(world.timeline.end)}"
    report = ad_report(
        world.site.paid["Paid Search"],
        world.site.channel("Paid Search"),
        [0.2, 0.45, 0.35],
        world.timeline,
    )
    path = folder / "google_ads_campaign.csv"
    w.write_csv(path, _google(report, world), before=f'Campaign report\n"{period}"\n')
    yield DemoFile(
        path,
        SITE,
        "google_ads_campaign",
        message("Spend on Google Ads by day and campaign, with total rows"),
    )
    path = folder / "google_ads_search_terms.csv"
    w.write_csv(
        path,
        search_terms(report, world, campaigns=GOOGLE_CAMPAIGNS),
        before=f'Search terms report\n"{period}"\n',
    )
    yield DemoFile(
        path,
        SITE,
        "google_ads_search_terms",
        message("Search words on Google Ads by day, with total rows"),
    )
    report = ad_report(
        world.site.paid["Paid Social"],
        world.site.channel("Paid Social"),
        [0.7, 0.3],
        world.timeline,
    )
    path = folder / "meta_ads_manager.csv"
    w.write_csv(path, _meta(report, world), encoding="utf-8-sig")
    yield DemoFile(
        path,
        SITE,
        "meta_ads_manager",
        message("Spend on Meta ads by day and campaign, with a summary row"),
    )


def _long(day: date) -> str:
    return f"{day:%B} {day.day}, {day:%Y}"


def _google(report: pd.DataFrame, world: World) -> pa.Table:
    kinds = np.array(_GOOGLE_TYPES)[report["part"]]
    labels = ["Total: Campaigns", "Total: Account", "Total: Search", "Total: Shopping"]
    chosen = [np.full(len(report), True)] * 2 + [kinds == "Search", kinds == "Shopping"]
    totals = pd.DataFrame([report[rows].sum() for rows in chosen]).assign(part=-1)
    rows = pd.concat([report, totals], ignore_index=True)
    days = w.days(world.timeline.dates[report["day"]]).to_pylist()
    code = rows["part"].to_numpy()
    is_day = code >= 0
    spend, revenue = rows["spend"].to_numpy(), rows["revenue"].to_numpy()
    clicks, shown = rows["clicks"].to_numpy(), rows["impressions"].to_numpy()
    orders = rows["orders"].to_numpy()
    return w.sheet(
        GOOGLE_HEADERS,
        {
            "Day": pa.array([*days, *labels]),
            "Campaign status": w.pick([" --", "Enabled"], is_day),
            "Campaign": pc.fill_null(w.pick(GOOGLE_CAMPAIGNS, code), " --"),
            "Currency code": w.same("CNY", len(rows)),
            "Status": w.pick([" --", "Eligible"], is_day),
            "Campaign type": pc.fill_null(w.pick(_GOOGLE_TYPES, code), " --"),
            "Conv. value / cost": w.number(revenue / np.maximum(spend, 1)),
            "Conv. value": w.thousands_money(revenue),
            "Impr.": w.thousands(shown),
            "Conversions": w.number(orders),
            "Conv. rate": w.percent(orders, np.maximum(clicks, 1)),
            "Cost / conv.": w.ratio_money(spend, orders),
            "Clicks": w.thousands(clicks),
            "CTR": w.percent(clicks, np.maximum(shown, 1)),
            "Avg. CPM": w.ratio_money(1000 * spend, shown),
            "Cost": w.thousands_money(spend),
        },
        rows=len(code),
        empty=" --",
    )


def _meta(report: pd.DataFrame, world: World) -> pa.Table:
    dates = world.timeline.dates
    total = report.sum().to_frame().T.assign(part=-1)
    rows = pd.concat([total, report], ignore_index=True)
    day = w.days(dates[report["day"]]).to_pylist()
    first, last = str(dates[0]), str(dates[-1])
    spend, clicks, shown = (rows[name].to_numpy() for name in ("spend", "clicks", "impressions"))
    orders = rows["orders"].to_numpy()
    return w.sheet(
        META_HEADERS,
        {
            "Reporting starts": pa.array([first, *day]),
            "Reporting ends": pa.array([last, *day]),
            "Campaign name": w.pick(META_CAMPAIGNS, rows["part"]),
            "Campaign delivery": w.pick(["active"], np.minimum(rows["part"], 0)),
            "Results": w.text(orders),
            "Result indicator": w.same("actions:offsite_conversion.fb_pixel_purchase", len(rows)),
            "Reach": w.text(shown * 7 // 10),
            "Impressions": w.text(shown),
            "Cost per results": w.money(np.round(spend / np.maximum(orders, 1))),
            "Amount spent (CNY)": w.money(spend),
            "Link clicks": w.text(clicks),
            "CPC (cost per link click) (CNY)": w.money(np.round(spend / np.maximum(clicks, 1))),
            "CTR (link click-through rate)": w.number(100 * clicks / np.maximum(shown, 1), 4),
            "Purchases conversion value": w.money(rows["revenue"]),
            "Ends": w.same("Ongoing", len(rows)),
        },
        rows=len(rows),
    )
