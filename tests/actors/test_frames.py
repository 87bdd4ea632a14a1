from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode

from actors.frames import WHOLE_BYTES, FrameCutter

PAYLOADS = st.one_of(st.binary(max_size=300), st.integers(65_000, 66_000).map(bytes))
FRAMES = st.builds(
    lambda opcode, data, fin: (opcode, data if opcode < 8 else data[:125], fin or opcode >= 8),
    st.sampled_from([Opcode.TEXT, Opcode.BINARY, Opcode.CONT, Opcode.PING, Opcode.PONG, Opcode.CLOSE]),
    PAYLOADS,
    st.booleans(),
)


def raw(opcode: Opcode, data: bytes, fin: bool) -> bytes:
    return Frame(opcode, data, fin).serialize(mask=False)


@given(frames=st.lists(FRAMES, max_size=8), cuts=st.lists(st.integers(1, 70_000), max_size=30))
def test_frames_come_out_whole_and_in_order_wherever_the_stream_is_cut(
    frames: list[tuple[Opcode, bytes, bool]], cuts: list[int]
) -> None:
    stream = b"".join(raw(*frame) for frame in frames)
    cutter = FrameCutter()
    out: list[tuple[bool, bytes]] = []
    at = 0
    for size in [*cuts, len(stream)]:
        if at < len(stream):
            out += cutter.cut(stream[at : at + size])
            at += size
    expected = [
        (True, data) if opcode is Opcode.TEXT and fin else (False, raw(opcode, data, fin))
        for opcode, data, fin in frames
    ]
    assert out == expected


def test_a_stream_cut_into_single_bytes_is_the_same() -> None:
    stream = raw(Opcode.TEXT, b"one", True) + raw(Opcode.PING, b"x", True)
    stream += raw(Opcode.TEXT, b"t" * 70_000, True)
    cutter = FrameCutter()
    out = [frame for i in range(len(stream)) for frame in cutter.cut(stream[i : i + 1])]
    assert out == [(True, b"one"), (False, raw(Opcode.PING, b"x", True)), (True, b"t" * 70_000)]


def test_a_masked_or_endless_frame_is_left_to_the_core() -> None:
    masked = Frame(Opcode.TEXT, b"abc").serialize(mask=True)
    assert FrameCutter().cut(masked) == [(False, masked)]
    endless = b"\x81\x7f" + (WHOLE_BYTES + 1).to_bytes(8, "big") + b"x"
    assert FrameCutter().cut(endless) == [(False, endless)]
