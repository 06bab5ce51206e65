"""Names of Chinese back offices: which kind of source they are, and how they read."""

from __future__ import annotations

import pytest

from ecom.channels import DEFAULT_RULES, costs_money, kind_of
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
