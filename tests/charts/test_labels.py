"""Names beside points: none over another, none over a point, none off a phone's screen."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecom.charts.labels import Dot, places, wrapped

PHONE, HEIGHT = 270, 320  # pixels of the plot of a figure of 430
SHIFT = {
    "top center": (0, 1),
    "bottom center": (0, -1),
    "middle right": (1, 0),
    "middle left": (-1, 0),
}
shares = st.floats(0.05, 0.95)
dots = st.lists(
    st.builds(Dot, shares, shares, st.floats(6, 30), st.sampled_from(["Email", "手淘搜索"])),
    max_size=12,
)
Box = tuple[float, float, float, float]


def letters(dot: Dot, position: str) -> Box:
    """Left, right, lower and upper end of a name of 12 pixels, as a browser would draw it."""
    wide = 12 * len(dot.name) if dot.name == "手淘搜索" else 6 * len(dot.name)
    right, up = SHIFT[position]
    x = dot.across * PHONE + right * (dot.size + wide) / 2
    y = dot.up * HEIGHT + up * (dot.size + 12) / 2
    return x - wide / 2, x + wide / 2, y - 6, y + 6


def meet(one: Box, other: Box) -> bool:
    return one[0] < other[1] and other[0] < one[1] and one[2] < other[3] and other[2] < one[3]


@given(dots)
def test_names_lie_over_nothing(dots: list[Dot]) -> None:
    found = places(dots, height=430)
    boxes = [letters(dot, place) for dot, place in zip(dots, found, strict=True) if place]
    assert not any(meet(one, other) for one, other in combinations(boxes, 2))
    assert all(box[0] >= -4 and box[1] <= PHONE + 4 and box[2] >= -4 for box in boxes)


def test_a_lone_point_is_named_above_and_a_crowd_in_part() -> None:
    dot = Dot(0.5, 0.5, 10, "Email")
    assert places([dot], height=430) == ["top center"]
    named = [place for place in places([dot] * 9, height=430) if place]
    assert 0 < len(named) < 9


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Own site", ["Own site"]),
        ("Lumen Tmall flagship", ["Lumen Tmall", "flagship"]),
        ("Lumen Tmall flagship of the north", ["Lumen Tmall", "flagship of th…"]),
        ("某某家居天猫官方旗舰店", ["某某家居天猫官", "方旗舰店"]),  # seven wide letters fit
        ("Supercalifragilistic", ["Supercalifragil", "istic"]),
    ],
)
def test_a_long_name_takes_two_lines_before_it_is_cut(name: str, lines: list[str]) -> None:
    assert wrapped(name) == lines
