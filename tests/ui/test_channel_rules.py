"""The table of channel rules: read back as shown, moved by number, refused in words."""

from __future__ import annotations

import pandas as pd
import pytest

from ecom.channels import DEFAULT_RULES, ChannelRule
from ecom.errors import InvalidParameter
from ecom.i18n import Language
from ecom.ui.channel_rules import frame_of, rules_of

LANGUAGES = [Language("en"), Language("zh_CN")]
RULES = (ChannelRule("Direct", source="a"), ChannelRule("Mine", medium="b"), ChannelRule("Rest"))


@pytest.mark.parametrize("spoken", LANGUAGES, ids=lambda one: one.code)
def test_a_table_nobody_changed_says_the_same(spoken: Language) -> None:
    assert rules_of(frame_of(DEFAULT_RULES, spoken), spoken) == DEFAULT_RULES


def test_a_line_moves_by_its_number_and_new_ones_come_last() -> None:
    english = LANGUAGES[0]
    table = frame_of(RULES, english)
    table.loc[2, "number"] = 1.5
    table.loc[3] = {"channel": "New", "campaign": "x"}
    table.loc[4] = {"number": 9.0}
    found = rules_of(table, english)
    assert [rule.channel for rule in found] == ["Direct", "Rest", "Mine", "New"]
    assert found[3] == ChannelRule("New", campaign="x")


def test_a_line_without_a_channel_is_refused() -> None:
    table = frame_of(RULES, LANGUAGES[0])
    table.loc[1, "channel"] = pd.NA
    with pytest.raises(InvalidParameter, match="names no channel"):
        rules_of(table, LANGUAGES[0])
