"""Ways against answers added up by hand, and against a slow reading of each single visit."""

from __future__ import annotations

from collections import Counter
from itertools import groupby

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecom.models import paths
from ecom.models.paths import COLUMNS, EDGE, MORE, OTHER


def ways(*rows: tuple[str, int, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["way", "sessions", "buying_sessions"])


def counts(frame: pd.DataFrame) -> dict[str, int]:
    return dict(zip(frame["way"], frame["sessions"], strict=True))


# H home, L list, P product, C cart. 3 + 2 + 4 + 1 = 10 visits, 2 of them bought.
SHOP = ways(("HHLP", 3, 0), ("HLLP", 2, 1), ("P", 4, 0), ("HPHPPC", 1, 1))


def test_immediate_repeats_are_one_step() -> None:
    found = paths.folded(SHOP)
    assert found.values.tolist() == [
        ["HLP", 3, 0], ["HLP", 2, 1], ["P", 4, 0], ["HPHPC", 1, 1],
    ]  # fmt: skip


def test_what_happens_at_each_step() -> None:
    found = paths.step_counts(SHOP)
    # Home: 3 + 2 + 1 visits; hit 3 × 2 + 2 × 1 + 1 × 2; come back to by the last visit, once.
    assert found.loc["H"].to_dict() == {
        "sessions": 6, "hits": 10, "runs": 7, "landings": 6, "exits": 0, "single": 0,
        "landed_buying": 2, "returning": 1, "returns": 1,
    }  # fmt: skip
    # Product: all 10 visits; hit 3 + 2 + 4 + 3; 4 landed, and 3 + 2 + 4 left there.
    assert found.loc["P"].to_dict() == {
        "sessions": 10, "hits": 12, "runs": 11, "landings": 4, "exits": 9, "single": 4,
        "landed_buying": 0, "returning": 1, "returns": 1,
    }  # fmt: skip
    assert found["exits"].sum() == found["landings"].sum() == 10


def test_windows_show_where_a_visit_begins_and_ends() -> None:
    found = paths.folded(SHOP)
    assert counts(paths.after_landing(found)) == {"HLP.": 5, "P.": 4, "HPHPC": 1}
    assert counts(paths.before_leaving(found)) == {".HLP": 5, ".P": 4, "HPHPC": 1}


@pytest.mark.parametrize(
    ("way", "part"),
    [
        ("HPC", "PC"),
        ("PHPC", "PHPC"),  # from the first product
        ("PCPC", "PC"),  # to the first cart after it
        ("CHP", None),  # the cart came before
        ("PABHLC", "PAB" + MORE + "C"),
        ("PABHC", "PABHC"),
    ],
)
def test_between_two_steps(way: str, part: str | None) -> None:
    found = paths.between(ways((way, 1, 0)), "P", "C")
    assert found["way"].tolist() == ([] if part is None else [part])


def test_a_step_may_be_followed_to_itself() -> None:
    assert paths.between(ways(("PHP", 2, 0), ("PH", 1, 0)), "P", "P")["way"].tolist() == ["PHP"]


def test_a_flow_links_neighbouring_columns() -> None:
    found = paths.flow(paths.after_landing(paths.folded(SHOP)), align="first")
    links = {tuple(row[:4]): row[4] for row in found.links.values.tolist()}
    assert links == {
        (0, "H", 1, "L"): 5, (1, "L", 2, "P"): 5, (2, "P", 3, EDGE): 5, (0, "P", 1, EDGE): 4,
        (0, "H", 1, "P"): 1, (1, "P", 2, "H"): 1, (2, "H", 3, "P"): 1, (3, "P", 4, "C"): 1,
    }  # fmt: skip
    assert found.nodes[found.nodes["column"] == 0].values.tolist() == [[0, "H", 6], [0, "P", 4]]


def test_a_flow_of_last_steps_ends_in_the_last_column() -> None:
    found = paths.flow(paths.before_leaving(ways(("HP", 3, 0), ("P", 2, 0))), align="last")
    assert found.links.values.tolist() == [
        [2, EDGE, 3, "H", 3], [3, EDGE, 4, "P", 2], [3, "H", 4, "P", 3],
    ]  # fmt: skip


def test_a_flow_between_two_steps_keeps_its_end_in_the_last_column() -> None:
    windows = paths.between(ways(("PC", 7, 0), ("PHC", 2, 0)), "P", "C")
    found = paths.flow(windows, align="both")
    assert found.links.values.tolist() == [
        [0, "P", 1, "H", 2], [0, "P", 4, "C", 7], [1, "H", 4, "C", 2],
    ]  # fmt: skip


def test_a_column_has_at_most_eight_nodes() -> None:
    rows = [(f"S{letter}", 20 - place, 0) for place, letter in enumerate("abcdefghij")]
    found = paths.flow(paths.after_landing(ways(*rows, ("S", 1, 0))), align="first")
    second = found.nodes[found.nodes["column"] == 1]
    assert "".join(second["step"]) == f"abcdef{OTHER}{EDGE}"
    # g to j: 14 + 13 + 12 + 11
    assert second.set_index("step").loc[OTHER, "sessions"] == 50


def test_no_ways_make_no_flow() -> None:
    nothing = paths.folded(ways())
    assert paths.step_counts(nothing).empty
    for windows in (paths.after_landing(nothing), paths.between(nothing, "P", "C")):
        found = paths.flow(windows, align="first")
        assert found.nodes.empty
        assert found.links.empty


# --- against each visit by itself -----------------------------------------------------------------

visits = st.lists(
    st.tuples(st.text("abcd", min_size=1, max_size=8), st.integers(1, 3), st.booleans()),
    min_size=1,
    max_size=12,
)


def single(found: list[tuple[str, int, bool]]) -> list[tuple[str, bool]]:
    """Each visit: its steps without immediate repeats, and whether it bought."""
    return [
        ("".join(letter for letter, _ in groupby(way)), bought)
        for way, sessions, bought in found
        for _ in range(sessions)
    ]


@given(visits)
def test_steps_equal_those_of_single_visits(found: list[tuple[str, int, bool]]) -> None:
    given_ways = ways(*((way, count, count * bought) for way, count, bought in found))
    steps, each = paths.step_counts(given_ways), single(found)
    for letter in {letter for way, _ in each for letter in way}:
        row = steps.loc[letter]
        assert row["sessions"] == sum(letter in way for way, _ in each)
        assert row["hits"] == sum(way.count(letter) * count for way, count, _ in found)
        assert row["runs"] == sum(way.count(letter) for way, _ in each)
        assert row["landings"] == sum(way[0] == letter for way, _ in each)
        assert row["exits"] == sum(way[-1] == letter for way, _ in each)
        assert row["single"] == sum(way == letter for way, _ in each)
        assert row["landed_buying"] == sum(bought for way, bought in each if way[0] == letter)
        assert row["returning"] == sum(way.count(letter) > 1 for way, _ in each)
        assert row["returns"] == sum(max(way.count(letter) - 1, 0) for way, _ in each)


@given(visits)
def test_flows_equal_those_of_single_visits(found: list[tuple[str, int, bool]]) -> None:
    given_ways = ways(*((way, count, 0) for way, count, _ in found))
    drawn = paths.flow(paths.after_landing(paths.folded(given_ways)), align="first")
    expected: Counter[tuple[int, str, int, str]] = Counter()
    for way, _ in single(found):
        steps = [*way, EDGE][:COLUMNS]
        for column in range(len(steps) - 1):
            expected[column, steps[column], column + 1, steps[column + 1]] += 1
    assert {tuple(row[:4]): row[4] for row in drawn.links.values.tolist()} == dict(expected)
