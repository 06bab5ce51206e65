"""The first part of the traffic page: what it says where a shop's source changes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ecom.store import open_store
from tests.conftest import stage
from tests.ui.conftest import open_app, words


@pytest.fixture
def switched(database: str) -> str:
    """Sixty days up to 5 March; the shop's own row until 19 February, its channels all along."""
    days = [date(2026, 1, 5) + timedelta(number) for number in range(60)]
    row = {"source": "sycm", "hour": -1, "is_rollup": False, "uv": 100}
    rows = [
        {**row, "period_start": day, "period_end": day, **part}
        for day in days
        for part in (
            {"grain": "shop"},
            {"grain": "channel", "channel": "Referral", "channel_l1": "Referral"},
        )
        if part["grain"] == "channel" or day < date(2026, 2, 20)
    ]
    with open_store(database) as store:
        store.load(stage("traffic_agg", rows))
    return database


@pytest.mark.parametrize(
    ("language", "question", "named"),
    [
        ("en", "Which source counts when?", "on 20 Feb 2026 from Shop totals (Sycm) to"),
        ("zh_CN", "哪天以哪个来源为准？", "自2026年2月20日起由“店铺合计（生意参谋）”改为"),
    ],
)
def test_a_switch_is_named_and_the_strip_is_drawn(
    switched: str, language: str, question: str, named: str
) -> None:
    app = open_app("traffic", lang=language)
    said = words(app)

    assert not app.exception
    assert question in said
    assert said.count(named) == 1
