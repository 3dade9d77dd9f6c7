"""The recorder of scenarios in virtual time: it reads every agent whenever somebody looks at the history."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from syncproof.evidence.lines import Line
from syncproof.evidence.recorder.file import HistoryFile
from syncproof.evidence.recorder.mapping import decode_delivery, decode_event
from syncproof.evidence.recorder.protocol import Answer
from syncproof.evidence.records import INSTALLATION, Header, Note, Record
from syncproof.systems.simulated.product import Feed


@dataclass
class _Followed:
    """An agent, and how far it was read."""

    device: str
    feed: Feed
    installation: int
    incarnation: int = 0
    events: int = 0
    deliveries: int = 0
    announced: int = 0
    suspended: bool = False

    @property
    def recorded(self) -> int:
        """The incarnation as it goes on record."""
        return self.installation * INSTALLATION + self.incarnation

    def announce(self, n: int) -> None:
        """A delivery is told of."""
        self.announced = max(self.announced, n)


class MemoryRecorder:
    """See `kernel.recorder.Recorder`; it is the history that it opens, too. feeds: of agents, by their URLs.

    Lines are what the recorder of processes makes of the same events, by the same mapping.
    """

    def __init__(self, now: Callable[[], int], feeds: Mapping[str, Feed]) -> None:
        self._now, self._feeds = now, feeds
        self._file: HistoryFile | None = None
        self._new: list[Line] = []
        self._followed: dict[str, _Followed] = {}
        self._names: dict[str, str] = {}

    def open(self, path: Path, header: Header) -> MemoryRecorder:
        """The file is written as well, for whoever reads the evidence."""
        self._file = HistoryFile(path, header)
        return self

    def read_new(self) -> Sequence[Line]:
        """What was written since the last look, of every agent up to now."""
        for followed in self._followed.values():
            self._read(followed)
        new, self._new = self._new, []
        return new

    def record(self, record: Line) -> None:
        """Append it."""
        self._append(record if record.t_ns else msgspec.structs.replace(record, t_ns=self._now()))

    def attach(
        self,
        device: str,
        url: str,
        identity: str = "",
        installation: int = 0,
        past: int = 0,
        ahead_ns: int = 0,
    ) -> None:
        """Follow an agent; what was read of it stays read, unless it was installed anew."""
        assert not past, "no device in virtual time ran before"
        assert not ahead_ns, "there is one clock"
        self._names[identity or device] = device
        followed = self._followed.get(device)
        if followed is None or followed.installation != installation:
            self._followed[device] = _Followed(device, self._feeds[url], installation)
        else:
            followed.feed, followed.suspended = self._feeds[url], False

    def suspend(self, device: str) -> None:
        """Read it no more, until it is resumed or attached again."""
        self._read(self._followed[device])
        self._followed[device].suspended = True

    def resume(self, device: str) -> None:
        """Read on."""
        self._followed[device].suspended = False

    def detach(self, device: str) -> None:
        """Read it to its end, and no further."""
        self._read(self._followed.pop(device))

    def barrier(self, timeout_s: float = 2.0) -> Answer:  # noqa: ARG002
        """Nothing is ever under way."""
        for followed in self._followed.values():
            self._read(followed)
        return self._answer()

    def close_history(self) -> Answer:
        """End the history, and the file."""
        answer = self.barrier()
        if self._file is not None:
            self._file.close()
        return answer

    def close(self) -> None:
        """Nothing is held open."""

    def _answer(self) -> Answer:
        return Answer(0, self._file.last if self._file else 0)

    def _read(self, followed: _Followed) -> None:
        if followed.suspended:
            return
        if followed.feed.incarnation != followed.incarnation:
            before = followed.recorded if followed.incarnation else 0
            followed.incarnation = followed.feed.incarnation
            followed.events = followed.deliveries = followed.announced = 0
            self._note(followed, "incarnation", before=before)
            self._deliveries(followed)
            self._note(followed, "deliveries_read", total=followed.deliveries)
        for raw in followed.feed.events(followed.events):
            followed.events, line = decode_event(raw, followed.device, followed.recorded, followed.announce)
            if line is not None:
                self._append(line)
        if followed.announced > followed.deliveries:
            self._deliveries(followed)

    def _deliveries(self, followed: _Followed) -> None:
        for raw in followed.feed.deliveries(followed.deliveries):
            line = decode_delivery(raw, followed.device, followed.recorded, self._names)
            followed.deliveries = line.n
            self._append(line)

    def _note(self, followed: _Followed, what: str, **fields: object) -> None:
        self._append(
            Note(
                t_ns=self._now(),
                device=followed.device,
                source="recorder",
                incarnation=followed.recorded,
                what=what,
                fields=fields,
            )
        )

    def _append(self, record: Record) -> None:
        assert self._file is not None, "no history is open"
        self._file.append([record])
        self._new.append(msgspec.structs.replace(record, i=self._file.last))
