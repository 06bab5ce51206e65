"""Proposals for unknown codes: spelling, ids, names; nothing where it is not clear."""

from __future__ import annotations

import pytest

from ecom.models.matching import Because, Coded, Proposal, bare, propose


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SKU-007", "sku 7"),
        ("Ｌ１２－Ｗ", "l12w"),
        ("00123", "123"),
        ("123.0", "123"),
        ("a_b.c/d", "ABCD"),
        ("A-0100", "a100"),
    ],
)
def test_spellings_of_one_code_are_equal(one: str, other: str) -> None:
    assert bare(one) == bare(other)


@pytest.mark.parametrize(("one", "other"), [("A10", "A1"), ("100", "1"), ("L12-W", "L12-B")])
def test_other_codes_stay_apart(one: str, other: str) -> None:
    assert bare(one) != bare(other)


def test_spelling_goes_before_id_and_id_before_name() -> None:
    known = [
        Coded("L12-W", "Desk lamp L12 white", "P1"),
        Coded("H20", "Humidifier H20", "P2"),
        Coded("C16", "Ceiling light C16", "P3"),
    ]
    unknown = [
        Coded("l12w", "Humidifier H20", "P2"),
        Coded("X", "Ceiling light C16", "P2"),
        Coded("P3"),
        Coded("Y", "light ceiling  C16"),
        Coded("Z", "Garden hose"),
    ]
    # The words of Y are those of C16 in another order; Z is like nothing.
    assert propose(unknown, known) == (
        Proposal("L12-W", Because.SPELLING, 1.0),
        Proposal("H20", Because.PRODUCT_ID, 1.0),
        Proposal("C16", Because.PRODUCT_ID, 1.0),
        Proposal("C16", Because.NAME, pytest.approx(1.0, abs=0.05)),
        None,
    )


def test_what_fits_two_products_decides_nothing() -> None:
    known = [Coded("A-1", "", "P"), Coded("A1", "", "P")]
    assert propose([Coded("a 1", "", "P")], known) == (None,)


def test_without_anything_known_nothing_is_proposed() -> None:
    assert propose([Coded("A", "Lamp")], []) == (None,)
    assert propose([], [Coded("A", "Lamp")]) == ()
