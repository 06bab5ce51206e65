"""Which kind of table fits best, and which column would be which by its name alone."""

from __future__ import annotations

from dataclasses import dataclass

from ecom.ingest.files.raw import RawTable
from ecom.ingest.recognition.layout import kind_of
from ecom.ingest.recognition.looks import DATED, NUMERIC, Look
from ecom.ingest.recognition.order_shape import has_lines
from ecom.ingest.recognition.vocabulary import NEARLY, Grain, Sense, vocabulary

CLOSE = 0.8  # another kind of table that scores as well as this is named as an alternative
_DATE_KINDS = frozenset("time date period month".split())
_NUMBER_KINDS = frozenset("money quantity count number".split())
_CONTRADICTED = 0.35


@dataclass(frozen=True, slots=True)
class NamedColumn:
    """A column with what its values and its name may mean."""

    place: int
    header: str
    look: Look
    personal: bool
    repeats: bool  # an earlier column has the same name; a layout finds the first one
    senses: tuple[Sense, ...]


def likeliest(raw: RawTable, columns: list[NamedColumn]) -> tuple[str, float, tuple[str, ...]]:
    """The kind of table whose columns explain the most, its lead, and close followers."""
    grains = vocabulary().grains
    rarity = {
        concept: 1 / sum(concept in grain.columns for grain in grains.values())
        for concept in vocabulary().concepts
        if any(concept in grain.columns for grain in grains.values())
    }
    scores: dict[str, float] = {}
    taken = {name: by_name(columns, grain) for name, grain in grains.items()}
    for name, grain in grains.items():
        score = sum(one[0] * (0.3 + rarity[one[1]]) for one in taken[name].values())
        concepts = {one[1] for one in taken[name].values()}
        met = sum(1 for group in grain.keys if concepts & set(group)) / len(grain.keys)
        scores[name] = score * (met if met == 1 else 0.5 * met)
    orders, lines = scores["orders"], scores["order_items"]
    if lines:
        named = {one[1]: place for place, one in taken["order_items"].items()}
        if has_lines(raw, named.get("order_id"), named):
            scores["orders"] = 0.9 * min(orders, lines)
        else:
            scores["order_items"] = 0.9 * min(orders, lines)
    ranked = sorted(scores, key=lambda name: -scores[name])
    best = scores[ranked[0]]
    if not best:
        return "orders", 0.0, ()
    others = tuple(name for name in ranked[1:] if scores[name] >= CLOSE * best)
    family = {"orders", "order_items"}
    rival = next((scores[n] for n in ranked[1:] if not {n, ranked[0]} <= family), 0.0)
    return ranked[0], round(1 - 0.5 * rival / best, 2), others


def by_name(columns: list[NamedColumn], grain: Grain) -> dict[int, tuple[float, str, str, str]]:
    """Place -> (confidence, notion, target, word): each target once, the surest name first; of
    equally sure ones the notion that the kind of table names first."""
    offers = []
    order = {concept: place for place, concept in enumerate(grain.columns)}
    for column in columns:
        if column.repeats:
            continue
        for sense in column.senses:
            for rank, target in enumerate(grain.columns.get(sense.concept, ())):
                if column.personal and not _may_stay(sense, target):
                    continue
                agrees = 1.0 if fits(kind_of(target), column.look) else _CONTRADICTED
                confidence = sense.confidence * agrees
                sure = (confidence, -rank, -order[sense.concept], -column.place)
                offers.append((*sure, sense.concept, target, sense.word))
    offers.sort(reverse=True)
    taken: dict[int, tuple[float, str, str, str]] = {}
    used: set[str] = set()
    for confidence, _, _, place, concept, target, word in offers:
        if -place not in taken and target not in used and confidence > 0.2:
            taken[-place] = (confidence, concept, target, word)
            used.add(target)
    return taken


def _may_stay(sense: Sense, target: str) -> bool:
    """Of personal columns an account may stay as a hash, and a region, cut to the province."""
    is_account = target.endswith("customer_key") and sense.confidence >= NEARLY
    return is_account or sense.concept == "region"


def fits(kind: str, look: Look) -> bool:
    """Whether values that look so can be read as that kind."""
    if look.kind == "blank":
        return True
    if kind in _DATE_KINDS:
        return look.kind in DATED or look.kind in ("count", "number")
    if kind in _NUMBER_KINDS:
        return look.kind in NUMERIC or look.kind == "id"
    if kind in ("id", "customer"):
        return look.kind not in DATED and look.kind not in ("percent", "flag")
    if kind == "currency":
        return look.kind in ("currency", "text")
    return kind != "text" or look.kind not in ("percent",)
