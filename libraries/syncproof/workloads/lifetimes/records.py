"""What happened to nodes in virtual time."""

from __future__ import annotations

from syncproof.evidence.records import Record


class Lived(Record, frozen=True, kw_only=True, tag="lived"):
    """Something has happened to a peer that lives in virtual time. at_s: when, in its seconds.

    what: ``wrote``, its user has changed something, which is stored; ``came``, a change of another one's user is
    stored there (op: which). ``down``, it was killed; ``up``, it runs; ``crashed``, it has ended by itself;
    ``failed``, it did what it should not (reason: for people). ``kept``, it keeps so many things in memory (amount)
    beyond what it would have after a restart. ``wanted``: so many (amount) were to live until then, and what they do
    follows. ``cut``, ``healed``: the network between it and another one (other). ``ended``: all is over.
    """

    at_s: float
    what: str
    peer: str
    other: str = ""
    op: str = ""
    reason: str = ""
    amount: int = 0
