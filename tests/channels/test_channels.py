"""Channels of visits: the public cases, Google's table, and a team's own rules."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from ecom.channels import DEFAULT_RULES, ORIGIN, ChannelRule, Origin, channel_of, classify
from ecom.channels.lists import LISTS
from ecom.errors import InvalidParameter
from ecom.terms import LABELS
from tests.conftest import ROOT

CLICK_IDS = ("gclid", "msclkid", "gad_source", "fbclid")
# Where the file leaves it to us ("no information at all"): nothing told is Direct.
OURS = {"Other": "Direct"}


def _cases() -> list[Any]:
    file = Path(os.environ.get("ECOM_SHARED", ROOT.parent / "shared")) / "cases/channels.json"
    if not file.exists():
        return [pytest.param(None, id="no-shared-material")]
    cases = json.loads(file.read_text("utf-8"))["cases"]
    return [pytest.param(one, id=one["source"]["test"]) for one in cases]


@pytest.mark.parametrize("case", _cases())
def test_a_public_case(case: dict[str, Any] | None) -> None:
    if case is None:
        pytest.skip("needs the shared material (ECOM_SHARED)")
    given = case["input"]
    origin = Origin(
        source=given.get("utm_source", ""),
        medium=given.get("utm_medium", ""),
        campaign=given.get("utm_campaign", ""),
        referrer=given.get("referrer", ""),
        click=next((name for name in CLICK_IDS if name in given), ""),
    )
    expected = case["expected_posthog"]
    assert channel_of(origin) == (OURS.get(expected, expected) if not given else expected)


@pytest.mark.parametrize(
    ("source", "medium", "campaign", "expected"),
    [  # Google's table of default channels, a line each, and what stands between two lines
        ("(direct)", "(none)", "", "Direct"),
        ("", "", "", "Direct"),
        ("(direct)", "(not set)", "spring", "Direct"),
        ("google", "cpc", "x cross-network y", "Cross-network"),
        ("google", "cpc", "eshop", "Paid Shopping"),
        ("google", "cpc", "workshop", "Paid Search"),
        ("amazon.co.jp", "paid", "", "Paid Shopping"),
        ("google", "cpm", "", "Paid Search"),
        ("somewhere", "cpm", "", "Display"),
        ("m.weibo.com", "paid_social", "", "Paid Social"),
        ("douyin", "ppc", "", "Paid Video"),
        ("somewhere", "retargeting", "", "Paid Other"),
        ("taobao.com", "", "", "Organic Shopping"),
        ("", "sm", "", "Organic Social"),
        ("bilibili", "", "", "Organic Video"),
        ("somewhere", "shortvideo", "", "Organic Video"),
        ("google", "organic", "", "Organic Search"),
        ("somewhere", "organic", "", "Organic Search"),
        ("somewhere", "referral", "", "Referral"),
        ("e-mail", "", "", "Email"),
        ("newsletter", "e mail", "", "Email"),
        ("somewhere", "affiliate", "", "Affiliates"),
        ("somewhere", "audio", "", "Audio"),
        ("sms", "", "", "SMS"),
        ("somewhere", "webpush", "", "Mobile Push"),
        ("firebase", "", "", "Mobile Push"),
        ("somewhere", "flyer", "", "Unassigned"),
        ("chatgpt.com", "referral", "", "AI Assistants"),
        (" Google ", "CPC", "", "Paid Search"),
    ],
)
def test_the_table_a_team_starts_from(
    source: str, medium: str, campaign: str, expected: str
) -> None:
    assert channel_of(Origin(source, medium, campaign)) == expected


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        (Origin(referrer="sspai.com"), "Referral"),
        (Origin(referrer="kimi.moonshot.cn"), "AI Assistants"),
        (Origin(referrer="notgoogle.com"), "Referral"),
        (Origin(click="gclid"), "Paid Search"),
        (Origin(referrer="l.facebook.com", click="fbclid"), "Organic Social"),
        (Origin(source="somewhere", click="gclid"), "Paid Other"),
        (Origin(source="newsletter", medium="email", referrer="google.com"), "Email"),
    ],
)
def test_referrers_and_click_ids(origin: Origin, expected: str) -> None:
    assert channel_of(origin) == expected


@pytest.mark.parametrize(
    ("cell", "matched", "refused"),
    [
        ("a", ["a", "A "], ["ab", "x.a", ""]),
        ("a, b c", ["a", "b c"], ["b", "c"]),
        ("a*", ["a", "abc"], ["ba"]),
        ("*a", ["a", "ba"], ["ab"]),
        ("*a*", ["a", "xay"], ["b"]),
        ("a*b*c", ["abc", "axbxc"], ["acb", "ab", "abcd"]),
        ("ab*ba", ["abba", "abxba"], ["aba"]),
        ("(none)", ["", "(not set)"], ["a"]),
        ("", ["", "a"], []),
    ],
)
def test_what_a_cell_lets_pass(cell: str, matched: list[str], refused: list[str]) -> None:
    rules = (ChannelRule("Mine", campaign=cell),)
    found = {text: channel_of(Origin(campaign=text), rules=rules) for text in matched + refused}
    assert [text for text, channel in found.items() if channel == "Mine"] == matched


def test_the_first_rule_that_matches_wins_and_all_its_cells_must() -> None:
    rules = (
        ChannelRule("Lives", source="douyin", medium="live"),
        ChannelRule("Douyin", source="douyin"),
        ChannelRule("Rest"),
    )
    origins = pd.DataFrame(
        [("douyin", "live"), ("douyin", "x"), ("x", "live")], columns=["source", "medium"]
    ).reindex(columns=list(ORIGIN), fill_value="")
    assert classify(origins, rules=rules).tolist() == ["Lives", "Douyin", "Rest"]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"channel": " "}, "names no channel"),
        ({"channel": "x", "source": "@nobody"}, "no list “@nobody”"),
        ({"channel": "x", "medium": "m" * 501}, "too long"),
    ],
)
def test_a_rule_that_can_not_be_is_refused(cells: dict[str, str], said: str) -> None:
    with pytest.raises(InvalidParameter, match=said):
        ChannelRule(**cells)


def test_every_channel_of_the_table_has_a_name_in_both_languages() -> None:
    assert {rule.channel for rule in DEFAULT_RULES} <= set(LABELS)


def test_every_list_is_used() -> None:
    cells = [getattr(rule, name) for rule in DEFAULT_RULES for name in ("source", "medium")]
    cells += [getattr(rule, name) for rule in DEFAULT_RULES for name in ("campaign", "click")]
    assert {name for name in LISTS if any(f"@{name}" in cell for cell in cells)} == set(LISTS)
