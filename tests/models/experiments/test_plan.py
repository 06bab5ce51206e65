"""Sample sizes: published ones, and the power that they promise, counted out."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom, norm

from ecom.errors import InvalidParameter
from ecom.models.experiments.plan import power_of, visitors_needed


def test_the_published_sample_sizes_are_reached(shared_dir: Path) -> None:
    cases = json.loads((shared_dir / "cases" / "published.json").read_text())["ab"]
    for case in cases["evan_miller_n"]:
        assert visitors_needed(case["p"], case["abs_mde"]) == case["n_per_arm"]


def test_the_model_notes_third_size_is_reached() -> None:
    assert visitors_needed(0.03, 0.003) == 51_486


def counted_power(baseline: float, effect: float, visitors: int) -> float:
    """Chance of a significant pooled z-test, over every pair of outcomes."""
    outcomes = np.arange(visitors + 1)
    variant, control = np.meshgrid(outcomes, outcomes, indexing="ij")
    pooled = (variant + control) / (2 * visitors)
    spread = np.sqrt(np.maximum(pooled * (1 - pooled) * 2 / visitors, 1e-12))
    is_found = np.abs(variant - control) / visitors / spread >= norm.isf(0.025)
    chances = np.outer(
        binom.pmf(outcomes, visitors, baseline + effect), binom.pmf(outcomes, visitors, baseline)
    )
    return float(chances[is_found].sum())


@pytest.mark.parametrize(
    ("baseline", "effect", "visitors"),
    [(0.2, 0.05, 1030), (0.2, 0.05, 515), (0.3, 0.1, 400), (0.5, -0.08, 600)],
)
def test_the_power_is_the_one_counted_over_all_outcomes(
    baseline: float, effect: float, visitors: int
) -> None:
    assert power_of(baseline, effect, visitors) == pytest.approx(
        counted_power(baseline, effect, visitors), abs=0.01
    )


def test_the_planned_visitors_have_almost_the_power_asked_for() -> None:
    # The formula takes the variance of the baseline alone: 2 points short for a rise from 20 %.
    assert counted_power(0.2, 0.05, visitors_needed(0.2, 0.05)) == pytest.approx(0.777, abs=0.001)
    visitors = visitors_needed(0.05, 0.005, power=0.9)
    assert power_of(0.05, 0.005, visitors) == pytest.approx(0.9, abs=0.01)


@pytest.mark.parametrize(
    ("baseline", "effect", "power"),
    [(0.0, 0.1, 0.8), (1.0, -0.1, 0.8), (0.5, 0.6, 0.8), (0.5, 0.0, 0.8), (0.5, 0.1, 1.0)],
)
def test_impossible_plans_are_refused(baseline: float, effect: float, power: float) -> None:
    with pytest.raises(InvalidParameter):
        visitors_needed(baseline, effect, power=power)
