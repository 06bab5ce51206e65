"""Tags, click ids and hosts of a log's addresses."""

from __future__ import annotations

import pyarrow as pa
import pytest

from ecom.ingest.tables.web_addresses import with_origins


def read(**columns: list[str | None]) -> dict[str, list[str | None]]:
    table = pa.table({name: pa.array(cells, pa.string()) for name, cells in columns.items()})
    return with_origins(table).to_pydict()


@pytest.mark.parametrize(
    ("page", "left", "click", "campaign"),
    [
        ("/a?utm_campaign=618&x=1", "/a?x=1", None, "618"),
        ("/a?x=1&utm_campaign=a%20b+c&gclid=7#top", "/a?x=1#top", "gclid", "a b c"),
        ("https://shop.cn/?utm_source=x&utm_campaign=y", "https://shop.cn/", None, "y"),
        ("/item.htm?id=5&spm=a.b&y=2", "/item.htm?id=5&y=2", None, None),
        ("/a?fbclid=1", "/a", "fbclid", None),
        ("/a?fbclid=1&msclkid=2", "/a", "msclkid", None),
        ("/a?gclid=", "/a", None, None),
        ("/a?my_gclid=1", "/a?my_gclid=1", None, None),
        ("/a?b=/c?d", "/a?b=/c?d", None, None),
    ],
)
def test_a_page_is_freed_of_what_its_link_was_tagged_with(
    page: str, left: str, click: str | None, campaign: str | None
) -> None:
    found = read(page=[page, "/?utm_source=other"])
    assert (found["page"][0], found["click"][0], found["campaign"][0]) == (left, click, campaign)


def test_tags_speak_only_where_the_log_does_not() -> None:
    pages: list[str | None] = ["/?utm_source=a&utm_medium=b", "/?utm_source=a&utm_medium=b", None]
    found = read(page=pages, source=["mine", None, None])
    assert found["source"] == ["mine", "a", None]
    assert found["medium"] == [None, "b", None]


def test_a_log_without_tags_is_left_as_it_is() -> None:
    assert read(page=["/a?id=1", None]) == {"page": ["/a?id=1", None]}


@pytest.mark.parametrize(
    ("referrer", "host"),
    [
        ("https://www.google.com/search?q=x", "google.com"),
        ("//M.Baidu.com:8080/", "m.baidu.com"),
        ("https://me:secret@host.cn/x", "host.cn"),
        ("android-app://com.google.android.gm/", "com.google.android.gm"),
        ("bing.com", "bing.com"),
        ("$direct", "$direct"),
        (None, None),
        ("https://shop.cn/cart", None),  # a page of the same site
    ],
)
def test_of_the_page_before_the_host_stays(referrer: str | None, host: str | None) -> None:
    assert read(page=["https://www.shop.cn/a"], referrer=[referrer])["referrer"] == [host]
