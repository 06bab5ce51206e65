"""A confirmed mapping as the content of a layout file."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, fields
from typing import Any

from ecom.ingest.cells.text import normalise_header
from ecom.ingest.recognition.checking import check_mapping
from ecom.ingest.recognition.guess import Guess, kind_in, rule_places
from ecom.ingest.recognition.layout import Layout, Melt, OrderRules, feeding
from ecom.ingest.recognition.our_words import RAW, UNKNOWN, of_table
from ecom.ingest.recognition.told import OF_ADS, REFUND_PREFIX, STATUS_PREFIX, WORD_PREFIX

PREFIX = "taught_"  # of the ids of taught layouts; a number follows
_AHEAD = ("budgets", "targets", "calendar_events", "product_costs")  # speak of days to come
_HAN = re.compile(r"[\u4e00-\u9fff]")
_SOURCES = ("traffic_agg", "inventory_snapshots", "stock_movements")


def header_key(headers: Sequence[str]) -> str:
    """What names a set of headers, whatever their order."""
    names = sorted({*map(normalise_header, headers)} - {""})
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


def layout_of(
    guess: Guess,
    *,
    title: str,
    platform: str = "own",
    targets: Mapping[int, str] | None = None,
    answers: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The content of a layout file for a guess and what a person made of it.

    Parameters
    ----------
    guess : Guess
    title, platform : as the person calls the export and where it comes from.
    targets : place of a column -> its stored column or "" for none; left out, as guessed.
    answers : by the keys of ``guess.questions``; left out, the likeliest.

    Raises
    ------
    UnusableMapping
        When a column is missing without which no row can be stored.
    """
    chosen = dict(guess.targets)
    chosen.update(targets or {})
    told = {question.key: question.answer for question in guess.questions}
    told.update(answers or {})
    _apply(told, chosen, guess)
    columns = _columns(guess, {place: target for place, target in chosen.items() if target})
    content = _rest_of(guess)
    content.update(
        id=f"{PREFIX}0",
        platform=platform,
        title=title.strip(),
        language="zh" if _HAN.search("".join(guess.headers)) else "en",
        grain=guess.grain,
        evidence="taught",
        reference=[header for header in guess.headers if normalise_header(header)],
        columns=columns,
    )
    for name, value in (
        ("currency", guess.told.currency or told.get("currency", "")),
        ("date_order", guess.told.date_order or told.get("date_order", "")),
        ("decimal", guess.told.decimal or told.get("decimal", "")),
    ):
        if value:
            content[name] = value
    _constants(content, guess, platform, told)
    if guess.grain in ("orders", "order_items"):
        _order_rules(content, guess, told)
    _words(content, guess, told)
    stored = content["columns"]
    content["required"] = _required(guess, stored)
    known = content.get("kinds", {})
    content["kinds"] = {
        target: known.get(target, kind_in(target, set(stored))) for target in stored
    }
    if guess.grain in _AHEAD:
        content["future"] = True
        content["shop_wide"] = guess.grain != "product_costs" or content.get("shop_wide", True)
    if guess.grain in OF_ADS:
        content["merge"] = True
    check_mapping(content)
    return content


def content_of(layout: Layout) -> dict[str, Any]:
    """A layout back as the content of its file, without what is at its default."""
    content: dict[str, Any] = {}
    for field in fields(Layout):
        value = getattr(layout, field.name)
        match field.name:
            case "layout_id":
                content["id"] = value
            case "rules":
                content["columns"] = {rule.target: list(rule.headers) for rule in value}
                content["kinds"] = {rule.target: rule.kind for rule in value}
            case "orders" | "melt":
                if value not in (None, OrderRules()):
                    content[field.name] = _fields_of(value)
            case _:
                if value != _default(field):
                    content[field.name] = _plain(value)
    return content


def _fields_of(value: OrderRules | Melt) -> dict[str, Any]:
    """What a value says, without what is at its default."""
    given = ((field, getattr(value, field.name)) for field in fields(value))
    return {field.name: _plain(one) for field, one in given if one != _default(field)}


