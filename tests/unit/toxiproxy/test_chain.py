"""The chain of toxics on one link, driven by explicit times."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from syncproof.faults.toxiproxy.toxics import NEVER, TYPES, Chain, Direction, Item, Mark, Toxic
from syncproof.faults.toxiproxy.toxics.machine import MS


def toxic(kind: str, name: str = "", toxicity: float = 1.0, **attributes: float) -> Toxic:
    return Toxic(name or kind, TYPES[kind](**attributes), "downstream", Direction.DOWNSTREAM, toxicity)


def chain(*toxics: Toxic, now: int = 0) -> Chain:
    made = Chain("seed")
    for one in toxics:
        made.add(one, now)
    return made


def drain(tested: Chain, now: int) -> list[Item]:
    got: list[Item] = []
    while (item := tested.pop(now)) is not None:
        got.append(item)
    return got


def test_without_toxics_it_is_transparent() -> None:
    tested = chain()
    assert tested.transparent
    tested.feed(0, b"x")
    assert tested.held() == 1
    assert drain(tested, 0) == [b"x"]
    assert tested.held() == 0


def test_dues_of_several_toxics_add_up_exactly_however_late_the_driver_is() -> None:
    tested = chain(
        toxic("latency", "a", latency=10), toxic("latency", "b", latency=5), toxic("bandwidth", rate=1)
    )
    tested.feed(0, b"xyz")
    assert drain(tested, 17 * MS) == []
    # Woken late, at 17 ms; the bytes left the latencies at 15 ms, so the bandwidth lets them go at 18 ms.
    assert tested.next_due(17 * MS) == 18 * MS
    assert drain(tested, 18 * MS) == [b"xyz"]


def test_the_tick_of_a_timeout_counts_from_the_chunk_even_if_seen_late() -> None:
    tested = chain(toxic("timeout", timeout=10))
    tested.feed(8 * MS, b"x")
    assert drain(tested, 12 * MS) == []
    assert tested.next_due(12 * MS) == 18 * MS
    assert drain(tested, 18 * MS) == [Mark.CLOSE]


def test_a_chunk_after_the_timeout_comes_too_late() -> None:
    tested = chain(toxic("timeout", timeout=10))
    tested.feed(11 * MS, b"x")
    assert drain(tested, 12 * MS) == [Mark.CLOSE]


def test_after_a_close_nothing_comes_and_nothing_is_accepted() -> None:
    tested = chain(toxic("limit_data", bytes=2), toxic("latency", latency=1))
    tested.feed(0, b"abc")
    tested.feed(0, b"def")
    assert drain(tested, MS) == [b"ab", Mark.CLOSE]
    assert not tested.accepts()
    assert drain(tested, 100 * MS) == []


def test_removing_a_timeout_closes_and_removing_others_does_not() -> None:
    black_hole, slow = toxic("timeout"), toxic("latency", latency=1000)
    tested = chain(black_hole, slow)
    tested.remove(slow, 5)
    assert drain(tested, 5) == []
    tested.remove(black_hole, 6)
    assert drain(tested, 6) == [Mark.CLOSE]


def test_a_reset_on_its_way_cannot_be_called_back() -> None:
    abrupt = toxic("reset_peer", timeout=10)
    tested = chain(abrupt)
    tested.feed(0, b"x")
    assert drain(tested, MS) == []
    tested.update(abrupt, 2 * MS)
    tested.remove(abrupt, 3 * MS)
    assert drain(tested, 9 * MS) == []
    assert drain(tested, 10 * MS) == [Mark.RESET]


def test_an_end_held_by_slow_close_counts_anew_after_a_change_and_passes_on_removal() -> None:
    slow = toxic("slow_close", delay=100)
    tested = chain(slow)
    tested.feed(0, Mark.EOF)
    assert drain(tested, 50 * MS) == []
    tested.update(slow, 50 * MS)
    assert drain(tested, 149 * MS) == []
    tested.remove(slow, 149 * MS)
    assert drain(tested, 149 * MS) == [Mark.EOF]


def test_toxicity_zero_never_applies_and_is_thrown_anew_on_update() -> None:
    maybe = toxic("hold", toxicity=0)
    tested = chain(maybe)
    assert tested.applied() == {"hold": False}
    tested.feed(0, b"x")
    assert drain(tested, 0) == [b"x"]
    maybe.toxicity = 1
    tested.update(maybe, 1)
    assert tested.applied() == {"hold": True}
    tested.feed(2, b"y")
    assert drain(tested, NEVER - 1) == []
    assert tested.held() == 1


def test_a_slow_toxic_holds_back_those_before_it_and_then_the_source() -> None:
    tested = chain(toxic("noop"), toxic("bandwidth", rate=1))
    taken = 0
    while tested.accepts():
        tested.feed(0, bytes(10_000))
        tested.pop(0)
        taken += 1
    assert 8 <= taken <= 20
    assert tested.held() == taken * 10_000


def test_pieces_stay_apart_however_late_the_driver_is() -> None:
    tested = chain(toxic("slicer", average_size=1, delay=500), toxic("latency", latency=1))
    tested.feed(0, b"abc")
    assert drain(tested, 5 * MS) == [b"a"]
    assert tested.next_due(5 * MS) == 5_500_000
    assert drain(tested, 5_499_999) == []
    assert drain(tested, 5_600_000) == [b"b"]
    assert tested.next_due(5_600_000) == 6_100_000
    assert drain(tested, 6_100_000) == [b"c"]


LOSSLESS = st.sampled_from(
    [
        ("noop", {}),
        ("latency", {"latency": 30, "jitter": 20}),
        ("latency", {"latency": 5}),
        ("bandwidth", {"rate": 5}),
        ("bandwidth", {"rate": 0}),
        ("slow_close", {"delay": 20}),
        ("slicer", {"average_size": 7, "size_variation": 3, "delay": 500}),
        ("packet_loss", {"loss_rate": 0.3, "retransmit": 10}),
        ("hold", {}),
    ]
)


class ToxicsComeAndGo(RuleBasedStateMachine):
    """Whatever is fed comes out, in order and once, while toxics that lose nothing come, change and go."""

    def __init__(self) -> None:
        super().__init__()
        self.chain = Chain("seed")
        self.toxics: list[Toxic] = []
        self.now = 0
        self.fed = bytearray()
        self.got = bytearray()
        self.count = 0
        self.ended = False

    @rule(chunk=st.binary(min_size=1, max_size=50))
    def feed(self, chunk: bytes) -> None:
        if self.chain.accepts() and not self.ended:
            self.chain.feed(self.now, chunk)
            self.fed += chunk

    @rule(step=st.integers(0, 20 * MS))
    def wait(self, step: int) -> None:
        self.now += step

    @rule()
    def wait_until_due(self) -> None:
        due = self.chain.next_due(self.now)
        if due < NEVER:
            assert due > self.now, "a driver must not spin"
            self.now = due

    @rule()
    def pop(self) -> None:
        for item in drain(self.chain, self.now):
            assert isinstance(item, bytes), "no mark was fed"
            self.got += item

    @rule(kind=LOSSLESS, toxicity=st.sampled_from([0.0, 0.5, 1.0]))
    def add(self, kind: tuple[str, dict[str, float]], toxicity: float) -> None:
        self.count += 1
        added = toxic(kind[0], f"{kind[0]}{self.count}", toxicity, **kind[1])
        self.toxics.append(added)
        self.chain.add(added, self.now)

    @precondition(lambda self: self.toxics)
    @rule(pick=st.randoms(use_true_random=False), toxicity=st.sampled_from([0.0, 0.5, 1.0]))
    def update(self, pick: object, toxicity: float) -> None:
        changed = pick.choice(self.toxics)  # type: ignore[attr-defined]
        changed.toxicity = toxicity
        self.chain.update(changed, self.now)

    @precondition(lambda self: self.toxics)
    @rule(pick=st.randoms(use_true_random=False))
    def remove(self, pick: object) -> None:
        gone = pick.choice(self.toxics)  # type: ignore[attr-defined]
        self.toxics.remove(gone)
        self.chain.remove(gone, self.now)

    @invariant()
    def in_order(self) -> None:
        assert self.fed.startswith(self.got)

    @invariant()
    def held_is_what_has_not_come_out(self) -> None:
        assert self.chain.held() == len(self.fed) - len(self.got)

    def teardown(self) -> None:
        for gone in self.toxics:
            self.chain.remove(gone, self.now)
        if not self.ended:
            self.chain.feed(self.now, Mark.EOF)
        items = drain(self.chain, self.now)
        assert items[-1] is Mark.EOF
        assert self.got + b"".join(item for item in items if isinstance(item, bytes)) == self.fed


TestToxicsComeAndGo = ToxicsComeAndGo.TestCase
TestToxicsComeAndGo.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
