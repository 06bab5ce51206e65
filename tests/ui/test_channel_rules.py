"""The tables of rules: read back as shown, moved by number, refused in words, saved for all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd
import pytest
import streamlit as st

from ecom.channels import ChannelRule
from ecom.errors import InvalidParameter
from ecom.i18n import Language
from ecom.store import Batch, open_store
from ecom.ui.channel_rules import KINDS, VISITS
from ecom.ui.rule_table import RuleTable, frame_of, rules_of
from tests.ui.conftest import open_app, words

LANGUAGES = [Language("en"), Language("zh_CN")]
RULES = (ChannelRule("Direct", source="a"), ChannelRule("Mine", medium="b"), ChannelRule("Rest"))


@pytest.mark.parametrize("table", [VISITS, KINDS], ids=lambda one: one.setting)
@pytest.mark.parametrize("spoken", LANGUAGES, ids=lambda one: one.code)
def test_a_table_nobody_changed_says_the_same(table: RuleTable, spoken: Language) -> None:
    assert rules_of(frame_of(table.usual, table, spoken), table, spoken) == table.usual


def test_a_line_moves_by_its_number_and_new_ones_come_last() -> None:
    english = LANGUAGES[0]
    table = frame_of(RULES, VISITS, english)
    table.loc[2, "number"] = 1.5
    table.loc[3] = {"channel": "New", "campaign": "x"}
    table.loc[4] = {"number": 9.0}
    found = rules_of(table, VISITS, english)
    assert [rule.channel for rule in found] == ["Direct", "Rest", "Mine", "New"]
    assert found[3] == ChannelRule("New", campaign="x")


def test_a_line_without_a_channel_is_refused() -> None:
    table = frame_of(RULES, VISITS, LANGUAGES[0])
    table.loc[1, "channel"] = pd.NA
    with pytest.raises(InvalidParameter, match="names no channel"):
        rules_of(table, VISITS, LANGUAGES[0])


def test_a_kind_typed_in_chinese_is_the_kind_itself() -> None:
    chinese = LANGUAGES[1]
    told = {"number": 1.0, "channel": chinese.term("Platform ads"), "source": "信息流"}
    table = pd.DataFrame([told])
    assert rules_of(table, KINDS, chinese) == (ChannelRule("Platform ads", source="信息流"),)


@pytest.fixture
def searched(database: str, load: Callable[..., Batch]) -> str:
    """A shop whose export names one channel, and a team that calls it an ad."""
    day = date(2026, 1, 1)
    row = {
        "source": "own",
        "period_start": day,
        "period_end": day,
        "hour": -1,
        "grain": "channel",
        "carrier": "",
        "device": "",
        "channel": "手淘搜索",
        "channel_l1": "手淘搜索",
        "is_rollup": False,
        "uv": 10,
    }
    with open_store(database) as store:
        load(store, "traffic_agg", [row])
    return database


def kinds_on_the_page(**query: str) -> list[str]:
    """What the drill-down by kinds offers to open."""
    app = open_app("traffic", traffic_part="drilldown", traffic_first="kind", **query)
    assert not app.exception
    return next(one for one in app.selectbox if one.label.startswith(("Open", "打开"))).options


def test_a_new_kind_is_told_before_it_is_saved_and_sorts_the_past(
    searched: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert kinds_on_the_page(lang="en") == ["Site search"]
    shown = st.data_editor

    def typed(frame: pd.DataFrame, **told: Any) -> pd.DataFrame:
        """The first line of the second table by now names this shop's search an ad."""
        shown(frame, **told)
        if "medium" in frame:
            return frame
        first = {"number": 0.5, "channel": "Platform ads", "source": "手淘搜索"}
        return pd.concat([frame, pd.DataFrame([first])], ignore_index=True)

    monkeypatch.setattr(st, "data_editor", typed)
    app = open_app("settings", lang="en")
    assert not app.exception
    assert "1 of 1 names of channels get another kind." in words(app)
    with open_store(searched) as store:
        assert store.settings.kind_rules == ()  # told, not saved
    next(one for one in app.button if one.label == "Save kinds").click().run()
    monkeypatch.setattr(st, "data_editor", shown)
    assert not app.exception
    with open_store(searched) as store:
        assert store.settings.kind_rules[0] == ChannelRule("Platform ads", source="手淘搜索")
        assert store.settings.kind_rules[1:] == KINDS.usual
        assert store.settings.channel_rules == ()
    assert kinds_on_the_page(lang="en") == ["Platform ads"]

    app = open_app("settings", lang="en")
    (back,) = [one for one in app.button if one.label == "Back to the usual rules"]
    app = back.click().run()
    assert "All pages sort past and new days by these kinds." in words(app)
    assert kinds_on_the_page(lang="en") == ["Site search"]


def test_a_refused_line_says_why_and_cannot_be_saved(
    searched: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        st, "data_editor", lambda frame, **_: frame.assign(channel=pd.NA) if len(frame) else frame
    )
    app = open_app("settings", lang="en")
    assert not app.exception
    assert "names no channel" in words(app)
    assert "Save kinds" not in [one.label for one in app.button]
