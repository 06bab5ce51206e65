"""Every published list of headers is recognised as its own export, and as no other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from ecom.ingest import layouts
from ecom.ingest.recognition.recognise import recognise

_SOURCE = re.compile(r" \([^)]*\)$")  # where a header was seen


def test_published_headers_and_their_variants_are_their_own_export(shared_dir: Path) -> None:
    known = {layout.layout_id for layout in layouts()}
    exports = yaml.safe_load((shared_dir / "exports" / "exports.yaml").read_text("utf-8"))
    for export in exports:
        if export["id"] not in known:
            continue
        for name, headers in _header_sets(export):
            for order in (headers, headers[::-1]):
                match = recognise(order)
                assert match.layout is not None, (export["id"], name, match.missing)
                assert match.layout.layout_id == export["id"], name
                assert not match.tied, (export["id"], name)
    assert known & {export["id"] for export in exports}


def _header_sets(export: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """The headers, the headers with all others that were seen, and each variant.

    A variant is a list of its own when it has all that the export requires; else it is what some
    files have more. Variants that are told in words can't be checked.
    """
    headers = export["headers"]
    yield "headers", headers
    if more := export.get("also_seen"):
        yield "also seen", [*headers, *(_SOURCE.sub("", header) for header in more)]
    for name, variant in (export.get("headers_variants") or {}).items():
        if isinstance(variant, list):
            names = [header.replace("\\n", "\n") for header in variant if header != "…"]
            yield name, names if _is_whole(export, names) else [*headers, *names]


def _is_whole(export: dict[str, Any], names: list[str]) -> bool:
    required, groups = export.get("required_headers") or [], export.get("required_any") or []
    has_all = set(required) <= set(names) and all(set(group) & set(names) for group in groups)
    return has_all and bool(required or groups)
