"""Search words that name the seller's brand, by the team's own words or the product lists."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from ecom.model import Notice
from ecom.queries.scope import ResolvedScope
from ecom.text import message

IsBrand = Callable[[str], bool]
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
_NAMED = 8  # brands that a remark spells out


def names_a_brand(brands: Iterable[str]) -> IsBrand:
    """What tells whether a search word names one of some brands.

    A brand written in two scripts ("流明 Lumen") is named by either. Latin names stand alone, since
    a short one lies inside many words; Chinese ones are written without gaps.
    """
    names: set[str] = set()
    for brand in brands:
        names.update({brand, *_CHINESE.findall(brand), *_CHINESE.split(brand)})
    spelt = sorted(name.strip() for name in names if len(name.strip()) > 1)
    if not spelt:
        return lambda _: False
    each = (
        re.escape(name) if _CHINESE.search(name) else rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])"
        for name in spelt
    )
    pattern = re.compile("|".join(each), re.IGNORECASE)
    return lambda word: pattern.search(word) is not None


def told_brands(resolved: ResolvedScope, brands: tuple[str, ...]) -> Iterator[Notice]:
    """Which brands were looked for, and whose list that is."""
    if not brands:
        return
    shown = brands if len(brands) <= _NAMED else (*brands[:_NAMED], "…")
    if resolved.settings.brand_words:
        yield Notice(
            message("Brand words contain one of those in Settings: {brands}.", brands=shown)
        )
        return
    yield Notice(
        message(
            "Brand words contain a brand of the product lists: {brands}. Name your own in "
            "Settings.",
            brands=shown,
        )
    )
