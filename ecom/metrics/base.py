"""What a metric is.

A metric is a measure, or the ratio of two measures. Measures are sums that queries return under the
same names, so a ratio is always summed numerator over summed denominator, never a mean of ratios.
Tooltips, glossary, targets, alerts, exports and tests read this catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ecom.model import Good, Unit
from ecom.text import Text


@dataclass(frozen=True, slots=True)
class Metric:
    """One number with a name.

    Attributes
    ----------
    numerator, denominator : names of measures; without a denominator the metric is the measure.
    base : what money or people the number stands on, where that is not obvious.
    """

    key: str
    label: Text
    definition: Text
    unit: Unit
    numerator: str
    denominator: str | None = None
    good: Good = Good.UP
    base: Text | None = None

    def value(self, measures: Mapping[str, float | None]) -> float | None:
        """Compute the metric from summed measures; None when a part is missing or 0 below."""
        above = _number(measures.get(self.numerator))
        if self.denominator is None or above is None:
            return above
        below = _number(measures.get(self.denominator))
        return above / below if below else None


def _number(value: object) -> float | None:
    if value is None:
        return None
    number = float(value)  # type: ignore[arg-type]  # Decimal, numpy and Python numbers
    return None if number != number else number
