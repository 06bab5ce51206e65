"""The part "customer service" of the funnel page."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from ecom.store import open_store
from tests.conftest import stage
from tests.ui.conftest import open_app, words

DAY = date(2026, 1, 20)
ORDER = {
    "order_id": "1",
    "order_date": DAY,
    "paid_date": DAY,
    "paid_at": datetime(2026, 1, 20, 4),
}  # dates the data


@pytest.fixture
def asked(database: str) -> str:
    """80 fast enquiries of which 40 paid 10 each, 80 slow ones of which 20 did."""
    rows = [
        {"enquiry_id": str(number), "opened_at": datetime(2026, 1, 20, 4), "opened_date": DAY,
         "queue": "Pre-sale", "agent": "Lily", "first_response_seconds": 20 if number < 80 else 90,
         "paid_amount": 10 if number < 40 or 80 <= number < 100 else None}
        for number in range(160)
    ]  # fmt: skip
    with open_store(database) as store:
        store.load(stage("orders", [ORDER]))
        store.load(stage("service_enquiries", rows))
    return database


@pytest.mark.parametrize(
    ("language", "lacking", "template"),
    [
        ("en", "Enquiries to customer", "Customer service enquiries (our template)"),
        ("zh_CN", "客服咨询", "客服咨询（自有模板）"),
    ],
)
def test_without_data_the_part_names_the_template(
    database: str, language: str, lacking: str, template: str
) -> None:
    with open_store(database) as store:
        store.load(stage("orders", [ORDER]))
    app = open_app("funnel", funnel_part="service", lang=language)
    assert not app.exception
    assert not app.error
    assert not app.get("plotly_chart")
    assert lacking in words(app)
    assert template in words(app)


@pytest.mark.parametrize(
    ("language", "headline", "caveat"),
    [
        ("en", "160 enquiries", "an association, not a proof"),
        ("zh_CN", "共 160 次咨询", "不能证明因果"),
    ],
)
def test_the_rate_and_its_caveat_are_shown(
    asked: str, language: str, headline: str, caveat: str
) -> None:
    app = open_app("funnel", funnel_part="service", lang=language)
    assert not app.exception
    assert not app.error
    shown = words(app)
    assert headline in shown
    assert caveat in shown
    assert len(app.get("plotly_chart")) == 1
    assert [one.value for one in app.metric][:2] == ["160", "100.0%"]
    assert [one.value for one in app.metric][4] == "37.5%"  # 60 of 160
    # 25 points more for the 80 slow ones
    (effect,) = (
        table.value for table in app.dataframe if len(table.value) == 3 and len(table.value.T) == 4
    )
    assert effect.iloc[1, 1] == "20"
