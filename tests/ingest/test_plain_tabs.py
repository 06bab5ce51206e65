"""Tab text without quoting: what is filled up, and what is left to be reported."""

from __future__ import annotations

import pytest

from ecom.ingest.files.plain_tabs import with_quoting


def test_empty_cells_that_were_cut_off_come_back() -> None:
    assert with_quoting(b"a\tb\n1\n", 4) == b"a\tb\t\t\n1\t\t\t\n"


def test_a_quotation_mark_that_is_never_closed_is_a_character() -> None:
    assert with_quoting(b'1\t"Best" 10" lamp\t2\n', 3) == b'1\t"""Best"" 10"" lamp"\t2\n'


def test_a_line_with_a_cell_too_many_says_so_too_where_text_follows_its_second_mark() -> None:
    body = b'1\t"Best" 10" lamp\t2\tx\n3\n'
    assert with_quoting(body, 3) == b'1\t"""Best"" 10"" lamp"\t2\tx\n3\t\t\n'


@pytest.mark.parametrize(
    "body",
    [
        b'1\t"a\tb"\t2\n',  # a tab in a quoted cell
        b'1\t"a ""b""\tc"\t2\n',  # a quotation in it
        b'1\t"a\nb"\t2\n',  # a line break in one
        b"1\tb\t2\n3\t4\n",  # one tab missing in one line
        b"1\t\t\n3\n4\n",  # a writer that keeps empty cells at the end
        b"1\tlong\nname\t2\n",  # a line break in a cell without quotes: 1 and 1 tabs are 2
        b"1\tb\t2\n3",  # the last line may have been cut
    ],
)
def test_what_may_be_something_else_is_left_alone(body: bytes) -> None:
    assert with_quoting(body, 3) == body
