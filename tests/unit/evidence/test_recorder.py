"""The recorder as a process, against agents that are real HTTP servers."""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import psutil
import pytest
from tests.unit.evidence.scripted_agent import ScriptedAgent

from syncproof.evidence.history import History
from syncproof.evidence.recorder.client import RecorderClient, RecorderError
from syncproof.evidence.recorder.protocol import decode_answer
from syncproof.evidence.records import (
    Breaker,
    Connection,
    Deliver,
    Header,
    Invoke,
    Marker,
    Note,
    Record,
    Result,
    Retry,
)
from syncproof.evidence.tail import Tail

HEADER = Header(
    schema=1, run="r", test="t", seed=1, system="bundled", stack="embedded", scale=1.0, boot_id="b"
)
Start = Callable[..., ScriptedAgent]


@pytest.fixture
def start() -> Iterator[Start]:
    agents: list[ScriptedAgent] = []

    def begin(**settings: object) -> ScriptedAgent:
        agents.append(ScriptedAgent(**settings))  # type: ignore[arg-type]
        return agents[-1]

    yield begin
    for agent in agents:
        agent.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "history.jsonl"


def ops(history: History, device: str = "Bob") -> list[str]:
    return [entry.op_id for entry in history.deliveries(device)]


def until(predicate: Callable[[], bool], deadline_s: float = 20.0) -> None:
    end = time.monotonic() + deadline_s
    while not predicate():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.001)


@pytest.mark.parametrize("style", ["length", "chunked", "closing"])
def test_what_an_agent_reports_becomes_lines_in_its_order(
    recorder: RecorderClient, path: Path, start: Start, style: str
) -> None:
    agent = start(style=style)
    agent.event("connection", state="live", reason=None)
    agent.deliver("a1", "a2")
    agent.event("ack", op_id="b1", server_order=3)
    agent.event("failed", op_id="b2", code="too_large", message="no")
    agent.event("marker", group="g", scope="local", old=None, new="2", n=2)
    agent.event("retry", what="pull", attempt=1, delay_ms=12.5, due_ns=99, reason="refused")
    agent.event("breaker", state="open", failures=5)
    agent.event("wake", gap_ms=40000)
    recorder.open(path, HEADER)
    recorder.attach("Bob", agent.url)
    answer = recorder.barrier()
    assert (answer.errors, answer.unreachable) == ((), ())
    history = History.load(path)
    assert len(history.lines) == answer.i
    assert [line.i for line in history.lines] == list(range(1, answer.i + 1))
    reported = [line for line in history.lines if line.source == "Bob" and not isinstance(line, Deliver)]
    assert [type(line) for line in reported] == [Connection, Result, Result, Marker, Retry, Breaker, Note]
    assert [line.source_seq for line in reported] == [1, 4, 5, 6, 7, 8, 9]
    assert {line.incarnation for line in reported} == {1}
    assert [line.t_ns for line in reported] == [e["t_ns"] for e in agent.events if e["type"] != "deliver"]
    acked, refused = history.of(Result)
    assert (acked.outcome, acked.server_order) == ("ok", 3)
    assert (refused.outcome, refused.code) == ("fail", "too_large")
    assert history.of(Retry)[0].delay_ms == 12.5
    assert history.notes("wake")[0].fields == {"gap_ms": 40000}
    first = history.deliveries("Bob")[0]
    assert (first.n, first.op_id, first.digest, first.t_ns) == (1, "a1", "d-a1", agent.deliveries[0]["t_ns"])
    assert history.devices["Bob"].read_to == {1: 2}


def test_times_of_another_machine_are_put_on_our_clock(
    recorder: RecorderClient, path: Path, start: Start
) -> None:
    agent = start()
    agent.deliver("a1")
    agent.event("retry", what="pull", attempt=1, delay_ms=12.5, due_ns=agent.events[0]["t_ns"], reason="x")
    recorder.open(path, HEADER)
    recorder.attach("Bob", agent.url, ahead_ns=5_000_000_000)
    recorder.barrier()
    history = History.load(path)
    told = agent.deliveries[0]["t_ns"], agent.events[1]["t_ns"], agent.events[0]["t_ns"]
    retry = history.of(Retry)[0]
    seen = history.deliveries("Bob")[0].t_ns, retry.t_ns, retry.due_ns
    assert [before - now for before, now in zip(told, seen, strict=True)] == [5_000_000_000] * 3


