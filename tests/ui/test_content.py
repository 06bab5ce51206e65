"""The part "content and private domain" of the traffic page."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from ecom.store import open_store
from tests.conftest import stage
from tests.ui.conftest import open_app, words

DAY = date(2026, 1, 20)


@pytest.fixture
def mailed(database: str) -> str:
    """An order that dates the data, a message to 2,000 that brought 500, a group of 80."""
    sent = {"platform": "crm", "channel": "email", "sent_date": DAY, "campaign_id": "1"}
    group = {"platform": "wecom_group", "account": "Lamp lovers", "as_of_date": DAY}
    with open_store(database) as store:
        for table, row in (
            ("orders", {"order_id": "1", "order_date": DAY, "paid_date": DAY,
                        "paid_at": datetime(2026, 1, 20, 4)}),
            ("crm_campaigns", {**sent, "name": "Spring", "delivered": 2_000, "revenue": 500}),
            ("private_domain_daily", {**group, "members": 80, "new_members": 3}),
        ):  # fmt: skip
            store.load(stage(table, [row]))
    return database


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_part_opens_without_data(database: str, language: str) -> None:
    app = open_app("traffic", traffic_part="content", lang=language)
    assert not app.exception
    assert not app.error


@pytest.mark.parametrize(
    ("language", "headline"), [("en", "E-mail, CN¥"), ("zh_CN", "邮件的产出最高")]
)
def test_messages_and_groups_are_shown(mailed: str, language: str, headline: str) -> None:
    app = open_app("traffic", traffic_part="content", lang=language)
    assert not app.exception
    assert not app.error
    assert headline in words(app)
    assert "250" in words(app)  # per thousand delivered
    assert len(app.get("plotly_chart")) == 2
    assert [one.value for one in app.metric][-1] == "80"
