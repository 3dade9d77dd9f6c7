"""What a device keeps for its cryptography, in its own file beside what it has delivered.

Ratchets are kept before what they have made is sent, and room keys before the homeserver may forget that it has handed
them over: whoever dies in between neither uses a key twice nor lacks one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import vodozemac

from syncproof_products.matrix.agent.store import Store

_SCHEMA = """
CREATE TABLE IF NOT EXISTS peers (
    user TEXT, device TEXT, curve25519 TEXT NOT NULL, ed25519 TEXT NOT NULL, verified INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (user, device));
CREATE TABLE IF NOT EXISTS tracked (user TEXT PRIMARY KEY, outdated INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS olm (
    curve25519 TEXT, session TEXT, pickle TEXT NOT NULL, used INTEGER NOT NULL, PRIMARY KEY (curve25519, session));
CREATE TABLE IF NOT EXISTS room_keys (
    room TEXT, session TEXT, user TEXT NOT NULL, curve25519 TEXT NOT NULL, pickle TEXT NOT NULL,
    PRIMARY KEY (room, session));
CREATE TABLE IF NOT EXISTS withheld (room TEXT, session TEXT, reason TEXT NOT NULL, PRIMARY KEY (room, session));
CREATE TABLE IF NOT EXISTS outbound (
    room TEXT PRIMARY KEY, session TEXT NOT NULL, pickle TEXT NOT NULL, made REAL NOT NULL, messages INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS holders (session TEXT, user TEXT, device TEXT, PRIMARY KEY (session, user, device));
CREATE TABLE IF NOT EXISTS mail (
    n INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, messages TEXT NOT NULL, session TEXT NOT NULL);
"""

#: Pickles are in the file that holds what they protect: a password beside them would protect nothing.
_PICKLE_KEY = bytes(32)
_ACCOUNT = "olm account"


@dataclass(frozen=True)
class Peer:
    """A device of somebody, by the keys (base64) that it was first seen with. verified: by its person."""

    user: str
    device: str
    curve25519: str
    ed25519: str
    verified: bool = False


@dataclass(frozen=True)
class Mail:
    """Something for the mailboxes of devices. messages: user, device, content. session: the room key in it, or ""."""

    n: int
    kind: str
    messages: dict[str, dict[str, Any]]
    session: str = ""


@dataclass
class Outbound:
    """The ratchet with which this device writes in a room. made: by the device's clock, seconds."""

    session: vodozemac.GroupSession
    made: float
    messages: int


@dataclass(frozen=True)
class RoomKey:
    """A ratchet that opens what one device has written in a room."""

    session: vodozemac.InboundGroupSession
    user: str
    curve25519: str


class KeyStore:
    """The tables of one device. Each method is one transaction, unless `together` makes one of several."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._db = store.open_tables(_SCHEMA)
        self.together = store.together

    # -- this device

    def account(self) -> vodozemac.Account:
        """This device's keys, made when they are first asked for."""
        kept = self._store.get(_ACCOUNT)
        if kept:
            return vodozemac.Account.from_pickle(kept, _PICKLE_KEY)
        account = vodozemac.Account()
        self.put_account(account)
        return account

    def put_account(self, account: vodozemac.Account) -> None:
        """Keep them as they are now."""
        self._store.put(_ACCOUNT, account.pickle(_PICKLE_KEY))

    # -- devices of others

    def peers(self, user: str) -> list[Peer]:
        """The known devices of somebody."""
        rows = self._db.execute(
            "SELECT user, device, curve25519, ed25519, verified FROM peers WHERE user = ? ORDER BY device",
            (user,),
        )
        return [Peer(str(row[0]), str(row[1]), str(row[2]), str(row[3]), bool(row[4])) for row in rows]

    def put_peer(self, peer: Peer) -> None:
        """Keep a device."""
        row = (peer.user, peer.device, peer.curve25519, peer.ed25519, peer.verified)
        self._db.execute("INSERT OR REPLACE INTO peers VALUES (?, ?, ?, ?, ?)", row)

    def forget_peer(self, peer: Peer) -> None:
        """A device that is no more."""
        self._db.execute("DELETE FROM peers WHERE user = ? AND device = ?", (peer.user, peer.device))

    def up_to_date(self, user: str) -> bool:
        """Whether this user's devices are known as they are."""
        row = self._db.execute("SELECT outdated FROM tracked WHERE user = ?", (user,)).fetchone()
        return row is not None and not row[0]

    def track(self, user: str, *, outdated: bool) -> None:
        """Their devices were looked up, or have changed since."""
        self._db.execute("INSERT OR REPLACE INTO tracked VALUES (?, ?)", (user, outdated))

    def outdate(self, user: str = "") -> None:
        """The devices of a user who is tracked (of all, without a name) have to be looked up again."""
        self._db.execute("UPDATE tracked SET outdated = 1 WHERE ? IN ('', user)", (user,))

    # -- Olm: from device to device

    def olm_sessions(self, curve25519: str) -> list[vodozemac.Session]:
        """The sessions with a device, the one that was used last first."""
        rows = self._db.execute(
            "SELECT pickle FROM olm WHERE curve25519 = ? ORDER BY used DESC", (curve25519,)
        )
        return [vodozemac.Session.from_pickle(row[0], _PICKLE_KEY) for row in rows.fetchall()]

    def put_olm_session(self, curve25519: str, session: vodozemac.Session) -> None:
        """Keep a session as it is now."""
        self._db.execute(
            "INSERT OR REPLACE INTO olm VALUES (?, ?, ?, (SELECT coalesce(max(used), 0) + 1 FROM olm))",
            (curve25519, session.session_id, session.pickle(_PICKLE_KEY)),
        )

    # -- Megolm: rooms

    def room_key(self, room: str, session: str) -> RoomKey | None:
        """The key of a session in a room."""
        row = self._db.execute(
            "SELECT user, curve25519, pickle FROM room_keys WHERE room = ? AND session = ?", (room, session)
        ).fetchone()
        if row is None:
            return None
        return RoomKey(vodozemac.InboundGroupSession.from_pickle(row[2], _PICKLE_KEY), row[0], row[1])

    def put_room_key(self, room: str, key: RoomKey) -> None:
        """Keep it."""
        row = (room, key.session.session_id, key.user, key.curve25519, key.session.pickle(_PICKLE_KEY))
        self._db.execute("INSERT OR REPLACE INTO room_keys VALUES (?, ?, ?, ?, ?)", row)

    def withheld(self, room: str, session: str) -> str:
        """Why this device is not given a key; "" where nobody said so."""
        row = self._db.execute(
            "SELECT reason FROM withheld WHERE room = ? AND session = ?", (room, session)
        ).fetchone()
        return str(row[0]) if row else ""

    def put_withheld(self, room: str, session: str, reason: str) -> None:
        """A key will not be given."""
        self._db.execute("INSERT OR REPLACE INTO withheld VALUES (?, ?, ?)", (room, session, reason))

    def outbound(self, room: str) -> Outbound | None:
        """The ratchet with which this device writes in a room."""
        row = self._db.execute(
            "SELECT pickle, made, messages FROM outbound WHERE room = ?", (room,)
        ).fetchone()
        if row is None:
            return None
        return Outbound(vodozemac.GroupSession.from_pickle(row[0], _PICKLE_KEY), row[1], row[2])

    def put_outbound(self, room: str, outbound: Outbound) -> None:
        """Keep it as it is now."""
        session = outbound.session
        row = (room, session.session_id, session.pickle(_PICKLE_KEY), outbound.made, outbound.messages)
        self._db.execute("INSERT OR REPLACE INTO outbound VALUES (?, ?, ?, ?, ?)", row)

    def holders(self, session: str) -> set[tuple[str, str]]:
        """Devices (user, device) that were given the key of a session."""
        rows = self._db.execute("SELECT user, device FROM holders WHERE session = ?", (session,))
        return {(user, device) for user, device in rows}

    # -- mail to devices

    def post(self, kind: str, messages: dict[str, dict[str, Any]], session: str = "") -> None:
        """Put something for other devices' mailboxes behind all that waits already."""
        self._db.execute(
            "INSERT INTO mail (kind, messages, session) VALUES (?, ?, ?)",
            (kind, json.dumps(messages), session),
        )

    def waiting_mail(self) -> Mail | None:
        """What is to be sent next."""
        row = self._db.execute("SELECT n, kind, messages, session FROM mail ORDER BY n LIMIT 1").fetchone()
        return None if row is None else Mail(row[0], row[1], json.loads(row[2]), row[3])

    def mailed(self, mail: Mail, reached: Iterable[tuple[str, str]]) -> None:
        """The homeserver has it: it need not be sent again, and these devices have the key in it."""
        with self.together():
            self._db.execute("DELETE FROM mail WHERE n = ?", (mail.n,))
            if mail.session:
                rows = [(mail.session, user, device) for user, device in reached]
                self._db.executemany("INSERT OR IGNORE INTO holders VALUES (?, ?, ?)", rows)
