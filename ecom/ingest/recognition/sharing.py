"""Mappings as files that can be shared: a layout file with the headers it is for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from ecom.errors import EcomError
from ecom.ingest.recognition.checking import check_mapping
from ecom.ingest.recognition.shape import is_texts, unusable
from ecom.text import message

MOST_CHARACTERS = 200_000  # ours have some thousand
_DEEPEST = 8


def mapping_to_yaml(content: Mapping[str, Any], headers: Sequence[str]) -> str:
    """A mapping as a file to share: a layout file and the headers it is for."""
    shared = {**content, "headers": list(headers)}
    return yaml.safe_dump(shared, allow_unicode=True, sort_keys=False, width=100)


def mapping_from_yaml(text: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Read a shared mapping.

    Returns
    -------
    (content of a layout file, headers)

    Raises
    ------
    UnusableMapping
        The text is no YAML, too large, nested or aliased, or the mapping is not sound.
    """
    if len(text) > MOST_CHARACTERS:
        raise unusable(message("The file is too large for a mapping."))
    try:
        depth = 0
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if isinstance(event, yaml.AliasEvent) or depth > _DEEPEST:
                raise unusable(message("The file is built in a way that mappings never are."))
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise unusable(message("Line {line} of the file is not YAML.", line=line)) from error
    except ValueError as error:  # a date such as 2026-99-99
        if isinstance(error, EcomError):
            raise
        raise unusable(message("The mapping is not sound: {reason}.", reason=str(error))) from error
    if not isinstance(content, dict):
        raise unusable(message("The file holds no mapping."))
    headers = content.pop("headers", content.get("reference"))
    if not is_texts(headers) or not headers:
        raise unusable(message("The file does not say which headers it is for."))
    content["evidence"] = "taught"
    content.pop("template", None)
    check_mapping(content)
    return content, tuple(headers)
