"""2,850 mutated exports: no traceback, rows always add up, numbers equal or reported."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ecom.ingest import Examination
from ecom.ingest.cells.text import normalise_header
from ecom.ingest.recognition.layout import Layout
from tests.layouts.case import CaseTable
from tests.properties import mutations
from tests.properties.looking import (
    CASES,
    adds_up,
    facts,
    grain_rows,
    look,
    numbers,
    survives,
    total,
    untouched,
)
from tests.properties.mutations import HARMLESS, TO_COLUMNS, TO_ROWS, WRAPPINGS, Change, Wrapping

_ORDER = (*HARMLESS, *TO_COLUMNS, *TO_ROWS)
NAMES = st.sampled_from(sorted(CASES))
TEXTS = st.sampled_from(sorted(n for n, case in CASES.items() if case.container in ("csv", "tsv")))
SEEDS = st.integers(0, 2**32)
_ADDED_UP = {"spend", "clicks", "impressions", "paid_amount", "pv", "on_hand"}
# The examples are the same in every run, so that a run fails for what was changed and for nothing
# else; ECOM_EXAMPLES=5000 looks for others. Nothing is shrunk: a seed has no smaller one.
_SEARCH = int(os.environ.get("ECOM_EXAMPLES", "0"))


def many(examples: int) -> settings:
    return settings(
        max_examples=_SEARCH or examples,
        derandomize=not _SEARCH,
        database=None,
        deadline=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )


@many(700)
@given(
    NAMES,
    st.sampled_from(WRAPPINGS),
    st.lists(st.sampled_from(HARMLESS), max_size=3, unique=True),
    SEEDS,
)
def test_harmless_changes_change_no_number(
    name: str, wrapping: Wrapping, changes: list[Change], seed: int
) -> None:
    case, tables = CASES[name], made(name, changes, seed)
    examination = look(
        wrapping.write(tables) if wrapping.suits(case) else case.content(tables), case
    )
    for table, before in zip(examination.tables, untouched(name).tables, strict=True):
        assert str(table.problem) == str(before.problem)
        assert table.staged is None or adds_up(table)
    assert facts(examination) == facts(untouched(name))
    assert serious(examination) == serious(untouched(name))


@many(600)
@given(NAMES, st.sampled_from(TO_ROWS), SEEDS)
def test_a_broken_row_is_reported_and_spares_the_others(
    name: str, change: Change, seed: int
) -> None:
    case, tables = CASES[name], made(name, [change], seed)
    broken = [broken_rows(one, was) for one, was in zip(tables, case.tables, strict=True)]
    examination = survives(case.content(tables), case)
    if examination is None:  # NUL is in no text; it is binary data
        assert any("\x00" in row for table in tables for row in table.rows)
        return
    # What the broken lines themselves gave is told by blanking them.
    rest = look(case.content(tuple(map(mutations.blank_lines, case.tables, broken))), case)
    for table, without, before, lines in zip(
        examination.tables, rest.tables, untouched(name).tables, broken, strict=True
    ):
        if table.staged is None or without.staged is None or before.staged is None:
            continue
        first = table.header_row + 1
        now, alone, then = grain_rows(table), grain_rows(without), grain_rows(before)
        for line, row in then.items():
            if line - first not in lines and alone.get(line) == row:
                assert now.get(line) == row, line
        lost = table.staged.rows_rejected - before.staged.rows_rejected
        if lost >= len(lines) and not any(line - first in lines for line in now):
            assert now == alone


@many(300)
@given(NAMES, st.lists(st.sampled_from(TO_COLUMNS), min_size=1, max_size=2, unique=True), SEEDS)
def test_a_lost_column_is_asked_for_or_read_around(
    name: str, changes: list[Change], seed: int
) -> None:
    case, tables = CASES[name], made(name, changes, seed)
    before, examination = untouched(name), survives(case.content(tables), case)
    assert examination is not None
    wrong = {column for column, _ in numbers(examination) - numbers(before)}
    wrong -= {column for column in wrong if total(examination, column) == total(before, column)}
    told = (serious(examination) - serious(before)) | (codes(examination) & {"TOTALS_UNTOLD"})
    # What lost its column may be made of others, such as goods of prices and quantities; rows that
    # only that column told apart are added up.
    moved = sources(before) ^ sources(examination)
    assert told or wrong <= {column for column, _ in moved}, wrong


@many(300)
@given(NAMES, st.data(), SEEDS)
def test_a_renamed_required_column_is_asked_for(name: str, data: st.DataObject, seed: int) -> None:
    case = CASES[name]
    place = data.draw(st.integers(0, len(case.tables) - 1))
    layout = untouched(name).tables[place].layout
    if layout is None:
        return
    named = [h for h in case.tables[place].headers if normalise_header(h) in layout.required]
    if not named:
        return
    header = data.draw(st.sampled_from(named))
    tables = list(case.tables)
    tables[place] = mutations.renamed(tables[place], header, "zz renamed")
    examination = survives(case.content(tuple(tables)), case)
    assert examination is not None
    table = examination.tables[place]
    if table.layout is None:
        assert table.problem is not None
    else:  # a plainer export has all that is left
        assert table.confidence == "likely"
        assert numbers(examination) <= numbers(untouched(name))


@many(200)
@given(NAMES, st.data())
def test_another_name_of_a_column_says_the_same(name: str, data: st.DataObject) -> None:
    case, (before, *_) = CASES[name], untouched(name).tables
    (table, *others) = case.tables
    assert before.layout is not None
    names = synonyms(table, before.layout)
    if not names:
        return
    header, synonym = data.draw(st.sampled_from(names))
    renamed = mutations.renamed(table, header, synonym)
    examination = look(case.content((renamed, *others)), case)
    layout = examination.tables[0].layout
    if layout is None:
        assert examination.tables[0].problem is not None
    elif layout.layout_id == before.layout.layout_id:  # a name may tell two exports apart
        assert facts(examination) == facts(untouched(name))


@many(250)
@given(NAMES, st.data(), SEEDS)
def test_a_total_is_left_out_and_one_that_is_wrong_reported(
    name: str, data: st.DataObject, seed: int
) -> None:
    case, before = CASES[name], untouched(name)
    (table, *others), chance = case.tables, random.Random(seed)
    staged = before.tables[0].staged
    if staged is None or staged.rows_rejected or staged.rows_totals:
        return  # the sum of the rows is not the sum of what is kept
    right = mutations.add_total(table, chance)
    examination = look(case.content((right, *others)), case)
    assert facts(examination) == facts(before)
    assert serious(examination) == serious(before)
    checked = [place for place in range(1, len(table.headers)) if is_checked(name, place)]
    if not checked:
        return
    place = data.draw(st.sampled_from(checked))
    wrong = mutations.wrong_total(table, place, chance)
    examination = look(case.content((wrong, *others)), case)
    assert facts(examination) == facts(before)
    assert serious(examination) == {*serious(before), "TOTAL_DISAGREES"}


@many(500)
@given(NAMES, st.sampled_from([mutations.truncate, mutations.noise]), SEEDS)
def test_a_damaged_file_is_refused_or_read_as_far_as_it_goes(
    name: str, damage: Callable[[bytes, random.Random], bytes], seed: int
) -> None:
    case = CASES[name]
    survives(damage(case.content(case.tables), random.Random(seed)), case)


def made(name: str, changes: list[Change], seed: int) -> tuple[CaseTable, ...]:
    """The tables of a case after some changes, in the order that they are listed in."""
    chance = random.Random(seed)
    tables = CASES[name].tables
    for change in sorted(changes, key=_ORDER.index):
        tables = tuple(change(table, chance) for table in tables)
    return tables


def broken_rows(one: CaseTable, was: CaseTable) -> set[int]:
    """Which rows differ."""
    pairs = zip(one.rows, was.rows, strict=True)
    return {number for number, (row, before) in enumerate(pairs) if row != before}


def synonyms(table: CaseTable, layout: Layout) -> list[tuple[str, str]]:
    """Columns that feed one stored column only and have another name there."""
    names = [normalise_header(header) for header in table.headers]
    uses = Counter(name for rule in layout.rules for name in rule.headers)
    found = []
    for header, name in zip(table.headers, names, strict=True):
        rules = [rule for rule in layout.rules if name in rule.headers]
        if len(rules) != 1 or name in layout.required or names.count(name) > 1:
            continue
        if rules[0].kind == "period":  # whether it is named a day or a month means something
            continue
        present = [other for other in rules[0].headers if other in names]
        if present == [name]:  # of several the order would decide
            others = (other for other in rules[0].headers if other != name and uses[other] == 1)
            found += [(header, other) for other in others if not other.startswith("~")]
    return found


def sources(examination: Examination) -> set[tuple[str, str]]:
    """Stored columns, each with the header it is read from."""
    found = set()
    for table in examination.tables:
        for target, header in zip(table.mapping["target"], table.mapping["header"], strict=True):
            found.add((target.rpartition(".")[2], header))
    return found


def is_checked(name: str, place: int) -> bool:
    """Whether a column is money or a count that adds up, and the one that is read for it.

    Where the export has totals of more than its rows, only one that says so is held against them.
    """
    table, mapping = CASES[name].tables[0], untouched(name).tables[0].mapping
    layout = untouched(name).tables[0].layout
    if layout is not None and layout.total_of_rows:
        return False
    targets = mapping.loc[mapping["header"] == table.headers[place], "target"]
    firsts = mapping.drop_duplicates("target").set_index("target")["header"]
    return mutations.total_of(table, place) is not None and any(
        target.rpartition(".")[2] in _ADDED_UP and firsts[target] == table.headers[place]
        for target in targets
    )


def serious(examination: Examination) -> set[str]:
    """What a person would be told to look at; a header that is pasted in counts as a row."""
    return codes(examination, least="warning") - {"ROW_COUNT_DISAGREES"}


def codes(examination: Examination, *, least: str = "info") -> set[str]:
    return {
        one.code
        for table in examination.tables
        for one in table.findings
        if least == "info" or one.severity != "info"
    }
