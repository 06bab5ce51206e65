"""What a person chose in the list of unknown SKUs, as a batch like any other."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

import pyarrow as pa

from ecom.errors import InvalidParameter
from ecom.store import Batch, Shop, Staged, Store
from ecom.text import message

LAYOUT_ID = "sku_map_edit"


@dataclass(frozen=True, slots=True, order=True)
class SkuChoice:
    """One line of the map: what ``shop_id`` calls ``platform_sku`` the seller calls ``sku``."""

    shop_id: str
    platform_sku: str
    sku: str


def map_skus(
    store: Store, choices: Iterable[SkuChoice], *, when: datetime | None = None
) -> tuple[Batch, ...]:
    """Store choices, one batch a shop, all or none.

    They are undone like any batch; a later choice for the same SKU counts instead of an earlier.

    Parameters
    ----------
    when : UTC without a zone mark; default now.

    Raises
    ------
    InvalidParameter
        Nothing was chosen, a name is blank, a shop is unknown, or one SKU has two names.
    """
    ordered = sorted(set(choices))
    known = {shop.shop_id: shop for shop in store.shops()}
    _check(ordered, known)
    moment = when or datetime.now(UTC).replace(tzinfo=None)
    return store.load(
        *(
            _staged(known[shop_id], tuple(chosen), moment)
            for shop_id, chosen in groupby(ordered, key=lambda choice: choice.shop_id)
        )
    )


def _check(choices: list[SkuChoice], known: dict[str, Shop]) -> None:
    if not choices:
        raise InvalidParameter(
            message("No SKU was chosen."), message("Choose the seller's SKU in at least one row.")
        )
    seen: dict[tuple[str, str], str] = {}
    for choice in choices:
        if choice.shop_id not in known:
            raise InvalidParameter.not_one_of("shop", choice.shop_id, known)
        if not choice.platform_sku.strip() or not choice.sku.strip():
            raise InvalidParameter(
                message(
                    "“{shop_sku}” can't be mapped to “{sku}”.",
                    shop_sku=choice.platform_sku,
                    sku=choice.sku,
                ),
                message("Both names need at least one character."),
            )
        other = seen.setdefault((choice.shop_id, choice.platform_sku), choice.sku)
        if other != choice.sku:
            raise InvalidParameter(
                message(
                    "“{shop_sku}” was mapped to both “{one}” and “{other}”.",
                    shop_sku=choice.platform_sku,
                    one=other,
                    other=choice.sku,
                ),
                message("Choose one of them."),
            )


def _staged(shop: Shop, choices: tuple[SkuChoice, ...], moment: datetime) -> Staged:
    rows = pa.table(
        {
            "source_row": pa.array(range(1, len(choices) + 1), pa.int32()),
            **{
                name: pa.array([getattr(choice, name) for choice in choices], pa.string())
                for name in ("shop_id", "platform_sku", "sku")
            },
        }
    )
    # The moment is part of it: choosing the same again after another choice is news.
    digest = hashlib.sha256(repr((choices, moment)).encode()).hexdigest()
    return Staged(
        layout_id=LAYOUT_ID,
        shop=shop,
        file_name=f"sku_map_{moment:%Y%m%d_%H%M%S}",
        file_sha256=digest,
        tables={"sku_map": rows},
        grain="sku_map",
        rows_read=len(choices),
        source_updated_at=moment,
    )
