"""What a column's name means: synonyms in English and Chinese, kept as data."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from ecom.ingest.cells.text import normalise_header

SURE, NEARLY, PARTLY = 0.95, 0.9, 0.75  # the same word, another form of it, a part of the name
_LEAST_COVER = 0.3  # a synonym that is a smaller part of a name says nothing
_UNIT = re.compile(r"\s*[(\[{][^()\[\]{}]{0,12}[)\]}]\s*$")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WORDS = re.compile(r"[a-z0-9äöüß]+|[^\W\d_a-z]+")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_DERIVED = re.compile(
    r"率|占比|环比|同比|转化比|投产|人均|平均|均价|价值$|排名|"
    r"\b(roi|roas|ctr|cvr|cpc|cpm|cpa|acos|aov|rate|ratio|percent|percentage|share of|per|rank|"
    r"average|avg|frequency|score)\b|%",
)
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Grain:
    """A kind of table: which notions it needs, and the stored columns of each notion."""

    keys: tuple[tuple[str, ...], ...]
    columns: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Sense:
    """One notion that a name may stand for, the word that told, and how sure that is, 0..1."""

    concept: str
    word: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of ``synonyms.yaml``, ready to be looked up.

    Attributes
    ----------
    exact, stems : a name without blanks and marks -> (notion, word); the second in its basic form.
    english : longest basic form of a synonym -> (its basic forms, notion, word), for names that
        contain it.
    chinese : first letter of a synonym -> (the synonym, notion, word), for the same.
    statuses, refund_words : folded word -> our status; whether the money went back.
    meanings : column of ``our_words`` -> folded word -> our word.
    """

    concepts: Mapping[str, tuple[str, ...]]
    grains: Mapping[str, Grain]
    exact: Mapping[str, tuple[tuple[str, str], ...]]
    stems: Mapping[str, tuple[tuple[str, str], ...]]
    english: Mapping[str, list[tuple[frozenset[str], str, str]]]
    chinese: Mapping[str, list[tuple[str, str, str]]]
    statuses: Mapping[str, str]
    refund_words: Mapping[str, bool]
    meanings: Mapping[str, Mapping[str, str]]
    short: Mapping[str, str]

    def senses(self, header: str) -> tuple[Sense, ...]:
        """What a header may mean, surest first; empty when no word of it is known.

        Names of rates and means are known by their form: they follow from other columns and are
        never read as the amount they contain.
        """
        name = plain_name(header)
        for table, confidence in ((self.exact, SURE), (self.stems, NEARLY)):
            key = squeezed(name) if table is self.exact else "".join(self._basic(name))
            if key in table:
                return tuple(Sense(concept, word, confidence) for concept, word in table[key])
        if is_derived(header):
            return ()
        return self._parts(name)

    def _parts(self, name: str) -> tuple[Sense, ...]:
        """Synonyms that are a part of the name; the one that covers most of it is the likeliest."""
        found: dict[str, Sense] = {}
        if _HAN.search(name):
            compact = squeezed(name)
            starts = (
                one for letter in dict.fromkeys(compact) for one in self.chinese.get(letter, ())
            )
            for word, concept, said in starts:
                if word in compact and (cover := len(word) / len(compact)) >= _LEAST_COVER:
                    # The last word of a Chinese name says what it is; the ones before say of what.
                    at_end = 1.0 if compact.endswith(word) else 0.75
                    confidence = PARTLY * (0.5 + 0.5 * cover) * at_end
                    if concept not in found or found[concept].confidence < confidence:
                        found[concept] = Sense(concept, said, confidence)
        else:
            words = self._basic(name)
            holding = (one for word in dict.fromkeys(words) for one in self.english.get(word, ()))
            for parts, concept, said in holding:
                cover = len(parts) / len(words)
                if parts <= set(words) and cover >= _LEAST_COVER:
                    confidence = PARTLY * (0.4 + 0.6 * cover)
                    if concept not in found or found[concept].confidence < confidence:
                        found[concept] = Sense(concept, said, confidence)
        return tuple(sorted(found.values(), key=lambda sense: -sense.confidence))

    def _basic(self, name: str) -> list[str]:
        return basic_forms(name, self.short)

    def status_of(self, word: str) -> str | None:
        """Our status of an order for a shop's word; None when the word is not known."""
        return self.statuses.get(squeezed(plain_name(word)))

    def meaning_of(self, target: str, word: str) -> str | None:
        """Our word for a platform's in a column of ``our_words``; None when it is not known."""
        return self.meanings.get(target, {}).get(squeezed(plain_name(word)))

    def refund_done(self, word: str) -> bool | None:
        """Whether a word says that money went back; None when the word is not known."""
        return self.refund_words.get(squeezed(plain_name(word)))


