"""The part "what changed" of the traffic page."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ecom.store import open_store
from tests.conftest import stage
from tests.ui.conftest import open_app, words


@pytest.fixture
def fallen(database: str) -> str:
    """Sixty days of 100 visitors, 50 on the last ten."""
    days = [date(2026, 1, 5) + timedelta(number) for number in range(60)]
    rows = [
        {
            "source": "own",
            "period_start": day,
            "period_end": day,
            "hour": -1,
            "grain": "channel",
            "channel": "Referral",
            "is_rollup": False,
            "uv": 100 if number < 50 else 50,
        }
        for number, day in enumerate(days)
    ]
    with open_store(database) as store:
        store.load(stage("traffic_agg", rows))
    return database


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_part_opens_without_data(database: str, language: str) -> None:
    app = open_app("traffic", traffic_part="changes", lang=language)
    assert not app.exception
    assert not app.error


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_a_change_is_drawn_and_listed(fallen: str, language: str) -> None:
    app = open_app("traffic", traffic_part="changes", lang=language)
    assert not app.exception
    assert not app.error
    assert len(app.get("plotly_chart")) == 1
    assert "50.0%" in words(app)


def test_the_likely_causes_stand_beside_the_picture(fallen: str) -> None:
    app = open_app("traffic", traffic_part="changes", lang="en")
    shown = [each.value for each in app.markdown]
    assert "**Likely causes**" in shown
    assert any(text.startswith("A link, referrer or message") for text in shown)
