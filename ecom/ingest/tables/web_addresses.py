"""What the addresses of a log's pages say of where a visit came from.

Tags of the link (``utm_*``) fill in for columns that a log doesn't have, the name of a click id
tells ads from other links, and both go from the page: else each click would be a page of its own.
Of the page before only the host stays, which is all that a channel needs.
"""

from __future__ import annotations

from functools import partial
from urllib.parse import unquote_plus

import pyarrow as pa
import pyarrow.compute as pc

from ecom.channels.lists import LISTS
from ecom.ingest.cells.columns import optional, put
from ecom.ingest.cells.text import by_value

TAGS = ("source", "medium", "campaign")
CLICK_IDS = (*LISTS["ads"], "fbclid", "ttclid", "twclid", "li_fat_id", "igshid")
_TRACKING = "|".join((r"utm_\w+", *CLICK_IDS, "spm", "scm", "_ga", "_gl", "mc_cid", "mc_eid"))
_HOST = r"^(?:(?:[A-Za-z][A-Za-z0-9+.-]*:)?//)?(?:[^/@?#]*@)?(?:www\.)?([^/:?#]*).*$"


def with_origins(events: pa.Table) -> pa.Table:
    """Events with ``referrer`` as a host, ``click``, tags, and pages without any of them."""
    page = optional(events, "page")
    if "referrer" in events.column_names:
        events = put(events, "referrer", _outer_hosts(optional(events, "referrer"), page))
    if not pc.any(pc.match_substring_regex(page, rf"[?&](?:{_TRACKING})=")).as_py():
        return events
    told = [optional(events, name) for name in TAGS]
    is_untold = pc.and_(pc.and_(*map(pc.is_null, told[:2])), pc.is_null(told[2]))
    for name, given in zip(TAGS, told, strict=True):
        tag = by_value(page, partial(_tag, name=f"utm_{name}"))
        events = put(events, name, pc.if_else(is_untold, tag, given))
    events = put(events, "click", by_value(page, _click))
    return put(events, "page", by_value(page, _untracked))


def _outer_hosts(referrers: pa.Array, pages: pa.Array) -> pa.Array:
    """Hosts in lower case without ``www.``; none where a page of the same site came before."""
    hosts = by_value(referrers, _hosts)
    has_host = pc.match_substring(pages, "//").fill_null(False)
    if not pc.any(has_host).as_py():
        return hosts
    is_own = pc.and_(has_host, pc.equal(by_value(pages, _hosts), hosts).fill_null(False))
    return pc.if_else(is_own, pa.scalar(None, pa.string()), hosts)


def _hosts(addresses: pa.Array) -> pa.Array:
    return pc.utf8_lower(pc.replace_substring_regex(addresses, _HOST, r"\1"))


def _tag(pages: pa.Array, *, name: str) -> pa.Array:
    found = pc.extract_regex(pages, rf"[?&]{name}=(?P<value>[^&#]+)").field("value")
    return pa.array(
        [None if one is None else unquote_plus(one).strip() or None for one in found.to_pylist()],
        pa.string(),
    )


def _click(pages: pa.Array) -> pa.Array:
    found = pa.nulls(len(pages), pa.string())
    for name in CLICK_IDS:
        is_there = pc.match_substring_regex(pages, f"[?&]{name}=[^&#]")
        found = pc.coalesce(found, pc.if_else(is_there, name, pa.scalar(None, pa.string())))
    return found


def _untracked(pages: pa.Array) -> pa.Array:
    left = pc.replace_substring_regex(pages, rf"([?&])(?:(?:{_TRACKING})=[^&#]*&?)+", r"\1")
    return pc.replace_substring_regex(left, r"[?&]+(#|$)", r"\1")
