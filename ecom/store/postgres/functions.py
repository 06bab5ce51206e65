"""How PostgreSQL spells the functions of ``ecom.store.functions``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from ecom.store import functions


def _written(element: Any, compiler: SQLCompiler, options: Mapping[str, Any]) -> list[str]:
    return [compiler.process(clause, **options) for clause in element.clauses]


@compiles(functions.seconds_between, "postgresql")
def _seconds_between(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    earlier, later = _written(element, compiler, options)
    return f"CAST(EXTRACT(EPOCH FROM {later} - {earlier}) AS DOUBLE PRECISION)"


@compiles(functions.local_hour, "postgresql")
def _local_hour(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    moment, zone = _written(element, compiler, options)
    local = f"timezone({zone}, timezone('UTC', {moment}))"
    return f"CAST(EXTRACT(HOUR FROM {local}) AS INTEGER)"


@compiles(functions.start_of_week, "postgresql")
def _start_of_week(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    day, first = _written(element, compiler, options)
    shifted = f"{day} + CAST({first} AS INTEGER)"
    return f"(CAST(date_trunc('week', {shifted}) AS DATE) - CAST({first} AS INTEGER))"


@compiles(functions.start_of_month, "postgresql")
def _start_of_month(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    (day,) = _written(element, compiler, options)
    return f"CAST(date_trunc('month', {day}) AS DATE)"


@compiles(functions.day_of_week, "postgresql")
def _day_of_week(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    (day,) = _written(element, compiler, options)
    return f"(CAST(EXTRACT(ISODOW FROM {day}) AS INTEGER) - 1)"


@compiles(functions.days_between, "postgresql")
def _days_between(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    earlier, later = _written(element, compiler, options)
    return f"(CAST({later} AS DATE) - CAST({earlier} AS DATE))"


@compiles(functions.number_in, "postgresql")
def _number_in(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    (text,) = _written(element, compiler, options)
    # A text that is no number would fail the statement; no digits as many as overflow are let by.
    return rf"CAST(substring({text} FROM '^\s*[-+]?\d{{1,30}}(?:\.\d*)?\s*$') AS DOUBLE PRECISION)"


@compiles(functions.number_of, "postgresql")
def _number_of(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    # The number of one text is the seed of the next; the sign is cut off.
    number = "0"
    for text in _written(element, compiler, options):
        number = f"hashtextextended({text}, {number})"
    return f"({number} & 9223372036854775807)"


@compiles(functions.json_text, "postgresql")
def _json_text(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    return f"ecom_json_text({', '.join(_written(element, compiler, options))})"


@compiles(functions.without, "postgresql")
def _without(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    text, pattern = _written(element, compiler, options)
    return f"regexp_replace({text}, {pattern}, '', 'g')"


@compiles(functions.spelled, "postgresql")
def _spelled(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    moment, code = _written(element, compiler, options)
    return f"string_agg(chr(48 + {code}), '' ORDER BY {moment})"


# Arrays are compared item by item, so the least one is that of the first row, without a sort.
@compiles(functions.earliest, "postgresql")
def _earliest(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    items = (f"CAST({one} AS TEXT)" for one in _written(element, compiler, options))
    return f"min(ARRAY[{', '.join(items)}])"


@compiles(functions.packed, "postgresql")
def _packed(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    values, place = _written(element, compiler, options)
    return f"({values})[{place} + 2]"


@compiles(functions.latest, "postgresql")
def _latest(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    items = (f"CAST({one} AS TEXT)" for one in _written(element, compiler, options))
    return f"(max(ARRAY[{', '.join(items)}]))[3]"