def test_records_of_the_harness_are_numbered_and_keep_their_stamp(
    recorder: RecorderClient, path: Path
) -> None:
    recorder.open(path, HEADER)
    before = time.monotonic_ns()
    recorder.record(Note(what="a", t_ns=7))
    recorder.record(Note(what="b"))
    recorder.barrier()
    a, b = Tail(path).read_new()
    assert (a.i, a.t_ns) == (1, 7)
    assert b.i == 2
    assert before < b.t_ns < time.monotonic_ns()


def test_duplicates_and_disorder_are_kept(recorder: RecorderClient, path: Path, start: Start) -> None:
    agent = start()
    agent.deliver("a2", "a1", "a2")
    recorder.open(path, HEADER)
    recorder.attach("Bob", agent.url)
    recorder.barrier()
    assert ops(History.load(path)) == ["a2", "a1", "a2"]


def test_an_event_is_in_the_file_within_milliseconds(
    recorder: RecorderClient, path: Path, start: Start
) -> None:
    agent = start()
    recorder.open(path, HEADER)
    recorder.attach("Bob", agent.url)
    recorder.barrier()
    tail, delays = Tail(path), []
    for k in range(30):
        tail.read_new()
        agent.deliver(f"a{k}")
        seen: list[Record] = []
        while not seen:
            seen += tail.read_new()
        delays.append(time.monotonic_ns() - seen[0].t_ns)
    # A recorder that looks now and then is late with each of them: the next comes just when it has looked.
    assert min(delays) < 15e6, (
        "a quiet machine needs 2 ms for most; a busy one holds up some, and hardly each of 30"
    )


def test_an_idle_recorder_costs_nothing(
    recorder: RecorderClient, recorder_process: tuple[int, Path], path: Path, start: Start
) -> None:
    agents = [start() for _ in range(4)]
    recorder.open(path, HEADER)
    for k, agent in enumerate(agents):
        recorder.attach(f"D{k}", agent.url)
    recorder.barrier()
    process = psutil.Process(recorder_process[0])

    def requests() -> int:
        return sum(len(agent.requests) for agent in agents)

    asked = -1
    while asked != requests():  # the first polls, which bring something
        asked = requests()
        time.sleep(0.2)
    before = sum(process.cpu_times()[:2])
    time.sleep(0.5)
    assert sum(process.cpu_times()[:2]) - before <= 0.02
    assert requests() == asked


def test_deliveries_are_read_again_from_the_first_after_a_restart(
    recorder: RecorderClient, path: Path, start: Start
) -> None:
    agent = start()
    agent.deliver("a1", "a2", "a3")
    recorder.open(path, HEADER)
    recorder.attach("Bob", agent.url)
    recorder.barrier()
    agent.restart(keep=2)
    agent.deliver("a4")
    recorder.barrier()
    log = History.load(path).devices["Bob"]
    assert {k: [e.op_id for e in v] for k, v in log.by_incarnation.items() if k} == {
        1: ["a1", "a2", "a3"],
        2: ["a1", "a2", "a4"],
    }
    assert log.read_to[2] in (2, 3)


def test_a_restarted_device_that_lost_everything_has_an_empty_log(
    recorder: RecorderClient, path: Path, start: Start
) -> None:
    agent = start()
    agent.deliver("a1")
    recorder.open(path, HEADER)
    recorder.attach("Bob", agent.url)
    recorder.barrier()
    agent.restart(keep=0)
    recorder.barrier()
    history = History.load(path)
    assert ops(history) == []
    assert history.devices["Bob"].read_to == {1: 1, 2: 0}


def test_a_device_at_a_new_address_is_followed_on(recorder: RecorderClient, path: Path, start: Start) -> None:
    agent = start()
    agent.deliver("a1")
    recorder.open(path, HEADER)
    recorder.attach("Bob", agent.url)
    recorder.barrier()
    recorder.suspend("Bob")
    agent.close()
    assert recorder.barrier().unreachable == ()
    again = start(incarnation=2)
    again.deliver("a1", "a2")
    recorder.attach("Bob", again.url)
    answer = recorder.barrier()
    assert (answer.errors, answer.unreachable) == ((), ())
    history = History.load(path)
    assert ops(history) == ["a1", "a2"]
    assert history.notes("unreachable") == []


@pytest.fixture
def dead() -> Iterator[str]:
    with socket.socket() as nobody:  # bound, and not listening
        nobody.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{nobody.getsockname()[1]}"


def test_a_dead_agent_is_named_and_stalls_nobody(
    recorder: RecorderClient, path: Path, start: Start, dead: str
) -> None:
    agent = start()
    recorder.open(path, HEADER)
    recorder.attach("Carol", dead)
    recorder.attach("Bob", agent.url)
    agent.deliver("a1")
    begun = time.monotonic()
    answer = recorder.barrier(timeout_s=20)
    assert time.monotonic() - begun < 10
    (silent,) = answer.unreachable
    assert silent.device == "Carol"
    assert "refused" in silent.message or "Connect call failed" in silent.message
    assert ops(History.load(path)) == ["a1"]


