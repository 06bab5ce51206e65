"""What shops are called."""

from __future__ import annotations

from ecom.store import Shop, shop_names


def test_a_shop_goes_by_its_name_and_namesakes_are_told_apart() -> None:
    shops = (
        Shop("tmall-1", "tmall", "旗舰店"),
        Shop("jd-1", "jd", "旗舰店"),
        Shop("site", "own", "The site"),
        Shop("a"),
        Shop("b"),
    )
    assert shop_names(shops) == {
        "tmall-1": "旗舰店 (tmall-1)",
        "jd-1": "旗舰店 (jd-1)",
        "site": "The site",
        "a": "a",
        "b": "b",
    }
    assert len(set(shop_names(shops).values())) == len(shops)
