"""Bands against series whose answer is known: by hand, planted, and pure noise."""

from __future__ import annotations

import numpy as np
import pytest

from ecom.models.bands import ALARM, Band, level_band
from ecom.models.ratio_bands import ratio_band

DAYS = 150
WEEKDAYS = np.arange(DAYS) % 7
WEEK = np.array([0.95, 0.94, 0.96, 0.98, 1.01, 1.09, 1.07])[WEEKDAYS]
ALL = np.ones(DAYS, dtype=bool)
SOURCES = 18  # as many as the demo's seller has


def noisy(rng: np.random.Generator, level: float) -> np.ndarray:
    """Poisson counts around a weekly pattern with 7 % of noise a day."""
    return rng.poisson(level * WEEK * np.exp(rng.normal(0, 0.07, DAYS))).astype(float)


def judged(counts: np.ndarray, known: np.ndarray = ALL) -> Band:
    return level_band(counts, weekdays=WEEKDAYS[: len(counts)], known=known[: len(counts)])


def test_the_band_of_a_flat_series_by_hand() -> None:
    # 14 days of 100 teach a level of 100. Nothing scatters, so the error is a count's own:
    # 1 / sqrt(100) = 0.1 of the logarithm, and the band is 100 * exp(-+0.35).
    band = judged(np.full(20, 100.0))
    assert band.days["expected"].isna().tolist() == [True] * 14 + [False] * 6
    assert band.days["expected"].iloc[-1] == pytest.approx(100)
    assert band.days["low"].iloc[-1] == pytest.approx(70.468809)
    assert band.days["high"].iloc[-1] == pytest.approx(141.906755)
    assert band.runs == ()


def test_a_weekday_pattern_is_expected() -> None:
    # Every weekend day has twice as many; nothing else happens.
    band = judged(np.where(WEEKDAYS >= 5, 200.0, 100.0))
    assert band.days["expected"].iloc[-10:].tolist() == pytest.approx(
        band.days["value"].iloc[-10:].tolist()
    )
    assert band.runs == ()


def test_a_fall_that_ends_by_hand() -> None:
    # From day 30 on five days of 50 instead of 100: 250 came, 500 were expected.
    counts = np.full(60, 100.0)
    counts[30:35] = 50
    (run,) = judged(counts).runs
    assert (run.start, run.end, run.direction, run.is_open) == (30, 34, -1, False)
    assert (run.ratio, run.difference) == (pytest.approx(0.5), pytest.approx(-250))


def test_a_rise_that_lasts_is_open() -> None:
    counts = np.full(60, 100.0)
    counts[50:] = 150
    (run,) = judged(counts).runs
    assert (run.start, run.end, run.direction, run.is_open) == (50, 59, 1, True)


def test_a_level_that_stays_becomes_the_expected_one() -> None:
    counts = np.full(120, 100.0)
    counts[40:] = 50
    band = judged(counts)
    assert [(run.start, run.end, run.is_open) for run in band.runs] == [(40, 119, True)]
    assert band.days["expected"].iloc[-1] == pytest.approx(50)


def test_masked_days_neither_alarm_nor_teach() -> None:
    counts, known = np.full(60, 100.0), ALL[:60].copy()
    counts[30:50], known[30:50] = 300, False
    band = judged(counts, known)
    assert band.runs == ()
    assert band.days["expected"].iloc[-1] == pytest.approx(100)
    assert judged(counts).runs  # the same days alarm where nobody names them


def test_too_few_days_say_nothing() -> None:
    assert judged(np.full(14, 100.0)).days["expected"].isna().all()
    assert judged(np.array([])).runs == ()


@pytest.mark.parametrize("factor", [0.65, 1.5])
def test_a_planted_shift_is_found_within_days(factor: float) -> None:
    rng = np.random.default_rng(618)
    shifted = np.where(np.arange(DAYS) >= 120, factor, 1.0)
    found = [judged(noisy(rng, 300) * shifted).runs for _ in range(40)]
    starts = [[run.start for run in runs if run.end >= 125] for runs in found]
    assert sum(any(abs(start - 120) <= 3 for start in each) for each in starts) >= 38


def test_noise_raises_less_than_one_false_alarm_a_month_over_all_sources() -> None:
    rng = np.random.default_rng(618)
    levels = np.resize([20, 100, 500, 2000], 200)
    visitors = [noisy(rng, level) for level in levels]
    buyers = [rng.binomial(each.astype(int), 0.06).astype(float) for each in visitors]
    alarms = sum(len(judged(each).runs) for each in visitors) / (DAYS - 14)
    alarms += sum(
        len(ratio_band(some, each, known=ALL).runs)
        for some, each in zip(buyers, visitors, strict=True)
    ) / (DAYS - 28)
    assert 0 < alarms / len(levels) * 30 * SOURCES < 1


def test_the_ratio_band_by_hand() -> None:
    # 28 days of 100 buyers among 1,000: p = .1, error sqrt(.1 * .9 / 1000) = .0094868; a day with
    # 4,000 visitors has half of it. The band is 3.5 errors wide on either side.
    trials = np.full(30, 1000.0)
    trials[29] = 4000
    days = ratio_band(trials / 10, trials, known=ALL[:30]).days
    assert days["expected"].iloc[28:].tolist() == pytest.approx([0.1, 0.1])
    assert days["low"].iloc[28:].tolist() == pytest.approx([0.066796, 0.083398], abs=1e-6)
    assert days["high"].iloc[28:].tolist() == pytest.approx([0.133204, 0.116602], abs=1e-6)


def test_a_fall_of_a_ratio_by_hand() -> None:
    # From day 40 on 60 of 1,000 instead of 100: (.06 - .1) / .0094868 = -4.2 errors a day, 3.2
    # after the allowance, so the second day alarms. 20 days * 40 buyers are missing.
    trials, buyers = np.full(60, 1000.0), np.full(60, 100.0)
    buyers[40:] = 60
    assert 3.2 < ALARM < 6.4
    (run,) = ratio_band(buyers, trials, known=ALL[:60]).runs
    assert (run.start, run.direction, run.is_open) == (40, -1, True)
    assert (run.ratio, run.difference) == (pytest.approx(0.6), pytest.approx(-800))


def test_days_without_trials_are_not_known() -> None:
    trials, buyers = np.full(60, 1000.0), np.full(60, 100.0)
    trials[45:50] = buyers[45:50] = 0
    assert ratio_band(buyers, trials, known=ALL[:60]).runs == ()