def test_an_agent_that_hangs_costs_a_barrier_its_timeout_and_loses_nothing(
    recorder: RecorderClient, path: Path, start: Start
) -> None:
    hung, agent = start(), start()
    recorder.open(path, HEADER)
    recorder.attach("Carol", hung.url)
    recorder.attach("Bob", agent.url)
    recorder.barrier()
    hung.change(lambda: setattr(hung, "hanging", True))
    hung.deliver("c1")
    agent.deliver("a1")
    begun = time.monotonic()
    answer = recorder.barrier(timeout_s=0.3)
    assert 0.25 < time.monotonic() - begun < 10
    assert [(silent.device, silent.message) for silent in answer.unreachable] == [
        ("Carol", "no answer within 0.3 s")
    ]
    assert ops(History.load(path)) == ["a1"]
    recorder.suspend("Carol")
    assert recorder.barrier().unreachable == ()
    hung.change(lambda: setattr(hung, "hanging", False))
    recorder.resume("Carol")
    assert recorder.barrier().unreachable == ()
    assert ops(History.load(path), "Carol") == ["c1"]


@pytest.mark.parametrize(
    ("target", "body", "message"),
    [
        ("/events", b"{nonsense", "GET /events: JSON is malformed"),
        (
            "/events",
            b'{"incarnation": "one", "events": []}',
            "Expected `int`, got `str` - at `$.incarnation`",
        ),
        (
            "/events",
            b'{"incarnation": 1, "events": [{"seq": 1, "t_ns": 1, "type": "ack"}]}',
            "missing required field `op_id`",
        ),
        ("/deliveries", b'{"deliveries": []}', "missing required field `total`"),
        ("/deliveries", b'{"deliveries": [], "total": 7}', "nothing new, but total says 7"),
        ("/deliveries", b'{"deliveries": [{"n": 1}], "total": 1}', "missing required field `t_ns`"),
    ],
)
def test_a_malformed_reply_is_on_record_and_an_error(
    recorder: RecorderClient, path: Path, start: Start, target: str, body: bytes, message: str
) -> None:
    agent = start()
    agent.change(lambda: agent.raw.update({target: [body]}))
    recorder.open(path, HEADER)
    recorder.attach("Bob", agent.url)
    # Before the barrier: its own request would race for the one malformed reply.
    until(lambda: bool(History.load(path).notes("malformed_reply")))
    errors = recorder.barrier().errors
    assert any(message in error and error.startswith("Bob: ") for error in errors), errors
    notes = History.load(path).notes("malformed_reply", "Bob")
    assert any(message in str(note.fields["message"]) for note in notes)


def test_one_malformed_event_hides_no_other(recorder: RecorderClient, path: Path, start: Start) -> None:
    agent = start()
    agent.event("ack", op_id="b1", server_order=1)
    agent.event("ack", nothing=1)
    agent.event("ack", op_id="b3", server_order=3)
    recorder.open(path, HEADER)
    recorder.attach("Bob", agent.url)
    assert any("op_id" in error for error in recorder.barrier().errors)
    assert [line.op_id for line in History.load(path).of(Result)] == ["b1", "b3"]


def test_a_gap_in_the_events_has_the_deliveries_read(
    recorder: RecorderClient, path: Path, start: Start
) -> None:
    agent = start()
    recorder.open(path, HEADER)
    recorder.attach("Bob", agent.url)
    recorder.barrier()

    def forget() -> None:
        agent.events.append({"seq": 5, "t_ns": 1, "type": "wake", "gap_ms": 1})
        agent.deliveries.append({**entry, "n": 1})

    entry = dict.fromkeys(["op_id", "group", "kind", "author", "version", "digest", "path"], "x")
    entry |= {"t_ns": 5, "size": 1, "n": 1}  # type: ignore[dict-item]
    agent.change(forget)
    until(lambda: ops(History.load(path)) == ["x"])
    assert History.load(path).notes("event_gap")[0].fields == {"after": 0, "next": 5}


def test_several_histories_one_after_the_other(
    recorder: RecorderClient, tmp_path: Path, start: Start
) -> None:
    agent = start()
    agent.deliver("a1")
    for name in ("one", "two"):
        recorder.open(tmp_path / name, HEADER)
        recorder.attach("Bob", agent.url)
        recorder.record(Note(what=name))
        assert recorder.close_history().errors == ()
        notes = History.load(tmp_path / name).of(Note)
        assert [note.what for note in notes if note.source == "harness"] == [name]
    recorder.record(Note(what="late"))
    assert recorder.barrier().errors == ("no history is open: send 'open' first",)


