"""A platform's words as ours: states, kinds and the like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from ecom.ingest.cells.clean import Cleaned
from ecom.ingest.cells.text import by_value, mask


def in_our_words(words: Sequence[str | None], meanings: Mapping[str, str]) -> list[str | None]:
    """Look each word up; None for those that are not known.

    Case and the width of commas make no difference. A word of ``meanings`` that ends in ``*``
    stands for every word that begins so; ``*`` alone is for all others.
    """
    exact = {_folded(word): meaning for word, meaning in meanings.items()}
    starts = [(word[:-1], exact[word]) for word in exact if word.endswith("*")]
    starts.sort(key=lambda start: -len(start[0]))

    def meaning(word: str | None) -> str | None:
        if word is None:
            return None
        folded = _folded(word)
        begun = (found for start, found in starts if folded.startswith(start))
        return exact.get(folded) or next(begun, None)

    return [meaning(word) for word in words]


def translate(column: pa.Array, meanings: Mapping[str, str]) -> Cleaned:
    """A text column in our words; cells that are not known are null, with a remark."""

    def look_up(values: pa.Array) -> pa.Array:
        return pa.array(in_our_words(values.to_pylist(), meanings), pa.string())

    ours = by_value(column, look_up)
    unknown = mask(pc.and_(pc.is_valid(column), pc.is_null(ours)))
    return Cleaned(ours, {"UNKNOWN_WORD": unknown})


def _folded(word: str) -> str:
    return word.casefold().replace("，", ",")
