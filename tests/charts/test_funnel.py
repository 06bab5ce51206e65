"""The funnel's picture says at each step how many came and how many of the step before went on."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from ecom.analysis.funnel import report
from ecom.charts import funnel as charts
from ecom.i18n import Language
from ecom.model import Period, Scope

DAY = date(2026, 3, 9)


def test_a_steps_name_stands_with_the_share_that_went_on(store, load):
    # Two visit, one of them looks at a product.
    steps = [("ann", "page_view"), ("bob", "page_view"), ("bob", "view_item")]
    rows = [
        {
            "event_id": f"{visitor}{name}",
            "event_at": datetime(2026, 3, 9, 12, minute),
            "event_date": DAY,
            "event_name": name,
            "visitor_id": visitor,
        }
        for minute, (visitor, name) in enumerate(steps)
    ]
    load(store, "events", rows)
    figure = charts.steps(report(store, Scope(Period(DAY, DAY))), Language("en")).figure
    assert figure.layout.yaxis.ticktext[:2] == ("Visit", "Viewed a product<br>50.0% went on")
    assert figure.data[0].text[:2] == ("<b>2</b>", "<b>1</b> · 50.0% of all")


def test_the_line_by_day_names_no_period_that_it_does_not_draw(store, load):
    days = [DAY - timedelta(days=1), DAY]
    rows = [
        {
            "event_id": f"{day}",
            "event_at": datetime(day.year, day.month, day.day, 12),
            "event_date": day,
            "event_name": "page_view",
            "visitor_id": "ann",
        }
        for day in days
    ]
    load(store, "events", rows)
    shown = report(store, Scope(Period(DAY, DAY)))
    assert "lighter" in charts.steps(shown, Language("en")).subtitle
    assert "lighter" not in charts.trend(shown, Language("en")).subtitle
