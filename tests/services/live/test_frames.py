"""Frames are what the standard asks for, and are joined without growing large."""

from services.live import frames


def test_a_change_names_its_place_and_is_one_line_of_json():
    frame = frames.change("place", "deploy", "update", ["1", "2"], 7)

    assert frame == b'event: change\nid: place\ndata: {"kind":"deploy","op":"update","ids":["1","2"],"count":7}\n\n'


def test_the_first_frame_says_when_to_come_back():
    assert frames.ready("place") == b"retry: 2000\nevent: ready\nid: place\ndata: {}\n\n"
    assert frames.ready() == b"retry: 2000\nevent: ready\ndata: {}\n\n"


def test_small_frames_are_sent_together_and_large_ones_are_not():
    small, large = [b"s" * 100] * 3, [b"l" * 10_000] * 3

    assert list(frames.in_pieces([])) == []
    assert list(frames.in_pieces(small)) == [b"s" * 300]
    assert list(frames.in_pieces(large)) == large
    assert b"".join(frames.in_pieces(small + large)) == b"".join(small + large)
