"""Groups of visits: a share of those looked at, beside the same share of the others or of all."""

from __future__ import annotations

import pandas as pd

from ecom.analysis.base import Column, Table, words
from ecom.analysis.funnel_names import VALUE_LABELS
from ecom.analysis.funnel_tables import VERDICTS
from ecom.analysis.sudden_tables import SPLIT_LABELS
from ecom.model import Unit
from ecom.models.proportions import LEAST_PEOPLE, SIGNIFICANCE, Verdict, compare_shares
from ecom.queries.passages import SPLITS
from ecom.terms import term
from ecom.text import Text, message

MOST_PRODUCTS = 30
CLEAR = (VERDICTS[Verdict.HIGHER], VERDICTS[Verdict.LOWER])
_SPLIT = (Column("split", message("Split by")), Column("value", message("Group")))
_PRODUCT = (Column("product", message("Product viewed")),)
_KINDS = {"visits": "int64", **dict.fromkeys(("share", "held", "index"), "float64")}


def counted_columns(held: Text, *, help: Text) -> tuple[Column, ...]:
    """The columns that ``counted`` fills.

    Parameters
    ----------
    held, help : name and definition of the share that the groups' is held against.
    """
    return (
        Column("visits", message("Visits"), Unit.COUNT),
        Column("share", message("Share"), Unit.RATIO, help=message("Of the visits chosen.")),
        Column("held", held, Unit.RATIO, help=help),
        Column(
            "index",
            message("Index"),
            Unit.NUMBER,
            help=message(
                "The first share ÷ the second: above 1 there are more of them here. Empty for "
                "groups of fewer than {least} visits, and where fewer were chosen.",
                least=LEAST_PEOPLE,
            ),
        ),
        Column(
            "verdict",
            message("More than chance?"),
            help=message(
                "Two-proportion test against the visits outside the group, at 5 % divided among "
                "the rows."
            ),
        ),
    )


def counted(
    rows: pd.DataFrame, *, chosen: int, all_visits: int, against_others: bool = False
) -> pd.DataFrame:
    """Add what ``counted_columns`` declares; most visits first, within each split.

    Parameters
    ----------
    rows : a row a group: ``at``, all its visits, and ``visits``, those of them that were chosen;
        perhaps ``split``.
    chosen, all_visits : of every group together.
    against_others : hold shares against those of the visits that were not chosen, not of all.
    """
    at, visits = (rows[name].astype("float64") for name in ("at", "visits"))
    share = visits / max(chosen, 1)
    others = max(all_visits - chosen, 1)
    held = (at - visits) / others if against_others else at / max(all_visits, 1)
    enough = (at >= LEAST_PEOPLE) & (chosen >= LEAST_PEOPLE)
    made = rows.assign(
        visits=visits,
        share=share,
        held=held,
        index=(share / held.where(held > 0)).where(enough),
        verdict=words(_verdicts(rows, chosen, all_visits)).to_numpy(),
    ).astype(_KINDS)
    keys = ["split"] if "split" in rows else []
    return made.sort_values([*keys, "visits"], ascending=[*(True for _ in keys), False])


def by_split(frame: pd.DataFrame) -> pd.DataFrame:
    """Add up ``at`` and ``on`` by each of ``SPLITS``: split, value, at, on."""
    return pd.concat(
        [frame.groupby(split)[["at", "on"]].sum().reset_index(names="value") for split in SPLITS],
        keys=SPLITS,
        names=["split", None],
    ).reset_index("split")


def segment_table(rows: pd.DataFrame, columns: tuple[Column, ...]) -> Table:
    """The groups of ``by_split`` in words; those without a visit are left out."""
    shown = rows[rows["at"] > 0]
    named = shown.assign(
        split=words(SPLIT_LABELS[split] for split in shown["split"]).to_numpy(),
        value=words(VALUE_LABELS.get(value) or term(value) for value in shown["value"]).to_numpy(),
    )
    return Table.make(named, *_SPLIT, *columns)


def product_table(rows: pd.DataFrame, columns: tuple[Column, ...]) -> Table:
    """The products that most of the chosen visits viewed, at most ``MOST_PRODUCTS``."""
    return Table.make(rows[rows["visits"] > 0].head(MOST_PRODUCTS), *_PRODUCT, *columns)


def no_groups(columns: tuple[Column, ...]) -> tuple[Table, Table]:
    """The tables of groups and of products where no log tells of visits."""
    return Table.without_rows(*_SPLIT, *columns), Table.without_rows(*_PRODUCT, *columns)


def _verdicts(rows: pd.DataFrame, chosen: int, all_visits: int) -> list[Text]:
    """Whether the chosen are another share of each group's visits than of the other visits."""
    significance = SIGNIFICANCE / max(len(rows), 1)
    return [
        VERDICTS[
            compare_shares(
                visits, at, chosen - visits, all_visits - at, significance=significance
            ).verdict
        ]
        for at, visits in rows[["at", "visits"]].astype("int64").to_numpy().tolist()
    ]