def _default(field: Field[Any]) -> Any:
    """A field's default; ``MISSING``, which equals nothing, where it has none."""
    return field.default if field.default_factory is MISSING else field.default_factory()


# --- from choices to content -----------------------------------------------------------------


def _apply(told: Mapping[str, str], chosen: dict[int, str], guess: Guess) -> None:
    """Answers that name a column set its target, unless a person gave the column another one."""
    places = {column.header: column.place for column in reversed(guess.columns)}
    for key, target in (("paid_at", "orders.paid_at"), ("customer", "orders.customer_key")):
        place = places.get(told.get(key, ""))
        if place is None or chosen.get(place, "") != guess.targets.get(place, ""):
            continue
        was, chosen[place] = chosen.get(place, ""), target
        if was == "orders.created_at":  # the other day is then that of the order
            dated = (question for question in guess.questions if question.key == "paid_at")
            others = [places[name] for one in dated for name, _ in one.options if name in places]
            for other in others:
                if not chosen.get(other):
                    chosen[other] = was
                    break


def _columns(guess: Guess, chosen: Mapping[int, str]) -> dict[str, list[str]]:
    """Stored column -> headers of its columns, best first.

    Where a layout is near, its order of columns stands, and so do its further columns of what a
    person left as it was.
    """
    headers = [column.header for column in guess.columns]
    names, columns = _rule_headers(headers), dict[str, list[str]]()
    if guess.nearest is not None:
        main = rule_places(guess.nearest, headers)
        for target, found in feeding(guess.nearest, headers).items():
            kept = [p for p in found if target == chosen.get(p) or main[p] == chosen.get(p)]
            if kept:
                columns[target] = [names[place] for place in kept]
    for place in sorted(chosen):
        known = columns.setdefault(chosen[place], [])
        if names[place] not in known:
            known.append(names[place])
    return columns


def _rule_headers(headers: Sequence[str]) -> list[str]:
    """Headers as rules name them: the second column of a name is ``name#2``."""
    seen: Counter[str] = Counter()
    names = []
    for header in headers:
        name = normalise_header(header)
        seen[name] += 1
        names.append(header if seen[name] == 1 else f"{header}#{seen[name]}")
    return names


def _required(guess: Guess, stored: Mapping[str, list[str]]) -> list[str]:
    """The stored columns that the file itself has, each name once."""
    places = zip(_rule_headers(guess.headers), guess.headers, strict=True)
    written = {name: header for name, header in places if normalise_header(header)}
    used = (written[name] for names in stored.values() for name in names if name in written)
    return list(dict.fromkeys(used))


def _rest_of(guess: Guess) -> dict[str, Any]:
    """What the nearest layout says besides its columns."""
    base = guess.nearest
    if base is None:
        return {}
    content = content_of(base)
    for name in ("required", "required_any", "template", "example", "reference", "columns"):
        content.pop(name, None)
    if base.melt is not None and not base.melt.pattern:
        # Its own columns would be all known, so the ones to melt are named.
        rest = {normalise_header(column.header) for column in guess.columns}
        names = [normalise_header(header) for header in guess.headers]
        melts = [re.escape(name) for name in names if name and name not in rest]
        if melts:
            content["melt"]["pattern"] = f"^({'|'.join(melts)})$"
        else:
            content.pop("melt")
    return content