def test_lines_that_cannot_be_taken_are_errors_not_silence(
    recorder_process: tuple[int, Path], recorder: RecorderClient, path: Path
) -> None:
    with socket.socket(socket.AF_UNIX) as raw, raw.makefile("rb") as answers:
        raw.connect(str(recorder_process[1]))
        raw.sendall(b'{"open": {"path": "%s", "header": %s}}\n' % (bytes(path), msgspec.json.encode(HEADER)))
        assert decode_answer(answers.readline()).errors == ()
        raw.sendall(b'{"record": {"type": "invoke"}}\n')
        raw.sendall(b'{"attach": {"device": "Bob", "url": "nowhere"}}\n{"detach": {"device": "Zoe"}}\n{}\n')
        # Asking for two things at once is refused, but answered: nobody waits for ever.
        raw.sendall(b'{"barrier": 1, "close": true}\n')
        errors = decode_answer(answers.readline()).errors
    expected = [
        "missing required field",
        "'nowhere' is not",
        "'Zoe' is not followed",
        "none",
        "exactly one of",
    ]
    assert len(errors) == len(expected)
    for part, error in zip(expected, errors, strict=True):
        assert part in error
    path.with_name("file").write_text("")
    with pytest.raises(RecorderError, match="could not be opened"):
        recorder.open(path.with_name("file") / "h.jsonl", HEADER)


def test_a_history_is_not_overwritten(recorder: RecorderClient, path: Path) -> None:
    recorder.open(path, HEADER)
    recorder.record(Note(what="first"))
    recorder.close_history()
    with pytest.raises(RecorderError, match="it is another test's history"):
        recorder.open(path, HEADER)
    assert [note.what for note in History.load(path).of(Note)] == ["first"]


class GaveUp(BaseException):
    """What a test's timeout does to whatever waits."""


def test_an_answer_that_nobody_waited_for_is_nobody_elses(
    recorder: RecorderClient, tmp_path: Path, start: Start
) -> None:
    """A barrier, an end and a beginning are given up; all that comes after them gets its own answers."""
    agent = start()
    agent.deliver("b1")
    recorder.open(tmp_path / "one", HEADER)
    recorder.attach("Bob", agent.url)
    recorder.barrier()
    agent.change(lambda: setattr(agent, "hanging", True))
    for wait in (lambda: recorder.barrier(20.0), recorder.close_history):
        give_up_within(0.05, wait)
    agent.change(lambda: setattr(agent, "hanging", False))
    recorder.open(tmp_path / "two", HEADER)
    recorder.attach("Bob", agent.url)
    agent.deliver("b2")
    answer = recorder.barrier()
    assert (answer.errors, answer.unreachable) == ((), ())
    history = History.load(tmp_path / "two")
    assert (ops(history), answer.i) == (["b1", "b2"], len(history.lines))
    recorder.record(Note(what="last"))
    assert recorder.close_history().i == answer.i + 1


def test_what_an_abandoned_answer_told_of_is_told_by_the_next(
    recorder: RecorderClient, path: Path, start: Start
) -> None:
    agent = start()
    recorder.open(path, HEADER)
    recorder.attach("Bob", agent.url)
    recorder.barrier()
    agent.change(lambda: setattr(agent, "hanging", True))
    recorder.detach("Zoe")
    give_up_within(0.05, lambda: recorder.barrier(20.0))
    agent.change(lambda: setattr(agent, "hanging", False))
    assert recorder.barrier().errors == ("'Zoe' is not followed (followed: Bob)",)
    assert recorder.barrier().errors == ()


def give_up_within(seconds: float, wait: Callable[[], object]) -> None:
    """Leave a call as Robot Framework's timeouts do: by an exception out of a signal, wherever it stands."""

    def ring(_signal: int, _frame: object) -> None:
        raise GaveUp

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        with pytest.raises(GaveUp):
            wait()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_the_file_is_whole_at_any_moment(recorder: RecorderClient, path: Path) -> None:
    """Reading along gives every line once, in order, however the file is cut."""
    recorder.open(path, HEADER)
    tail, seen = Tail(path), []
    invoke = Invoke(op_id="a", group="g", kind="append", author="Alice", author_n=1, digest="d", size=1)
    for k in range(2000):
        recorder.record(invoke)
        if k % 50 == 0:
            seen += tail.read_new()
    recorder.barrier()
    seen += tail.read_new()
    assert [line.i for line in seen] == list(range(1, 2001))
