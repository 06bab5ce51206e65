"""What the filters can offer: the names each dimension has in the data."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, FromClause, Select, func, literal, select, union_all

from ecom import schema
from ecom.queries.regions import Spellings
from ecom.store import Shop, Store

MOST = 300  # names per dimension; a longer list helps nobody

_SOURCES: dict[str, tuple[FromClause, ...]] = {
    "channel": (schema.daily_sales, schema.traffic_agg, schema.ad_spend),
    "category": (schema.daily_items, schema.products, schema.inventory_snapshots),
    "device": (schema.daily_sales, schema.traffic_agg),
    "region": (schema.daily_sales,),
}


@dataclass(frozen=True, slots=True)
class FilterOptions:
    """Names per dimension, the most frequent first.

    Attributes
    ----------
    regions : a province that the data has several names of goes by one.
    spellings : which names these are.
    """

    shops: tuple[Shop, ...] = ()
    channels: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    spellings: Spellings = field(default_factory=Spellings)


def filter_options(store: Store) -> FilterOptions:
    """Read every dimension's names in one query."""
    counted = union_all(
        *(_names(name, table) for name, tables in _SOURCES.items() for table in tables),
        _names_of_visits(),
    ).subquery()
    frame = store.read(
        select(counted.c.dimension, counted.c.name, func.sum(counted.c.uses).label("uses"))
        .group_by(counted.c.dimension, counted.c.name)
        .order_by(func.sum(counted.c.uses).desc(), counted.c.name)
    )

    is_region = frame["dimension"] == "region"
    same = Spellings.of(frame.loc[is_region, "name"])
    names = frame["name"].map(same.name_of).where(is_region, frame["name"])
    uses = frame.assign(name=names).groupby(["dimension", "name"])[["uses"]].sum().reset_index()
    uses = uses.sort_values(["uses", "name"], ascending=[False, True])

    def of(dimension: str) -> tuple[str, ...]:
        return tuple(uses.loc[uses["dimension"] == dimension, "name"].head(MOST))

    return FilterOptions(
        shops=store.shops(),
        channels=of("channel"),
        categories=of("category"),
        devices=of("device"),
        regions=of("region"),
        spellings=same,
    )


def _names(dimension: str, table: FromClause) -> Select[tuple[str, str, int]]:
    column = table.c[dimension]
    conditions: list[ColumnElement[bool]] = [column.is_not(None), column != ""]
    if "is_current" in table.c:
        conditions.append(table.c.is_current)
    return (
        select(
            literal(dimension).label("dimension"), column.label("name"), func.count().label("uses")
        )
        .where(*conditions)
        .group_by(column)
    )


def _names_of_visits() -> Select[tuple[str, str, int]]:
    visit = schema.daily_visits.c
    return (
        select(visit.split, visit.part, func.sum(visit.sessions))
        .where(visit.split.in_(("channel", "device", "region")), visit.part != "")
        .group_by(visit.split, visit.part)
    )
