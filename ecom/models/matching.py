"""Which known product an unknown code may stand for: equal but for spelling, else alike by name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from unicodedata import normalize

from rapidfuzz import fuzz, process

ALIKE_FROM = 80.0  # of 100; below it a proposal costs more time than it saves
_EXCEL_NUMBER = re.compile(r"^\d+\.0+$")
_NOT_A_SIGN = re.compile(r"[\W_]+")
_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")


class Because(StrEnum):
    """Why a known product is proposed, the surest reason first."""

    SPELLING = "spelling"  # the same but for case, spaces, punctuation, leading zeros
    PRODUCT_ID = "product_id"  # the same product id, or the code is the other's product id
    NAME = "name"  # the names are alike


@dataclass(frozen=True, slots=True)
class Coded:
    """A product as one side knows it."""

    code: str
    name: str = ""
    product_id: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """``code`` of the known product; ``score`` 0..1, 1 for equal codes and ids."""

    code: str
    because: Because
    score: float

    @property
    def is_sure(self) -> bool:
        """Whether it rests on a code or an id, not on words alone."""
        return self.because is not Because.NAME


def bare(code: str) -> str:
    """A code without what people and spreadsheets change: case, width, signs, leading zeros.

    A number that a spreadsheet made a decimal (``123.0``) loses its end.

    Examples
    --------
    >>> bare(" sku-007 b"), bare("SKU_7B"), bare("00123.0")
    ('sku7b', 'sku7b', '123')
    """
    folded = normalize("NFKC", code).casefold().strip()
    if _EXCEL_NUMBER.match(folded):
        folded = folded.split(".")[0]
    return _NOT_A_SIGN.sub("", _ZEROS.sub("", folded))


def propose(unknown: Sequence[Coded], known: Sequence[Coded]) -> tuple[Proposal | None, ...]:
    """The likeliest known product for each unknown one.

    A spelling or an id that fits several known products decides nothing: better no proposal than
    one that looks sure and is not.

    Returns
    -------
    tuple of Proposal or None
        One an unknown product, in their order.
    """
    by_spelling = _only((bare(one.code), one.code) for one in known)
    by_id = _only((one.product_id, one.code) for one in known)
    found: list[Proposal | None] = []
    for one in unknown:
        code = by_spelling.get(bare(one.code))
        identity = by_id.get(one.product_id) or by_id.get(one.code)
        if code is not None:
            found.append(Proposal(code, Because.SPELLING, 1.0))
        elif identity is not None:
            found.append(Proposal(identity, Because.PRODUCT_ID, 1.0))
        else:
            found.append(None)
    rest = [place for place, proposal in enumerate(found) if proposal is None]
    for place, proposal in zip(rest, _alike([unknown[n] for n in rest], known), strict=True):
        found[place] = proposal
    return tuple(found)


def _only(keyed: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Key -> code, for keys that just one code has; blank keys say nothing."""
    codes: dict[str, set[str]] = {}
    for key, code in keyed:
        codes.setdefault(key, set()).add(code)
    return {key: min(found) for key, found in codes.items() if key and len(found) == 1}


def _alike(unknown: Sequence[Coded], known: Sequence[Coded]) -> list[Proposal | None]:
    named = [one for one in known if one.name.strip()]
    names = [_folded(one.name) for one in named]
    wanted = [_folded(one.name) for one in unknown]
    if not named or not any(wanted):
        return [None] * len(unknown)
    scores = process.cdist(wanted, names, scorer=fuzz.token_sort_ratio, score_cutoff=ALIKE_FROM)
    best = scores.argmax(axis=1)
    return [
        Proposal(named[place].code, Because.NAME, float(row[place]) / 100)
        if words and row[place] >= ALIKE_FROM
        else None
        for words, place, row in zip(wanted, best, scores, strict=True)
    ]


def _folded(name: str) -> str:
    return normalize("NFKC", name).casefold().strip()
