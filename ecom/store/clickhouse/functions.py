"""How ClickHouse spells the functions of ``ecom.store.functions``."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from ecom.store import functions
from ecom.store.clickhouse.dialect import DIALECT


def _arguments(element: Any, compiler: SQLCompiler, options: dict[str, Any]) -> list[str]:
    return [compiler.process(clause, **options) for clause in element.clauses]


@compiles(functions.seconds_between, DIALECT)
def _seconds_between(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    earlier, later = _arguments(element, compiler, options)
    return f"(dateDiff('microsecond', {earlier}, {later}) / 1e6)"


@compiles(functions.local_hour, DIALECT)
def _local_hour(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    moment, zone = _arguments(element, compiler, options)
    return f"toHour(toTimeZone({moment}, {zone}))"


@compiles(functions.start_of_week, DIALECT)
def _start_of_week(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    day, first = _arguments(element, compiler, options)
    return f"({day} - modulo(toDayOfWeek({day}) - 1 + {first}, 7))"


@compiles(functions.start_of_month, DIALECT)
def _start_of_month(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    (day,) = _arguments(element, compiler, options)
    return f"date_trunc('month', {day})"


@compiles(functions.day_of_week, DIALECT)
def _day_of_week(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    (day,) = _arguments(element, compiler, options)
    return f"(toDayOfWeek({day}) - 1)"


@compiles(functions.days_between, DIALECT)
def _days_between(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    earlier, later = _arguments(element, compiler, options)
    return f"dateDiff('day', {earlier}, {later})"


@compiles(functions.json_text, DIALECT)
def _json_text(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    document, key = _arguments(element, compiler, options)
    return f"JSONExtract({document}, {key}, 'Nullable(String)')"


@compiles(functions.number_in, DIALECT)
def _number_in(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    (text,) = _arguments(element, compiler, options)
    return f"toFloat64OrNull({text})"


@compiles(functions.number_of, DIALECT)
def _number_of(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    texts = ", ".join(_arguments(element, compiler, options))
    return f"toInt64(bitShiftRight(sipHash64(tuple({texts})), 1))"


@compiles(functions.without, DIALECT)
def _without(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    text, pattern = _arguments(element, compiler, options)
    return f"replaceRegexpAll({text}, {pattern}, '')"


@compiles(functions.spelled, DIALECT)
def _spelled(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    moment, code = _arguments(element, compiler, options)
    rows = f"arraySort(groupArray(tuple({moment}, {code})))"
    letters = f"arrayMap(one -> char(48 + assumeNotNull(tupleElement(one, 2))), {rows})"
    return f"arrayStringConcat({letters})"


# A tuple that holds NULL is a value like any other, so that argMin and argMax don't pass it over.
@compiles(functions.earliest, DIALECT)
def _earliest(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    moment, tie, *values = _arguments(element, compiler, options)
    return f"argMin(tuple({', '.join(values)}), tuple({moment}, {tie}))"


@compiles(functions.latest, DIALECT)
def _latest(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    moment, tie, value = _arguments(element, compiler, options)
    return f"tupleElement(argMax(tuple({value}), tuple({moment}, {tie})), 1)"


@compiles(functions.packed, DIALECT)
def _packed(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    values, place = _arguments(element, compiler, options)
    return f"tupleElement({values}, {place})"
