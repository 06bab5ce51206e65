"""A platform's words as ours: states, kinds and the like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


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


def _folded(word: str) -> str:
    return word.casefold().replace("，", ",")
