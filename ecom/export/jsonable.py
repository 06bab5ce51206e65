"""Any answer as plain JSON values: for ``--json`` on the command line and for other programs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

import numpy as np
import pandas as pd

from ecom.analysis.base import Table
from ecom.i18n import Language
from ecom.model import JsonValue
from ecom.text import Text

_ENGLISH = Language("en")


def to_jsonable(value: Any) -> JsonValue:
    """Turn a report, or any value in one, into what ``json.dumps`` takes.

    Sentences become English strings, dates ISO strings, missing numbers null, a table or frame
    ``{"columns": [...], "rows": [...]}``, a dataclass an object with its fields.
    """
    match value:
        case Text():
            return _ENGLISH.say(value)
        case Table(frame=frame):
            return to_jsonable(frame)
        case pd.DataFrame():
            rows = value.itertuples(index=False, name=None)
            return {
                "columns": [str(name) for name in value.columns],
                "rows": [[to_jsonable(cell) for cell in row] for row in rows],
            }
        case pd.Series() | pd.Index() | np.ndarray():
            return [to_jsonable(cell) for cell in value]
        case Enum():
            return to_jsonable(value.value)
        case Mapping():
            return {_name(key): to_jsonable(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [to_jsonable(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_jsonable(getattr(value, field.name)) for field in fields(value)}
    return _scalar(value)


def _scalar(value: Any) -> JsonValue:
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, float | Decimal):
        number = float(value)
        return number if math.isfinite(number) else None
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    return str(value)


def _name(key: Any) -> str:
    return key if isinstance(key, str) else str(to_jsonable(key))
