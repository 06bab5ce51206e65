"""Abandoned carts and checkouts: what they hold, which came back by themselves, whom to recall."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

import pandas as pd

from ecom.analysis.base import Column, Gap, Kpi, Report, Table, header_of, kpi, words
from ecom.metrics import metric
from ecom.model import Amount, Scope, Unit
from ecom.queries.carts import LeftCarts, cart_events, left_carts, left_visits
from ecom.queries.scope import ResolvedScope, resolve
from ecom.store import Store
from ecom.text import Text, message

BACK, OPEN, GONE = "back", "open", "gone"
OUTCOMES = {
    BACK: message("Came back by itself"),
    OPEN: message("May still come back"),
    GONE: message("Did not come back"),
}
LOGS = ("own_events", "rees46_events")
STAGES = {False: message("Left in the cart"), True: message("Left at the checkout")}
MOST_PRODUCTS = 30
MOST_PEOPLE = 1_000
_NAMED_PRODUCTS = 3
_AGES = (
    (1, message("up to 1 day")),
    (3, message("1 to 3 days")),
    (7, message("3 to 7 days")),
    (14, message("7 to 14 days")),
    (None, message("older")),
)


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class CartsReport(Report):
    """The answer.

    Attributes
    ----------
    window_days : within which a later purchase of the visitor brings a cart back.
    outcomes : visits and value by stage and by what became of them.
    ages : carts nobody came back for, by the time since they were left.
    products : what is in those, most value first; at most ``MOST_PRODUCTS``.
    people : who left them, most value first; at most ``MOST_PEOPLE``. Customers are keyed hashes.
    """

    window_days: int
    outcomes: Table
    ages: Table
    products: Table
    people: Table


def report(store: Store, scope: Scope) -> CartsReport:
    """Answer what visits of the period left in their carts.

    A visit leaves a cart when it put something in, or began to check out, and bought nothing. It
    came back by itself when its visitor bought within the funnel's window after it. Values are
    those of the events that filled the cart, in the report's currency.
    """
    resolved = resolve(store, scope)
    window = resolved.settings.funnel_window_days
    left = left_carts(store, resolved, window_days=window)
    visits = _judged(_with_values(left), resolved, window)
    waiting = visits[visits["outcome"] != BACK]
    lines = left.lines.merge(waiting[["shop_id", "visitor_id", "session_key"]])
    return CartsReport(
        header=header_of(resolved),
        headline=_headline(visits, resolved),
        kpis=_kpis(visits, _before(store, resolved, window)),
        gaps=_gaps(store, resolved, visits),
        notices=resolved.notices,
        window_days=window,
        outcomes=_outcomes(visits),
        ages=_ages(waiting),
        products=_products(lines),
        people=_people(waiting, lines, resolved),
    )


def _gaps(store: Store, resolved: ResolvedScope, visits: pd.DataFrame) -> tuple[Gap, ...]:
    """A log is missing where no log of these shops and days has events that fill carts."""
    if len(visits) or cart_events(store, resolved):
        return ()
    return (Gap(message("What visitors put into their carts"), LOGS),)


def _before(store: Store, resolved: ResolvedScope, window: int) -> pd.DataFrame | None:
    """The visits of the period compared with, and what became of them."""
    if resolved.base is None:
        return None
    then = replace(resolved, period=resolved.base)
    return _judged(left_visits(store, then, window_days=window), resolved, window)


def _kpis(visits: pd.DataFrame, before: pd.DataFrame | None) -> tuple[Kpi, ...]:
    if visits.empty and (before is None or before.empty):
        return ()
    base = None if before is None else _measures(before)
    daily = pd.DataFrame(
        {
            day: _measures(mine)
            for day, mine in visits.groupby(pd.to_datetime(visits["day"]).dt.date)
        }
    ).T
    return tuple(
        kpi(key, now=_measures(visits), before=base, daily=daily)
        for key in ("carts_left", "carts_back_share")
    )


def _measures(visits: pd.DataFrame) -> dict[str, float | None]:
    over = visits[visits["is_over"]]
    return {
        "carts_left": float(len(visits)),
        "carts_over": float(len(over)),
        "carts_back": float((over["outcome"] == BACK).sum()),
    }


def _with_values(left: LeftCarts) -> pd.DataFrame:
    keys = ["shop_id", "visitor_id", "session_key"]
    held = left.lines.groupby(keys)["value"].sum(min_count=1)
    return left.visits.join(held, on=keys)


def _judged(visits: pd.DataFrame, resolved: ResolvedScope, window: int) -> pd.DataFrame:
    """Visits with their outcome, whether their window is over, and their age in days.

    All on the last day of data.
    """
    limit = visits["ended_at"] + timedelta(days=window)
    last = datetime.combine((resolved.last_day or resolved.period.end), time.max)
    outcome = pd.Series(GONE, index=visits.index, dtype="object")
    outcome[limit > last] = OPEN
    outcome[visits["next_purchase_at"] <= limit] = BACK
    age = (pd.Timestamp(last) - visits["ended_at"]).dt.total_seconds() / 86_400
    return visits.assign(outcome=outcome, is_over=limit <= last, age=age)


def _headline(visits: pd.DataFrame, resolved: ResolvedScope) -> Text:
    if visits.empty:
        return message("Nothing was left in a cart.")
    values = {
        "count": Amount(len(visits)),
        "value": Amount(float(visits["value"].sum()), Unit.MONEY, resolved.currency),
    }
    back = metric("carts_back_share").value(_measures(visits))
    if back is None:
        return message("{count} visits left {value} in their carts.", **values)
    return message(
        "{count} visits left {value} in their carts; of those whose window is over, {back} bought "
        "in it after all.",
        back=Amount(back, Unit.RATIO),
        **values,
    )


def _outcomes(visits: pd.DataFrame) -> Table:
    """A row a stage and outcome, those without visits too."""
    every = pd.MultiIndex.from_product([list(STAGES), list(OUTCOMES)], names=["stage", "outcome"])
    told = visits.rename(columns={"at_checkout": "stage"}).groupby(["stage", "outcome"])["value"]
    shown = told.agg(visits="size", value="sum").reindex(every, fill_value=0).reset_index()
    of_stage = shown.groupby("stage")["visits"].transform("sum")
    shown["share"] = shown["visits"] / of_stage.where(of_stage > 0)
    return Table.make(
        shown.assign(
            stage=words(STAGES[stage] for stage in shown["stage"]),
            outcome=words(OUTCOMES[outcome] for outcome in shown["outcome"]),
        ),
        Column("stage", message("Stage")),
        Column("outcome", message("What became of it")),
        Column("visits", message("Visits"), Unit.COUNT),
        Column("share", message("Share"), Unit.RATIO, help=message("Of the visits of the stage.")),
        Column("value", message("Value of the goods"), Unit.MONEY),
    )


def _ages(waiting: pd.DataFrame) -> Table:
    rows, over = [], 0.0
    for days, label in _AGES:
        until = float("inf") if days is None else float(days)
        mine = waiting[(waiting["age"] > over) & (waiting["age"] <= until)]
        rows.append((label, len(mine), mine["value"].sum()))
        over = until
    frame = pd.DataFrame(rows, columns=["age", "visits", "value"])
    return Table.make(
        frame.assign(age=words(frame["age"])),
        Column("age", message("Left since")),
        Column("visits", message("Visits"), Unit.COUNT),
        Column("value", message("Value of the goods"), Unit.MONEY),
    )


def _products(lines: pd.DataFrame) -> Table:
    """Units may be zero where what was put in was taken out again; those are left out."""
    held = lines[lines["units"] > 0]
    sums = held.groupby("product", as_index=False).agg(
        name=("name", "first"),
        category=("category", "first"),
        visits=("session_key", "size"),
        units=("units", "sum"),
        value=("value", "sum"),
    )
    order = sums.sort_values(["value", "visits", "product"], ascending=[False, False, True])
    return Table.make(
        order.head(MOST_PRODUCTS),
        Column("name", message("Product")),
        Column("product", message("SKU")),
        Column("category", message("Category")),
        Column("visits", message("Visits"), Unit.COUNT),
        Column("units", message("Units"), Unit.COUNT),
        Column("value", message("Value of the goods"), Unit.MONEY),
    )


def _people(waiting: pd.DataFrame, lines: pd.DataFrame, resolved: ResolvedScope) -> Table:
    keys = ["shop_id", "visitor_id", "session_key"]
    order = waiting.sort_values(
        ["value", "ended_at", *keys], ascending=[False, False, True, True, True]
    ).head(MOST_PEOPLE)
    theirs = lines[lines["units"] > 0].merge(order[keys])  # naming those of all takes a second
    named = (
        theirs.sort_values("value", ascending=False, kind="stable")
        .groupby(keys)
        .head(_NAMED_PRODUCTS)
        .drop_duplicates([*keys, "name"])
        .groupby(keys)["name"]
        .agg(" · ".join)
        .rename("products")
    )
    frame = order.join(named, on=keys).reset_index(drop=True)
    frame = frame.assign(
        shop=resolved.named(frame["shop_id"]),
        stage=words(STAGES[flag] for flag in frame["at_checkout"]),
        day=pd.to_datetime(frame["day"]).dt.date,
        products=frame["products"].fillna(""),
        customer=frame["customer"].fillna(""),
    )
    return Table.make(
        frame,
        Column("visitor_id", message("Visitor")),
        Column("shop", message("Shop")),
        Column("day", message("Day")),
        Column("stage", message("Stage")),
        Column("value", message("Value of the goods"), Unit.MONEY),
        Column("products", message("Products")),
        Column("channel", message("Channel"), terms=True),
        Column("device", message("Device"), terms=True),
        Column("customer", message("Customer (hash)")),
    )
