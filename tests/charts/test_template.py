"""The house style: values for people on axis and hover, one colour per name."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ecom.charts.palette import BASE, CATEGORICAL, colour_of, colours_of, faded, good_bad
from ecom.charts.template import finish, label_end, new_figure, scale
from ecom.i18n import Language
from ecom.model import Unit

DAYS = [date(2026, 1, 1) + timedelta(day) for day in range(4)]


def money(code: str):
    return new_figure(Language(code), unit=Unit.MONEY, currency="CNY")


def test_large_values_are_shortened_on_the_axis_as_the_language_does() -> None:
    for code, highest in (("en", "300K"), ("zh_CN", "30万")):
        figure = money(code)
        figure.add_scatter(x=DAYS, y=[0, 100_000, 200_000, 273_000])
        finish(figure)
        assert figure.layout.yaxis.ticktext[-1] == highest


def test_stacked_bars_reach_as_high_as_their_sum() -> None:
    figure = money("en")
    figure.update_layout(barmode="stack")
    figure.add_bar(x=DAYS[:1], y=[60_000])
    figure.add_bar(x=DAYS[:1], y=[60_000])
    finish(figure)
    assert figure.layout.yaxis.tickvals[-1] >= 120_000


def test_hover_shows_the_full_value_and_missing_ones_as_a_dash() -> None:
    figure = money("zh_CN")
    figure.add_scatter(x=DAYS, y=[1234567.5, None, float("nan"), 1])
    finish(figure)
    assert figure.data[0].hovertext == ("¥1,234,567.50", "–", "–", "¥1.00")


def test_a_chart_may_bring_its_own_hover() -> None:
    figure = money("en")
    figure.add_scatter(x=DAYS, y=[1, 2, 3, 4], hovertemplate="mine")
    finish(figure)
    assert figure.data[0].hovertemplate == "mine"
    assert figure.data[0].hovertext is None


def test_lying_bars_have_their_values_on_the_x_axis() -> None:
    figure = money("en")
    figure.add_bar(y=["a", "b"], x=[50_000, 2], orientation="h")
    finish(figure)
    assert figure.layout.xaxis.ticktext[0] == "0"
    assert figure.layout.yaxis.ticktext is None


def test_shares_and_durations_are_written_as_such() -> None:
    shares = new_figure(Language(), unit=Unit.RATIO)
    shares.add_scatter(x=DAYS, y=[0.1, 0.2, 0.3, 0.4])
    assert finish(shares).layout.yaxis.tickformat == ",.0%"
    stays = new_figure(Language(), unit=Unit.SECONDS)
    stays.add_bar(x=DAYS[:1], y=[250])
    assert finish(stays).layout.yaxis.ticktext[:2] == ("0:00", "1:00")


def test_an_empty_figure_can_be_finished() -> None:
    assert not finish(money("en")).data


def test_a_line_is_labelled_at_its_last_known_point() -> None:
    figure = money("en")
    figure.add_scatter(x=DAYS, y=[1, 2, 3, None])
    label_end(figure, figure.data[0], "Direct")
    assert figure.layout.annotations[0].y == 3


def test_a_name_keeps_its_colour_and_others_is_grey() -> None:
    assert colour_of("channel", "直播间") == colour_of("channel", "直播间")
    assert colour_of("channel", "Other") == BASE
    assert colour_of("channel", "anything at all") in CATEGORICAL


def test_one_picture_never_shows_two_names_in_one_colour() -> None:
    names = [f"channel {number}" for number in range(len(CATEGORICAL))]
    assert len(set(colours_of("channel", names).values())) == len(names)


def test_good_and_bad_change_places_when_good_is_red() -> None:
    good, bad = good_bad()
    assert good_bad(good_is_red=True) == (bad, good)


@pytest.mark.parametrize(("share", "words"), [(0.5, "rgba(62, 123, 214, 0.5)")])
def test_a_faded_colour_keeps_its_hue(share: float, words: str) -> None:
    assert faded("#3e7bd6", share) == words


def test_bars_that_carry_their_values_have_no_scale() -> None:
    figure = money("en")
    figure.add_bar(y=["a", "b"], x=[50_000, 2], orientation="h", text=["50K", "2"])
    finish(figure)
    assert figure.layout.xaxis.visible is False


def test_a_finger_on_a_chart_scrolls_the_page() -> None:
    assert money("en").layout.dragmode is False


def test_a_second_axis_is_written_like_the_first() -> None:
    figure = money("zh_CN")
    figure.add_scatter(x=[0, 40_000], y=[0, 90_000])
    scale(figure, "x")
    finish(figure)
    assert figure.layout.xaxis.ticktext[-1] == "4万"


@pytest.mark.parametrize(("days", "step"), [(1, 86_400_000), (3, 86_400_000), (30, None)])
def test_a_few_days_have_one_tick_each(days: int, step: int | None) -> None:
    figure = money("en")
    figure.add_scatter(x=[DAYS[0] + timedelta(day) for day in range(days)], y=[1] * days)
    assert finish(figure).layout.xaxis.dtick == step


def test_bars_that_begin_on_one_day_and_reach_over_many_are_no_few_days() -> None:
    figure = new_figure(Language("en"), unit=Unit.COUNT)
    figure.add_bar(x=[date(2026, 3, 1)] * 3, y=[1, 2, 3])
    figure.update_xaxes(range=["2026-03-01", "2026-03-31"])
    assert finish(figure).layout.xaxis.dtick is None
