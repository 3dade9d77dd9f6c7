"""A hostile client attacks a server, several times, one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from syncproof.evidence.met import Met
from syncproof.kernel.fault import Fault
from syncproof.kernel.host import Host, Program
from syncproof.kernel.server import RawRequest
from syncproof.kernel.trouble import EvidenceIncomplete


class HostileClient(Fault):
    """Each attack is a process of its own. `attack` begins one; `met` answers what came of it.

    target: the node. address: where that listens. attack: a key of `ATTACKS`. openings: requests that it would take.
    patience_s: for the server's reaction, on each connection. recorded: files with what a device said, see `replayed`.
    """

    kind = "hostile_client"
    called = "hostile client"
    engine = "sockets"

    def __init__(
        self,
        target: str,
        host: Host,
        directory: Path,
        address: str,
        attack: str,
        openings: Mapping[str, RawRequest],
        *,
        scale: float,
        patience_s: float,
        recorded: Sequence[Path] = (),
    ) -> None:
        super().__init__((target,), ())
        self.requested = attack
        self._host, self._directory = host, directory
        where, _, port = address.rpartition(":")
        # Some are large: they are no part of what the launcher is told.
        self._openings, self._openings_file = openings, directory / "openings.json"
        self._config = {
            "host": where,
            "port": int(port),
            "attack": attack,
            "scale": scale,
            "patience_s": patience_s,
            "recorded": [str(path) for path in recorded],
            "openings": str(self._openings_file),
        }
        self._program: Program | None = None
        self._seen = ""
        self._n = 0

    def begin(self) -> None:
        """Attack for the first time."""
        self._directory.mkdir(parents=True)
        self._openings_file.write_bytes(msgspec.json.encode(self._openings))
        self.attack()

    def attack(self) -> None:
        """Attack once more; the client of before is gone then."""
        self._gone()
        self._n += 1
        folder = self._directory / str(self._n)
        folder.mkdir()
        config = {**self._config, "directory": str(folder)}
        self._program = self._host.spawn(
            "hostile_client", "syncproof.faults.hostile_client.main:run", config, role="other"
        )

    def met(self) -> list[Met] | None:
        """What came of the attack that was begun last; None while it lasts.

        Raises EvidenceIncomplete where the client ended and has not said it.
        """
        path = self._directory / str(self._n) / "met.json"
        program = self._program
        ended = program is None or not program.alive()
        if not path.exists():
            if program is not None and ended:
                said = program.log.read_text(errors="replace").strip().splitlines()
                raise EvidenceIncomplete(
                    f"The hostile client ended before it had said what it met: {said[-1] if said else 'no word'}"
                )
            return None
        met = msgspec.json.decode(path.read_bytes(), type=list[Met])
        sent = sum(each.sent for each in met)
        felt = [each for each in met if each.heard or each.ending == "closed"]
        if felt and not self._seen:
            told = ", ".join(
                sorted({str(each.statuses[-1]) if each.statuses else each.ending for each in felt})
            )
            connections = sum(each.count for each in felt)
            self._seen = f"{sent:,} bytes were sent, and {connections} connections were told {told}"
        return met

    def proof(self) -> str | None:
        """It bit when the server has answered something, or ended a connection."""
        if not self._seen:
            self.met()
        return self._seen or None

    def end(self) -> None:
        """The client goes."""
        self._gone()

    def healed(self) -> str | None:
        """Nothing of it is left when its process has ended."""
        return "the hostile client is gone" if self._program is None else None

    def _gone(self) -> None:
        if self._program is not None:
            self._host.discard(self._program)
            self._program = None
