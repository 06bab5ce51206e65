"""Names in the data that mean one province: told apart where they are kept, joined where asked.

Ingest keeps the place that a file names, so one log may say "Guangdong" and another "广东". They
are joined when visits are read and not when they are loaded: stores that are filled already follow,
and a visitor under both names is still one visitor.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, select, union

from ecom.provinces import province_of
from ecom.schema import daily_sales, daily_visits
from ecom.store import Store


@dataclass(frozen=True, slots=True)
class Spellings:
    """The provinces that the data has several names of.

    Attributes
    ----------
    groups : the short Chinese name, by which all are known, and the names in the data.
    """

    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @classmethod
    def of(cls, names: Iterable[str]) -> Spellings:
        """Find the provinces that several of these names mean."""
        found: dict[str, list[str]] = {}
        for name in sorted(set(names)):
            province = province_of(name)
            if province is not None:
                found.setdefault(province.short, []).append(name)
        return cls(tuple((short, tuple(same)) for short, same in found.items() if len(same) > 1))

    def all_of(self, regions: Iterable[str]) -> tuple[str, ...]:
        """Some regions with every other name that the data has for them."""
        known = dict(self.groups)
        named: list[str] = []
        for region in regions:
            province = province_of(region)
            named += (region, *(known.get(province.short, ()) if province is not None else ()))
        return tuple(dict.fromkeys(named))

    def joined(self, region: ColumnElement[str]) -> ColumnElement[str]:
        """A column of regions with one name a province."""
        if not self.groups:
            return region
        return case(*((region.in_(names), short) for short, names in self.groups), else_=region)

    def name_of(self, region: str) -> str:
        """The name that a region is known by."""
        return next((short for short, names in self.groups if region in names), region)


def spellings(store: Store) -> Spellings:
    """Read which provinces have several names in the visits and sales of a store."""
    visits, sales = daily_visits.c, daily_sales.c
    found = store.read(
        union(
            select(visits.part.label("region")).where(visits.split == "region"),
            select(sales.region.label("region")),
        )
    )
    return Spellings.of(found["region"].dropna())
