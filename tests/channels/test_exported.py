"""Names of Chinese back offices: which kind of source they are, and how they read."""

from __future__ import annotations

import pytest

from ecom.channels import DEFAULT_RULES, ChannelRule, costs_money, kind_of
from ecom.i18n import Language
from ecom.terms import LABELS

EXPORTED = [name for name in LABELS if not name.isascii()]


@pytest.mark.parametrize(
    ("channel", "kind"),
    [
        ("手淘搜索", "Site search"),
        ("手淘推荐", "Recommendation"),
        ("商品卡", "Recommendation"),
        ("万相台", "Platform ads"),
        ("关键词推广(原直通车)", "Platform ads"),
        ("精准人群推广(原引力魔方)", "Platform ads"),
        ("千川", "Platform ads"),
        ("千川直播", "Platform ads"),
        ("直播间", "Live"),
        ("短视频", "Short video"),
        ("淘宝客", "Affiliates"),
        ("店铺私域", "Private domain"),
        ("我的淘宝", "Own list"),
        ("Organic Search", "Organic Search"),
        ("一个自定义渠道", "一个自定义渠道"),
        ("", ""),
    ],
)
def test_a_kind_by_the_exported_name(channel: str, kind: str) -> None:
    assert kind_of(channel) == kind


@pytest.mark.parametrize("name", EXPORTED)
def test_an_exported_name_is_itself_in_chinese_and_readable_in_english(name: str) -> None:
    assert Language("zh_CN").term(name) == name
    assert Language("en").term(name).isascii()


def test_a_name_of_the_teams_own_stays() -> None:
    assert Language("en").term("一个自定义渠道") == "一个自定义渠道"


@pytest.mark.parametrize(
    ("channel", "paid"),
    [("Paid Search", True), ("Google Ads", True), ("Paid Other", True), ("Affiliates", True),
     ("千川", True), ("淘宝客", True), ("Direct", False), ("直播间", False), ("手淘搜索", False)],
)  # fmt: skip
def test_what_costs_money(channel: str, paid: bool) -> None:
    assert costs_money(channel) is paid


def test_every_paid_channel_of_the_default_rules_costs_money() -> None:
    paid = {rule.channel for rule in DEFAULT_RULES if rule.channel.startswith("Paid")}
    assert all(costs_money(channel) for channel in paid)


TEAMS = (
    ChannelRule("Live", source="*千川直播*，自播"),  # a full-width comma stands between two, too
    ChannelRule("Platform ads", source="*千川*, 信息流"),
    ChannelRule("Paid Social", source="微博*"),
)


@pytest.mark.parametrize(
    ("channel", "kind", "paid"),
    [
        ("千川直播", "Live", False),  # the first line wins
        ("自播", "Live", False),
        ("千川短视频", "Platform ads", True),
        (" 信息流 ", "Platform ads", True),
        ("微博推广", "Paid Social", True),  # a paid channel of visits as a kind
        ("手淘搜索", "手淘搜索", False),  # no line of theirs
        ("淘宝客", "淘宝客", False),
        ("Paid Search", "Paid Search", True),
    ],
)
def test_a_teams_own_kinds(channel: str, kind: str, paid: bool) -> None:
    assert kind_of(channel, rules=TEAMS) == kind
    assert costs_money(channel, kinds=TEAMS) is paid


def test_a_paid_channel_stays_paid_whatever_its_kind_is_called() -> None:
    assert costs_money("Paid Search", kinds=(ChannelRule("Anything"),))
