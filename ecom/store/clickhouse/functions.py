"""How ClickHouse spells the functions of ``ecom.store.functions``."""

from __future__ import annotations

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from ecom.store import functions
from ecom.store.clickhouse.dialect import DIALECT


def _arguments(
    element: GenericFunction[object], compiler: SQLCompiler, options: dict[str, object]
) -> list[str]:
    return [compiler.process(clause, **options) for clause in element.clauses]


@compiles(functions.seconds_between, DIALECT)
def _seconds_between(
    element: functions.seconds_between, compiler: SQLCompiler, **options: object
) -> str:
    earlier, later = _arguments(element, compiler, options)
    return f"(dateDiff('microsecond', {earlier}, {later}) / 1e6)"


@compiles(functions.local_hour, DIALECT)
def _local_hour(element: functions.local_hour, compiler: SQLCompiler, **options: object) -> str:
    moment, zone = _arguments(element, compiler, options)
    return f"toHour(toTimeZone({moment}, {zone}))"


@compiles(functions.start_of_week, DIALECT)
def _start_of_week(
    element: functions.start_of_week, compiler: SQLCompiler, **options: object
) -> str:
    day, first = _arguments(element, compiler, options)
    return f"({day} - modulo(toDayOfWeek({day}) - 1 + {first}, 7))"


@compiles(functions.start_of_month, DIALECT)
def _start_of_month(
    element: functions.start_of_month, compiler: SQLCompiler, **options: object
) -> str:
    (day,) = _arguments(element, compiler, options)
    return f"date_trunc('month', {day})"


@compiles(functions.day_of_week, DIALECT)
def _day_of_week(element: functions.day_of_week, compiler: SQLCompiler, **options: object) -> str:
    (day,) = _arguments(element, compiler, options)
    return f"(toDayOfWeek({day}) - 1)"


@compiles(functions.days_between, DIALECT)
def _days_between(element: functions.days_between, compiler: SQLCompiler, **options: object) -> str:
    earlier, later = _arguments(element, compiler, options)
    return f"dateDiff('day', {earlier}, {later})"


@compiles(functions.json_text, DIALECT)
def _json_text(element: functions.json_text, compiler: SQLCompiler, **options: object) -> str:
    document, key = _arguments(element, compiler, options)
    return f"JSONExtract({document}, {key}, 'Nullable(String)')"


# A tuple that holds NULL is a value like any other, so that argMin and argMax don't pass it over.
@compiles(functions.earliest, DIALECT)
def _earliest(element: functions.earliest, compiler: SQLCompiler, **options: object) -> str:
    moment, tie, *values = _arguments(element, compiler, options)
    return f"argMin(tuple({', '.join(values)}), tuple({moment}, {tie}))"


@compiles(functions.latest, DIALECT)
def _latest(element: functions.latest, compiler: SQLCompiler, **options: object) -> str:
    moment, tie, value = _arguments(element, compiler, options)
    return f"tupleElement(argMax(tuple({value}), tuple({moment}, {tie})), 1)"


@compiles(functions.packed, DIALECT)
def _packed(element: functions.packed, compiler: SQLCompiler, **options: object) -> str:
    values, place = _arguments(element, compiler, options)
    return f"tupleElement({values}, {place})"
