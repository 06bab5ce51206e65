"""What a table is that no layout knows: told by names, by values, and by the nearest layout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ecom.ingest.cells.text import normalise_header
from ecom.ingest.files.raw import RawTable
from ecom.ingest.recognition.kinds_of_table import NamedColumn, by_name, fits, likeliest
from ecom.ingest.recognition.labels import label, targets_of
from ecom.ingest.recognition.layout import Layout, feeding, kind_of
from ecom.ingest.recognition.looks import is_about_a_person, look_at, samples
from ecom.ingest.recognition.questions import ask
from ecom.ingest.recognition.recognise import missing_headers
from ecom.ingest.recognition.told import Question, Told
from ecom.ingest.recognition.vocabulary import NEARLY, SURE, Grain, is_derived, vocabulary
from ecom.ingest.tables.melt import melted
from ecom.text import Text, message

LIKE_NEAREST = 0.6  # share of the nearest layout's columns that must be there to go by it
# Without a name, the values can tell these.
_BY_VALUES: Mapping[str, tuple[str, ...]] = {
    "currency": ("currency",),
    "status": ("status",),
    "channel": ("channel",),
    "device": ("device",),
    "time": ("order_time", "event_time", "date", "requested_time", "sent_time"),
    "date": ("date", "start_date", "order_time", "requested_time", "sent_time"),
    "period": ("date", "start_date"),
    "id": ("order_id", "payment_id", "refund_id", "product_id"),
    "sku": ("sku",),
}


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """What one column of a file may be.

    Attributes
    ----------
    place, header : where it stands, and its name as written.
    target : the stored column ``table.column``; "" for a column that is not stored.
    kind : how its cells are read; "" when it is not stored.
    confidence : 0..1.
    reason : why, in a sentence.
    samples : the first different values; dots in place of personal ones.
    personal : it tells something about a person and is not stored.
    """

    place: int
    header: str
    target: str
    kind: str
    confidence: float
    reason: Text
    samples: tuple[str, ...] = ()
    personal: bool = False


@dataclass(frozen=True, slots=True)
class Guess:
    """What a table may be, column by column, and what a person has to be asked.

    Attributes
    ----------
    grain : the likeliest kind of table, a canonical table's name.
    confidence : 0..1; how far it is ahead of the other kinds.
    others : further kinds that fit nearly as well.
    headers : of the file, in its order.
    columns : one a column of the file, in its order; where the nearest layout melts several
        columns into two, those two stand at the end instead.
    told : what the values told about the whole file.
    questions : what they could not tell, with the likeliest answer.
    nearest : the layout this goes by, where one is near enough.
    """

    grain: str
    confidence: float
    others: tuple[str, ...]
    headers: tuple[str, ...]
    columns: tuple[ColumnGuess, ...]
    told: Told
    questions: tuple[Question, ...]
    nearest: Layout | None = None

    @property
    def targets(self) -> dict[int, str]:
        """Place of each stored column -> its target."""
        return {column.place: column.target for column in self.columns if column.target}


def guess(raw: RawTable, *, nearest: Layout | None = None, grain: str | None = None) -> Guess:
    """Say what a table may be and how its columns would be stored.

    Parameters
    ----------
    raw : RawTable
    nearest : Layout, optional
        A known export that shares columns with it; its mapping is taken over where most of it is
        there, and only the rest is guessed.
    grain : str, optional
        The kind of table, where a person has said it.

    Returns
    -------
    Guess
        Never fails: what nothing tells is "not stored", with that as the reason.
    """
    headers = raw.headers
    base, seen = _by_nearest(raw, nearest, grain)
    if base is not None:
        grain, raw = base.grain, seen
    columns = _columns(raw)
    likely = likeliest(raw, columns) if grain is None else (grain, 1.0, ())
    found, confidence, others = likely
    guesses = _assign(columns, found, base)
    told, questions = ask(raw, found, {one.place: one.target for one in guesses}, base)
    kinds = {one.target for one in guesses}
    return Guess(
        grain=found,
        confidence=confidence,
        others=others,
        headers=headers,
        columns=tuple(
            replace(
                one,
                kind=kind_in(one.target, kinds) if one.target else "",
                samples=samples(raw.columns[one.place], hidden=one.personal),
            )
            for one in guesses
        ),
        told=told,
        questions=questions,
        nearest=base,
    )


def kind_in(target: str, targets: set[str]) -> str:
    """How a column's cells are read in a taught layout.

    A first day without a last one may hold both (``2026-01-01 ~ 2026-01-31``); a region is cut to
    what names no street; whatever is called an id stays letter for letter.
    """
    table, _, column = target.partition(".")
    if column == "period_start" and f"{table}.period_end" not in targets and table != "targets":
        return "period"
    if target == "budgets.month":
        return "month"
    if column == "region":
        return "region"
    if column == "person_key":
        return "customer"
    if target == "row.line_discount":
        return "money"
    if column.endswith("_id") and column != "shop_id":
        return "id"
    return kind_of(target)


def rule_places(layout: Layout, headers: Sequence[str]) -> dict[int, str]:
    """Place of each column that a layout stores -> the first target it feeds."""
    places: dict[int, str] = {}
    for target, found in feeding(layout, headers).items():
        for place in found:
            places.setdefault(place, target)
    return places


def _columns(raw: RawTable) -> list[NamedColumn]:
    seen: set[str] = set()
    columns = []
    for place, (header, cells) in enumerate(zip(raw.headers, raw.columns, strict=True)):
        look, name = look_at(cells), normalise_header(header)
        personal, repeats = is_about_a_person(header, look), not name or name in seen
        senses = vocabulary().senses(header)
        columns.append(NamedColumn(place, header, look, personal, repeats, senses))
        seen.add(name)
    return columns


def _by_nearest(
    raw: RawTable, nearest: Layout | None, grain: str | None
) -> tuple[Layout | None, RawTable]:
    """The nearest layout, where it is near enough and of that kind; the table as it reads it."""
    if nearest is None or grain not in (None, nearest.grain):
        return None, raw
    seen = melted(raw, nearest)
    is_it = not missing_headers(nearest, frozenset(map(normalise_header, raw.headers)))
    return (nearest, seen) if is_it or _is_near(nearest, seen.headers) else (None, raw)


def _is_near(layout: Layout, headers: Sequence[str]) -> bool:
    found = set(rule_places(layout, headers).values())
    usual = {
        rule.target
        for rule in layout.rules
        if not layout.reference or set(rule.headers) & {*map(normalise_header, layout.reference)}
    }
    return bool(usual) and len(found & usual) >= LIKE_NEAREST * len(usual)


# --- the columns -----------------------------------------------------------------------------


def _assign(columns: list[NamedColumn], grain: str, base: Layout | None) -> list[ColumnGuess]:
    """A guess for each column: by the nearest layout, by name, by values, or none."""
    given: dict[int, str] = {}
    taken: set[str] = set()
    if base is not None:
        allowed = {*targets_of(grain), *(rule.target for rule in base.rules)}
        headers = [column.header for column in columns]
        given = {p: t for p, t in rule_places(base, headers).items() if t in allowed}
        taken = set(feeding(base, headers))
    rest = [column for column in columns if column.place not in given]
    shape = vocabulary().grains[grain]
    vacant = _without(shape, taken)
    named = by_name(rest, vacant)
    used = {*taken, *(one[2] for one in named.values())}
    guesses = []
    for column in columns:
        if column.place in given:
            assert base is not None
            one = _from_nearest(column, given[column.place], base)
        elif column.place in named:
            one = _from_name(column, *named[column.place])
        else:
            one = _otherwise(column, shape, used)
            used |= {one.target} - {""}
        guesses.append(one)
    return guesses


def _without(grain: Grain, used: set[str]) -> Grain:
    columns = {
        concept: tuple(target for target in targets if target not in used)
        for concept, targets in grain.columns.items()
    }
    return Grain(grain.keys, columns)


def _from_nearest(column: NamedColumn, target: str, base: Layout) -> ColumnGuess:
    reason = message(
        "“{layout}” has this column as “{what}”", layout=base.title, what=label(target)
    )
    return ColumnGuess(
        column.place, column.header, target, "", SURE, reason, personal=column.personal
    )


def _from_name(
    column: NamedColumn, confidence: float, concept: str, target: str, word: str
) -> ColumnGuess:
    what = label(target)
    if not fits(kind_of(target), column.look):
        reason = message(
            "the name means “{what}”, but {values}", what=what, values=column.look.text
        )
    elif confidence >= NEARLY:
        reason = message("the name means “{what}”", what=what)
    else:
        reason = message("the name contains “{word}”, that is “{what}”", word=word, what=what)
    return ColumnGuess(
        column.place, column.header, target, "", round(confidence, 2), reason,
        personal=column.personal,
    )  # fmt: skip


def _otherwise(column: NamedColumn, grain: Grain, used: set[str]) -> ColumnGuess:
    """A column whose name told nothing that is still free."""

    def not_stored(reason: Text, confidence: float = 0.9) -> ColumnGuess:
        return ColumnGuess(
            column.place, column.header, "", "", confidence, reason, personal=column.personal
        )

    if not normalise_header(column.header):
        return not_stored(message("the column has no name"))
    if column.repeats:
        return not_stored(message("an earlier column has the same name"))
    if column.personal:
        return not_stored(message("it tells something about a person, which is never stored"))
    senses = [s for s in column.senses if s.concept in grain.columns]
    if senses and senses[0].confidence >= NEARLY:
        target = grain.columns[senses[0].concept][0]
        if target in used:
            return not_stored(message("another column is “{what}” already", what=label(target)))
    if is_derived(column.header) or column.look.kind == "percent":
        return not_stored(message("a rate, a mean or a change follows from other columns"))
    for concept in _BY_VALUES.get(column.look.kind, ()):
        for target in grain.columns.get(concept, ()):
            if target not in used:
                return ColumnGuess(column.place, column.header, target, "", 0.4, column.look.text)
    return not_stored(message("neither the name nor the values tell what this is"), 0.3)
