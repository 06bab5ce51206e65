"""What ads bring for their spend, on made-up days whose response is known."""

from __future__ import annotations

import numpy as np
import pytest

from ecom.models.spend_effect import at_usual_spend

DAYS = 120
ALL = np.ones(DAYS, dtype=bool)


def spend_of(seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).uniform(500, 2_000, DAYS)


@pytest.mark.parametrize("power", [0.3, 0.7, 1.0])
def test_what_the_spend_explains_is_taken_out(power: float) -> None:
    spend = spend_of()
    usual = at_usual_spend(100 * (spend / np.median(spend)) ** power, spend, known=ALL)
    assert usual.counts == pytest.approx(100)
    assert usual.is_known.all()


def test_what_works_on_later_days_is_taken_out_as_well() -> None:
    spend = spend_of()
    effect, left = [], spend[0]
    for cost in spend:
        left = 0.65 * cost + 0.35 * left
        effect.append(left)
    counts = 3 * np.sqrt(effect)
    assert np.ptp(np.log(at_usual_spend(counts, spend, known=ALL).counts)) < 1e-9


def test_a_lasting_change_of_level_stays() -> None:
    spend = spend_of()
    counts = 100 * (spend / np.median(spend)) ** 0.7
    counts[80:] *= 0.6
    usual = at_usual_spend(counts, spend, known=ALL).counts
    assert usual[80:].mean() / usual[:80].mean() == pytest.approx(0.6, abs=0.03)


def test_days_on_which_ads_rest_say_nothing() -> None:
    spend = spend_of()
    spend[40:47] = 0
    known = ALL.copy()
    known[10] = False
    usual = at_usual_spend(100 * (spend / 1_000) ** 0.5, spend, known=known)
    assert not usual.is_known[[10, *range(40, 47)]].any()
    assert usual.is_known.sum() == DAYS - 8


def test_without_any_spend_nothing_is_known() -> None:
    assert not at_usual_spend(np.full(DAYS, 5.0), np.zeros(DAYS), known=ALL).is_known.any()


def test_an_even_spend_explains_nothing() -> None:
    counts = np.arange(1.0, DAYS + 1)
    assert at_usual_spend(counts, np.full(DAYS, 9.0), known=ALL).counts == pytest.approx(counts)
