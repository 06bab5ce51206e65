"""What spend and the day of the shop explain, against planted effects."""

from __future__ import annotations

import numpy as np
import pytest

from ecom.models.known_effects import LEAST_DAYS, common_effects, spend_effect

ALL = np.ones(200, dtype=bool)


def test_a_planted_elasticity_is_found_although_the_level_falls_at_the_end() -> None:
    rng = np.random.default_rng(618)
    spend = 1000 * np.exp(np.repeat(rng.normal(0, 0.3, 40), 5))
    level = np.where(np.arange(200) >= 180, 200, 400)
    counts = rng.poisson(level * (spend / 1000) ** 0.6).astype(float)
    fitted = spend_effect(counts, spend, known=ALL)
    assert fitted is not None
    assert fitted.elasticity == pytest.approx(0.6, abs=0.08)


def test_a_paused_day_is_not_usable_and_few_days_say_nothing() -> None:
    spend = np.full(200, 1000.0)
    spend[100:107] = 100
    fitted = spend_effect(np.full(200, 50.0), spend, known=ALL)
    assert fitted is not None
    assert not fitted.usable[100:107].any()
    assert fitted.usable[:100].all()
    assert spend_effect(np.ones(200), spend, known=np.arange(200) < LEAST_DAYS - 1) is None


def test_the_day_of_the_shop_is_the_median_of_the_others() -> None:
    rng = np.random.default_rng(618)
    noise = rng.normal(0, 0.07, 200)
    noise[150] = -1.0  # far more than noise: a change of the whole shop, which must stay visible
    surprises = {name: noise.copy() for name in "abcd"}
    surprises["d"] = np.full(200, 9.0)
    effects = common_effects(surprises)
    assert effects["d"][:150] == pytest.approx(np.clip(noise, -0.2, 0.2)[:150], abs=0.05)
    assert -0.3 < effects["d"][150] < 0
    assert not common_effects({"a": noise, "b": noise})["a"].any()
