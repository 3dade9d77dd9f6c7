"""Each toxic as a state machine: exact due times, nothing lost, nothing reordered."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncproof.faults.toxiproxy.toxics import (
    NEVER,
    TYPES,
    Dice,
    Emission,
    Item,
    Machine,
    Mark,
    SharedBandwidth,
)
from syncproof.faults.toxiproxy.toxics.machine import MS
from syncproof.faults.toxiproxy.toxics.toxic import Pipe

CHUNK = st.binary(min_size=1, max_size=600)
GAP = st.integers(0, 50 * MS)


def machine(kind: str, seed: str = "seed", **attributes: float) -> Machine:
    return TYPES[kind](**attributes).machine(Dice(seed))


def feed(tested: Machine, chunks: list[tuple[int, bytes]]) -> list[Emission]:
    """Feed chunks, each the given time after the one before, then EOF; all that was emitted."""
    now, emitted = 1_000_000 * MS, list(tested.start(1_000_000 * MS))
    for gap, chunk in chunks:
        now += gap
        emitted += tested.step(now, chunk)
    return emitted + tested.step(now, Mark.EOF)


def data(emitted: list[Emission]) -> bytes:
    return b"".join(item for _, item in emitted if isinstance(item, bytes))


LOSSLESS = st.one_of(
    st.just(("noop", {})),
    st.builds(
        lambda latency, jitter: ("latency", {"latency": latency, "jitter": jitter}),
        st.integers(0, 1000),
        st.integers(0, 1000),
    ),
    st.builds(lambda rate: ("bandwidth", {"rate": rate}), st.integers(1, 100_000)),
    st.builds(lambda delay: ("slow_close", {"delay": delay}), st.integers(0, 1000)),
    st.integers(1, 300).flatmap(
        lambda average: st.builds(
            lambda variation, delay: (
                "slicer",
                {"average_size": average, "size_variation": variation, "delay": delay},
            ),
            st.integers(0, average),
            st.integers(0, 1000),
        )
    ),
    st.builds(
        lambda rate, correlation: ("packet_loss", {"loss_rate": rate, "correlation": correlation}),
        st.floats(0, 0.5),
        st.floats(0, 0.2),
    ),
)


@given(LOSSLESS, st.lists(st.tuples(GAP, CHUNK), max_size=20), st.text(max_size=3))
def test_no_byte_is_lost_or_reordered_and_dues_never_go_back(
    kind: tuple[str, dict[str, float]], chunks: list[tuple[int, bytes]], seed: str
) -> None:
    emitted = feed(machine(kind[0], seed, **kind[1]), chunks)
    assert data(emitted) == b"".join(chunk for _, chunk in chunks)
    dues = [due for due, _ in emitted]
    assert dues == sorted(dues)
    assert emitted[-1][1] is Mark.EOF, "the end comes last"


@given(LOSSLESS, st.lists(st.tuples(GAP, CHUNK), min_size=1, max_size=20), st.text(max_size=3))
def test_nothing_is_due_before_it_came_and_the_same_seed_gives_the_same_dues(
    kind: tuple[str, dict[str, float]], chunks: list[tuple[int, bytes]], seed: str
) -> None:
    attributes = dict(kind[1])
    attributes.pop(
        "jitter", None
    )  # jitter may be early: Toxiproxy then sends at once, that is the driver's part
    once, again = machine(kind[0], seed, **attributes), machine(kind[0], seed, **attributes)
    now = 0
    for gap, chunk in chunks:
        now += gap
        emitted = once.step(now, chunk)
        assert all(due >= now for due, _ in emitted)
        assert emitted == again.step(now, chunk)


@given(st.integers(0, 10_000), st.lists(st.tuples(GAP, CHUNK), min_size=1, max_size=20))
def test_latency_is_exact(latency: int, chunks: list[tuple[int, bytes]]) -> None:
    tested, now = machine("latency", latency=latency), 0
    for gap, chunk in chunks:
        now += gap
        assert tested.step(now, chunk) == [(now + latency * MS, chunk)]


def test_an_end_is_not_delayed_by_latency_but_follows_the_data() -> None:
    tested = machine("latency", latency=10)
    assert tested.step(0, b"x") == [(10 * MS, b"x")]
    assert tested.step(MS, Mark.EOF) == [(10 * MS, Mark.EOF)]
    assert machine("latency", latency=10).step(MS, Mark.EOF) == [(MS, Mark.EOF)]


@given(st.integers(0, 100), st.integers(1, 100), st.text(max_size=5))
def test_jitter_is_whole_milliseconds_within_its_range(latency: int, jitter: int, seed: str) -> None:
    tested = machine("latency", seed, latency=latency, jitter=jitter)
    for number in range(1, 20):
        now = number * 1_000_000 * MS
        ((due, _),) = tested.step(now, b"x")
        late, rest = divmod(due - now, MS)
        assert rest == 0
        assert latency - jitter <= late < latency + jitter


@given(st.integers(1, 50_000), st.lists(CHUNK, min_size=1, max_size=20))
def test_bandwidth_paces_exactly_by_absolute_deadlines(rate: int, chunks: list[bytes]) -> None:
    tested, sent = machine("bandwidth", rate=rate), 0
    for chunk in chunks:
        emitted = tested.step(0, chunk)
        sent += len(chunk)
        exact = sent * MS / rate
        assert exact - len(chunks) <= emitted[-1][0] <= exact, "rounding down by less than 1 ns per chunk"
        assert all(len(item) <= rate * 100 for _, item in emitted if isinstance(item, bytes))


def test_bandwidth_gives_no_credit_for_idle_time() -> None:
    tested = machine("bandwidth", rate=1)
    assert tested.step(0, b"x")[0][0] == MS
    assert tested.step(1000 * MS, b"xx") == [(1002 * MS, b"xx")]


def test_bandwidth_of_zero_holds_data_but_not_an_end_with_nothing_ahead() -> None:
    assert machine("bandwidth", rate=0).step(5, b"x") == [(NEVER, b"x")]
    assert machine("bandwidth", rate=0).step(5, Mark.EOF) == [(5, Mark.EOF)]


def test_a_shared_bandwidth_is_one_pipe_for_all_links() -> None:
    pipe = Pipe()
    one, other = (SharedBandwidth(rate=1).machine(Dice("x", pipe)) for _ in range(2))
    assert one.step(0, b"xx") == [(2 * MS, b"xx")]
    assert other.step(0, b"x") == [(3 * MS, b"x")]
    assert one.step(0, Mark.EOF) == [(2 * MS, Mark.EOF)], "an end follows the data of its own link"
    assert other.step(10 * MS, b"x") == [(11 * MS, b"x")], "no credit for idle time"


def test_slow_close_delays_marks_only() -> None:
    tested = machine("slow_close", delay=7)
    assert tested.step(1, b"x") == [(1, b"x")]
    assert tested.step(2, Mark.EOF) == [(2 + 7 * MS, Mark.EOF)]


def test_timeout_starts_again_with_every_chunk_and_closes_on_its_tick() -> None:
    tested = machine("timeout", timeout=10)
    assert tested.start(0) == [(10 * MS, Mark.TICK)]
    assert tested.step(4 * MS, b"dropped") == [(14 * MS, Mark.TICK)]
    assert tested.step(14 * MS, Mark.TICK) == [(14 * MS, Mark.CLOSE)]
    assert machine("timeout", timeout=10).step(3, Mark.EOF) == [(3, Mark.EOF)]


def test_timeout_zero_never_closes() -> None:
    tested = machine("timeout", timeout=0)
    assert tested.start(0) == []
    assert tested.step(1, b"dropped") == []


@pytest.mark.parametrize("first", [b"x", Mark.EOF])
def test_reset_peer_swallows_the_first_thing(first: Item) -> None:
    tested = machine("reset_peer", timeout=3)
    assert tested.start(0) == []
    assert tested.step(5, first) == [(5 + 3 * MS, Mark.RESET)]


@given(st.integers(1, 300), st.integers(1, 5000), st.integers(0, 300), st.text(max_size=3))
def test_slicer_pieces_are_never_empty_and_of_about_the_size(
    average: int, size: int, variation: int, seed: str
) -> None:
    variation = min(variation, average)
    tested = machine("slicer", seed, average_size=average, size_variation=variation)
    pieces = [item for _, item in tested.step(0, bytes(size)) if isinstance(item, bytes)]
    assert sum(map(len, pieces)) == size
    assert all(1 <= len(piece) <= average + variation for piece in pieces)


def test_slicer_waits_after_each_piece_also_the_last() -> None:
    tested = machine("slicer", average_size=1, delay=5)
    assert tested.step(0, b"ab") == [(0, b"a"), (5000, b"b")]
    assert tested.step(1, b"c") == [(10_000, b"c")]


@given(st.integers(-5, 1000), st.lists(CHUNK, min_size=1, max_size=10))
def test_limit_data_passes_exactly_so_many_bytes(limit: int, chunks: list[bytes]) -> None:
    tested, emitted = machine("limit_data", bytes=limit), list[Emission]()
    for chunk in chunks:
        emitted += tested.step(0, chunk)
        if emitted and emitted[-1][1] is Mark.CLOSE:
            break
    total = b"".join(chunks)
    assert data(emitted) == total[: max(0, limit)]
    assert ((0, Mark.CLOSE) in emitted) is (len(total) >= limit)


def test_hold_keeps_everything() -> None:
    for item in (b"x", Mark.EOF, Mark.CLOSE):
        assert machine("hold").step(0, item) == [(NEVER, item)]


def test_packet_loss_comes_at_its_rate() -> None:
    tested = machine("packet_loss", loss_rate=0.2, retransmit=0)
    passed = sum(bool(tested.step(number, b"x")) for number in range(5000))
    assert 3850 <= passed <= 4150


def test_correlation_makes_losses_come_in_bursts() -> None:
    def bursts(correlation: float) -> int:
        tested = machine("packet_loss", loss_rate=0.1, correlation=correlation, retransmit=0)
        lost = [not tested.step(number, b"x") for number in range(5000)]
        return sum(one and two for one, two in pairwise(lost))

    assert bursts(0.6) > 3 * bursts(0.0)


def test_a_lost_chunk_is_late_by_doubling_timeouts() -> None:
    tested = machine("packet_loss", loss_rate=0.5, retransmit=100)
    late = {tested.step(number * 10**15, b"x")[0][0] - number * 10**15 for number in range(200)}
    assert late <= {0} | {(2**losses - 1) * 100 * MS for losses in range(12)}
    assert {0, 100 * MS, 300 * MS} <= late


def test_with_every_packet_lost_nothing_ever_passes() -> None:
    assert machine("packet_loss", loss_rate=1.0).step(0, b"x") == [(NEVER, b"x")]
