"""The measuring client reads and writes frames as in RFC 6455, however the bytes arrive."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import frames

EDGES = [0, 125, 126, 127, 65535, 65536]  # sizes at which the encoding of the length changes
PAYLOAD = st.one_of(st.binary(max_size=300), st.sampled_from(EDGES).map(bytes))
PAYLOADS = st.lists(PAYLOAD, max_size=6)


def from_server(payload: bytes, opcode: int = frames.TEXT) -> bytes:
    """A frame as a server sends it: complete, and not masked."""
    length = len(payload)
    if length < 126:
        head = bytes((0x80 | opcode, length))
    elif length < 65536:
        head = bytes((0x80 | opcode, 126, *length.to_bytes(2, "big")))
    else:
        head = bytes((0x80 | opcode, 127, *length.to_bytes(8, "big")))
    return head + payload


@given(PAYLOADS, st.lists(st.integers(0, 70_000), max_size=8))
def test_frames_are_found_wherever_the_bytes_are_cut(
    payloads: list[bytes], cuts: list[int]
) -> None:
    stream = b"".join(map(from_server, payloads))
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    received, left = [], b""
    for start, end in itertools.pairwise(edges):
        some, left = frames.split(left + stream[start:end])
        received += some
    assert received == [(frames.TEXT, payload) for payload in payloads]
    assert left == b""


@given(st.binary(max_size=3), st.binary(min_size=1, max_size=300))
def test_the_beginning_of_a_frame_is_kept_until_the_rest_has_come(head: bytes, tail: bytes) -> None:
    whole, cut = from_server(head), from_server(tail)[:-1]
    assert frames.split(whole + cut) == ([(frames.TEXT, head)], cut)


@pytest.mark.parametrize("first", [b"\x01\x01a", b"\x81\x81maskb"], ids=["fragment", "masked"])
def test_what_no_server_should_send_is_refused(first: bytes) -> None:
    with pytest.raises(ValueError, match="masked or fragmented"):
        frames.split(first)


@given(PAYLOAD)
def test_a_masked_frame_says_what_it_was_given(payload: bytes) -> None:
    frame = frames.Mask().frame(payload)
    length, start = frame[1] & 0x7F, 2
    assert frame[1] & 0x80, "clients must mask"
    if length == 126:
        length, start = int.from_bytes(frame[2:4], "big"), 4
    elif length == 127:
        length, start = int.from_bytes(frame[2:10], "big"), 10
    key, masked = frame[start : start + 4], frame[start + 4 :]
    assert length == len(payload) == len(masked)
    assert bytes(byte ^ key[place % 4] for place, byte in enumerate(masked)) == payload
