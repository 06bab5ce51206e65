"""What a file tells of itself, and what has to be asked, as values."""

from __future__ import annotations

from dataclasses import dataclass

from ecom.text import Text, message

OF_ADS = ("ad_spend", "search_terms")
"""Tables of one ad platform, which its report seldom names; rows with the same key add up."""

STATUS_PREFIX, REFUND_PREFIX, WORD_PREFIX = "status:", "refund:", "word:"
Options = tuple[tuple[str, Text | str], ...]
STATUSES: tuple[tuple[str, Text], ...] = (
    ("unpaid", message("not paid yet")),
    ("paid", message("paid, not shipped")),
    ("shipped", message("shipped")),
    ("completed", message("completed")),
    ("cancelled", message("cancelled, never paid")),
    ("closed", message("closed: refunded if it was paid, else cancelled")),
    ("refunded", message("wholly refunded")),
    ("partially_refunded", message("partly refunded")),
    ("unknown", message("I don't know")),
)


@dataclass(frozen=True, slots=True)
class Question:
    """Something the file does not tell.

    Attributes
    ----------
    key : what the answer is about; ``status:WORD``, ``refund:WORD`` and ``word:COLUMN:WORD`` for
        words.
    options : allowed answers and their labels; empty for free text.
    answer : the likeliest; "" for none.
    """

    key: str
    text: Text
    options: Options
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What the values tell about the whole file; "" where they do not.

    Attributes
    ----------
    date_order : "dmy" or "mdy" of dates that end with the year.
    decimal : "comma" or "point".
    currency : ISO code.
    money : where the money of an order stands, as ``OrderRules.money``.
    refunds : whether the paid amount is net of refunds, as ``OrderRules.paid_excludes_refund``.
    statuses : (word, our status) that are known.
    refund_done : words of the refund column that mean the money went back.
    words : (column, word, our word) that are known, of the columns in ``our_words.MEANINGS``.
    """

    date_order: str = ""
    decimal: str = ""
    currency: str = ""
    money: str = ""
    refunds: str = ""
    statuses: tuple[tuple[str, str], ...] = ()
    refund_done: tuple[str, ...] = ()
    words: tuple[tuple[str, str, str], ...] = ()


Answer = tuple[Told, list[Question]]