def plain_name(header: str) -> str:
    """A header as words: camel case and underscores parted, a unit in brackets taken off."""
    parted = _CAMEL.sub(" ", unicodedata.normalize("NFKC", header))
    name = normalise_header(parted.replace("#", " no "))
    shorter = _UNIT.sub("", name)
    return re.sub(r"[_\-./:]+", " ", shorter or name).strip()


def squeezed(name: str) -> str:
    """Letters and digits only."""
    return re.sub(r"[\W_]+", "", name)


def is_derived(header: str) -> bool:
    """Whether a name is that of a rate, a mean or a change, which follow from other columns."""
    return _DERIVED.search(plain_name(header) + (" %" if "%" in header else "")) is not None


def basic_forms(name: str, short: Mapping[str, str]) -> list[str]:
    """The words of a name, spelt out and in the singular."""
    return [_singular(short.get(word, word)) for word in _WORDS.findall(name)]


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary that ships with the package."""
    text = (files("ecom.ingest.recognition") / "synonyms.yaml").read_text(encoding="utf-8")
    data = yaml.load(text, Loader=_LOADER)  # noqa: S506 - a safe loader, see above
    short = data["short"]
    exact: dict[str, list[tuple[str, str]]] = {}
    stems: dict[str, list[tuple[str, str]]] = {}
    english: dict[str, list[tuple[frozenset[str], str, str]]] = {}
    chinese: dict[str, list[tuple[str, str, str]]] = {}
    for concept, words in data["concepts"].items():
        for word in words:
            name = plain_name(word)
            basic = basic_forms(name, short)
            for table, key in ((exact, squeezed(name)), (stems, "".join(basic))):
                known = table.setdefault(key, [])
                if all(other != concept for other, _ in known):
                    known.append((concept, word))
            if _HAN.search(name):
                if len(name) > 1:
                    chinese.setdefault(name[0], []).append((squeezed(name), concept, word))
            else:
                longest = max(basic, key=len)
                english.setdefault(longest, []).append((frozenset(basic), concept, word))
    return Vocabulary(
        concepts={name: tuple(words) for name, words in data["concepts"].items()},
        grains={
            name: Grain(
                keys=tuple(map(tuple, grain["keys"])),
                columns={key: tuple(targets) for key, targets in grain["columns"].items()},
            )
            for name, grain in data["grains"].items()
        },
        exact={key: tuple(found) for key, found in exact.items()},
        stems={key: tuple(found) for key, found in stems.items()},
        english=english,
        chinese=chinese,
        statuses=_by_word(data["statuses"]),
        refund_words={
            squeezed(plain_name(word)): done
            for name, done in (("refund_open", False), ("refund_done", True))
            for word in data[name]
        },
        meanings={target: _by_word(words) for target, words in data["meanings"].items()},
        short=short,
    )


def _by_word(ours: Mapping[str, list[str]]) -> dict[str, str]:
    """Folded word -> ours, from ours -> words."""
    return {squeezed(plain_name(word)): name for name, words in ours.items() for word in words}
