"""What is said about a source, branch by branch, with numbers worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ecom.models.worth import Advice, Because, Evidence, Share, judge

# 2 % of 10,000 against 3 % of 20,000: z = -5.1. 60 % of the visits leave at once against 50 %.
WORSE = Evidence(
    buyers=Share(200, 10_000),
    rest_buyers=Share(600, 20_000),
    bounces=Share(6_000, 10_000),
    rest_bounces=Share(10_000, 20_000),
    is_large=True,
    is_paid=False,
    first_orders=100,
    margin=40.0,
    gross=40.0,
    repeated=Share(20, 100),
)
BETTER = replace(WORSE, buyers=Share(400, 10_000))
# -30 after ads of 70; one in five buys again and earns 40 more: -30 + 0.2 * 40 = -22.
LOSING = replace(WORSE, is_paid=True, margin=-30.0)


@pytest.mark.parametrize(
    ("evidence", "advice", "because"),
    [
        (WORSE, Advice.FIX, Because.WORSE_AND_BOUNCES),
        (replace(WORSE, is_large=False), Advice.WATCH, Because.WORSE_FEW),
        (replace(WORSE, bounces=None), Advice.WATCH, Because.WORSE_BOUNCE_UNKNOWN),
        (replace(WORSE, bounces=Share(5_000, 10_000)), Advice.WATCH, Because.WORSE_STAYS),
        (BETTER, Advice.SCALE, Because.BETTER),
        (replace(BETTER, margin=0.0), Advice.SCALE, Because.BETTER),
        (replace(BETTER, margin=None), Advice.WATCH, Because.BETTER_MARGIN_UNKNOWN),
        (replace(BETTER, margin=-0.01), Advice.WATCH, Because.BETTER_BUT_LOSES),
        (LOSING, Advice.CUT, Because.LOSES),
        # A better conversion does not save a source that loses money with each order.
        (replace(BETTER, is_paid=True, margin=-30.0), Advice.CUT, Because.LOSES),
        # 0.75 of them come back: -30 + 0.75 * 40 is no loss.
        (replace(LOSING, repeated=Share(75, 100)), Advice.WATCH, Because.EARNED_BACK),
        (replace(LOSING, repeated=None), Advice.WATCH, Because.REPEAT_UNKNOWN),
        (replace(LOSING, repeated=Share(0, 29)), Advice.WATCH, Because.REPEAT_UNKNOWN),
        # 29 first orders are too few to cut for; its conversion and bounces still speak.
        (replace(LOSING, first_orders=29), Advice.FIX, Because.WORSE_AND_BOUNCES),
        (replace(WORSE, buyers=Share(300, 10_000)), Advice.WATCH, Because.ALIKE),
        (replace(WORSE, buyers=Share(0, 29)), Advice.WATCH, Because.TOO_FEW),
        (replace(WORSE, buyers=None), Advice.WATCH, Because.UNKNOWN),
        (replace(WORSE, rest_buyers=None), Advice.WATCH, Because.UNKNOWN),
    ],
)
def test_the_rule(evidence: Evidence, advice: Advice, because: Because) -> None:
    found = judge(evidence, tests=1)
    assert (found.advice, found.because) == (advice, because)


def test_what_many_tests_ask_for() -> None:
    # 250 of 10,000 against 600 of 20,000: p = 0.0143; enough alone, not as one of ten.
    evidence = replace(WORSE, buyers=Share(250, 10_000))
    assert judge(evidence, tests=1).advice is Advice.FIX
    assert judge(evidence, tests=10).because is Because.ALIKE


def test_the_repeat_is_one_more_order_without_ads() -> None:
    assert LOSING.earned_back == pytest.approx(-22)
    assert replace(LOSING, margin=None).earned_back is None
    assert replace(LOSING, repeated=Share(0, 0)).earned_back is None
