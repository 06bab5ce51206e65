"""Ids that hold across files: a product and a buyer are called the same wherever they appear."""

from __future__ import annotations

from typing import Any

import numpy as np

from ecom.demo.catalogue import Catalogue

_FIRST_PRODUCT = {
    "tmall": 6_100_200_300_400_500_017,
    "douyin": 3_510_200_300_400_500_029,
    "shopify": 8_100_200_300_411,
}
_PRODUCT_STEP = {"tmall": 1_000_003_017, "douyin": 1_000_005_011, "shopify": 32_771}


def product_ids(platform: str, catalogue: Catalogue) -> list[str]:
    """A platform's product ids, one a product family, in catalogue order."""
    first, step = _FIRST_PRODUCT[platform], _PRODUCT_STEP[platform]
    return [str(first + step * number) for number in range(len(catalogue.families))]


def sku_product_ids(platform: str, catalogue: Catalogue) -> list[str]:
    """The platform's product id of each SKU."""
    ids = product_ids(platform, catalogue)
    return [ids[family] for family in catalogue.family_codes]


def buyer_names(platform: str, customers: Any) -> list[str]:
    """What a platform calls its buyers: nick, phone or e-mail, plainly made up."""
    pattern = {
        "tmall": "demo_buyer_{:06d}",
        "douyin": "1000{:07d}",  # no Chinese mobile number starts with 10
        "shopify": "buyer{:06d}@example.com",
    }[platform]
    return [pattern.format(number) for number in np.asarray(customers).tolist()]


def scrambled(numbers: Any, prefix: str) -> list[str]:
    """Distinct tokens for distinct numbers below 2^32, without a visible order."""
    mixed = (np.asarray(numbers, dtype=np.uint64) * np.uint64(2_654_435_761)) % np.uint64(2**32)
    return [f"{prefix}{value:08x}" for value in mixed.tolist()]