def _constants(
    content: dict[str, Any], guess: Guess, platform: str, told: Mapping[str, str]
) -> None:
    grain, stored = content["grain"], content["columns"]
    constants = dict(content.get("constants", {}))
    if grain in _SOURCES:
        constants.setdefault(f"{grain}.source", platform)
    if grain == "traffic_agg" and guess.nearest is None:
        finest = {"product_id": "product", "keyword": "keyword", "campaign": "campaign",
                  "channel_l1": "channel"}  # fmt: skip
        level = next((w for c, w in finest.items() if f"{grain}.{c}" in stored), "shop")
        constants.setdefault("traffic_agg.grain", level)
    if grain in OF_ADS and f"{grain}.ad_platform" not in stored:
        constants.setdefault(
            f"{grain}.ad_platform", told.get("ad_platform", "").strip() or platform
        )
    for table in ("crm_campaigns", "content_daily", "private_domain_daily"):
        if grain == table and f"{table}.platform" not in stored:
            constants.setdefault(f"{table}.platform", platform)
    if grain == "payments" and "payments.type" not in stored:
        constants.setdefault("payments.type", "charge")
    status = f"{grain}.status"
    if told.get("status") and status in RAW and not {status, RAW[status]} & set(stored):
        constants[status] = told["status"]
    if constants:
        content["constants"] = constants


def _words(content: dict[str, Any], guess: Guess, told: Mapping[str, str]) -> None:
    """Columns in our words: where they come from, and what each of the platform's words means."""
    stored: dict[str, list[str]] = content["columns"]
    for target in of_table(guess.grain):
        raw = RAW.get(target, target)
        if raw in stored and target not in stored:
            stored[target] = list(stored[raw])
        if target not in stored:
            continue
        start = f"{WORD_PREFIX}{target}:"
        meanings = {word: ours for name, word, ours in guess.told.words if name == target}
        for key, ours in told.items():
            if key.startswith(start) and ours != UNKNOWN:
                meanings[key.removeprefix(start)] = ours
        known = content.setdefault("words", {}).get(target, {})
        content["words"][target] = {**known, **meanings}


def _order_rules(content: dict[str, Any], guess: Guess, told: Mapping[str, str]) -> None:
    stored: dict[str, list[str]] = content["columns"]
    rules = dict(content.get("orders", {}))
    if guess.grain == "order_items":
        rules["rows"] = "line"
        if guess.nearest is None:
            rules["money"] = told.get("money") or guess.told.money or "repeated"
            _complete_lines(stored, rules)
    words = dict(rules.get("status_map", {}))
    words.update(guess.told.statuses)
    words.update(
        (key.removeprefix(STATUS_PREFIX), status)
        for key, status in told.items()
        if key.startswith(STATUS_PREFIX)
    )
    if words:
        rules["status_map"] = words
    done = [*rules.get("refund_done", ()), *guess.told.refund_done]
    done += [
        key.removeprefix(REFUND_PREFIX)
        for key, answer in told.items()
        if key.startswith(REFUND_PREFIX) and answer == "yes"
    ]
    if done:
        rules["refund_done"] = list(dict.fromkeys(done))
    if refunds := guess.told.refunds or told.get("refunds", ""):
        rules["paid_excludes_refund"] = refunds
    if told.get("status") and "orders.status_raw" not in stored and "orders.paid_at" not in stored:
        rules["status"] = told["status"]
    if rules:
        content["orders"] = rules


def _complete_lines(stored: dict[str, list[str]], rules: dict[str, Any]) -> None:
    """Lines alone belong to orders of another file; shares of an order are also their lines'."""
    of_orders = {t for t in stored if t.startswith("orders.")}
    if of_orders <= {"orders.order_id", "orders.refunded_amount"} and "orders.order_id" in stored:
        for name in of_orders:
            stored[f"order_items.{name.partition('.')[2]}"] = stored.pop(name)
        return
    priced = {"order_items.quantity", "order_items.unit_price"} <= set(stored)
    if rules["money"] == "per_line" and not priced and "order_items.line_amount" not in stored:
        for name in ("orders.paid_amount", "orders.total_amount"):
            if name in stored:
                stored["order_items.line_amount"] = list(stored[name])
                return


def _plain(value: Any) -> Any:
    """A value of a layout as YAML and JSON have it."""
    if isinstance(value, (tuple, list)):
        return [_plain(one) for one in value]
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    return value
