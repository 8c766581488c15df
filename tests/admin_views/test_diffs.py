"""Two texts side by side."""

from hypothesis import given
from hypothesis import strategies as st

from admin_views.diffs import KEPT, Piece, diff


def test_words_are_told_apart_and_what_is_alike_stays():
    assert diff("a red box", "a blue box") == [
        Piece("same", "a "),
        Piece("removed", "red"),
        Piece("added", "blue"),
        Piece("same", " box"),
    ]


def test_long_stretches_that_are_alike_are_cut_in_their_middle():
    same, added = diff("x" * 10 + "word " * 200, "x" * 10 + "word " * 200 + "end")

    assert len(same.text) == 2 * KEPT + 3
    assert added == Piece("added", "end")


def test_texts_of_many_words_are_compared_by_lines_and_those_of_many_lines_not_at_all():
    words = "many words and " * 1_000
    lines = "line\n" * 2_000

    assert diff(f"{words}\nold\n", f"{words}\nnew\n")[1:] == [Piece("removed", "old\n"), Piece("added", "new\n")]
    assert diff(lines, f"{lines}.") == [Piece("removed", lines), Piece("added", f"{lines}.")]


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_side_loses_anything(before, after):
    pieces = diff(before, after)

    assert "".join(piece.text for piece in pieces if piece.kind != "added") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == after
