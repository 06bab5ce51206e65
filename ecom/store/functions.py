"""SQL functions whose spelling differs between engines.

Each engine file says how it writes them (``sqlalchemy.ext.compiler.compiles``); everybody else
uses the names below and never asks which engine it is.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, Date, Double, Integer, String
from sqlalchemy.sql.functions import GenericFunction


class seconds_between(GenericFunction[float]):  # noqa: N801  (an SQL function, used like one)
    """``seconds_between(earlier, later)``: elapsed seconds as a double."""

    type = Double()
    inherit_cache = True


class local_hour(GenericFunction[int]):  # noqa: N801
    """``local_hour(utc_timestamp, zone_name)``: hour 0..23 on the shop's clock."""

    type = Integer()
    inherit_cache = True


class start_of_week(GenericFunction[date]):  # noqa: N801
    """``start_of_week(day, first)``: the Monday (first=0) or Sunday (first=1) on or before."""

    type = Date()
    inherit_cache = True


class start_of_month(GenericFunction[date]):  # noqa: N801
    """``start_of_month(day)``."""

    type = Date()
    inherit_cache = True


class day_of_week(GenericFunction[int]):  # noqa: N801
    """``day_of_week(day)``: 0 is Monday, 6 is Sunday."""

    type = Integer()
    inherit_cache = True


class days_between(GenericFunction[int]):  # noqa: N801
    """``days_between(earlier, later)``: whole days."""

    type = Integer()
    inherit_cache = True


class json_text(GenericFunction[str]):  # noqa: N801
    """``json_text(document, key)``: the top-level value of a key as text; NULL without it."""

    type = String()
    inherit_cache = True


class number_in(GenericFunction[float]):  # noqa: N801
    """``number_in(text)``: the number that a text is, as a double; NULL where it is none."""

    type = Double()
    inherit_cache = True


class number_of(GenericFunction[int]):  # noqa: N801
    """``number_of(text, ...)``: a number for some texts, from 0 up to 2^63, by a hash.

    Equal texts have the same number. A million different ones all have numbers of their own but for
    a chance of one in eighteen million. Sorting and handing over numbers takes a tenth of the time
    that texts take. They differ between engines: not to be stored, nor shown.
    """

    type = BigInteger()
    inherit_cache = True


class without(GenericFunction[str]):  # noqa: N801
    """``without(text, pattern)``: the text without whatever the regular expression matches."""

    type = String()
    inherit_cache = True


class spelled(GenericFunction[str]):  # noqa: N801
    """``spelled(moment, code)``: aggregate; the codes (0..63) in order of their moments, a letter
    each: ``chr(48 + code)``. Two rows may not have the same moment."""

    type = String()
    inherit_cache = True


class earliest(GenericFunction[object]):  # noqa: N801
    """``earliest(moment, tie, value, ...)``: aggregate; the values of the row with the smallest
    (moment, tie), packed together. ``packed`` takes them out again. Nulls among them are kept."""

    inherit_cache = True


class packed(GenericFunction[object]):  # noqa: N801
    """``packed(values, place)``: one of the values that ``earliest`` packed; the first is 1."""

    inherit_cache = True


class latest(GenericFunction[object]):  # noqa: N801
    """``latest(moment, tie, value)``: aggregate; the value, null or not, of the row with the
    largest (moment, tie)."""

    inherit_cache = True
