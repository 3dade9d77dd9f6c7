"""What each command does; it answers what there is to say, by name."""

from __future__ import annotations

import json
import secrets
import sys
from pathlib import Path

from syncproof_products.bundled.cli.folder import FailedError
from syncproof_products.bundled.cli.session import Session
from syncproof_products.bundled.core.records import Op
from syncproof_synckit.encryption.ids import device_id, shown

Answer = dict[str, object]

_PAGE = 1000


async def create(session: Session, passphrase: str | None, valid_s: float) -> Answer:
    """Make an invite; and before that a group, where the device is in none."""
    device, groups = session.device, session.groups
    if not groups or passphrase is not None:
        group = groups[0] if groups else f"group-{secrets.token_hex(6)}"
        chosen = secrets.token_urlsafe(24) if passphrase is None else passphrase
        # In a group that there is already this asks whether it is its passphrase.
        await device.set_encrypted_group(group, (session.account.name,), chosen, None)
    group = await session.synced()
    code, qr = await session.asked(device.invite(group, valid_s), "the relay did not take the invite")
    return {"code": code, "qr": qr, "group": group}


async def join(session: Session, invite: str) -> Answer:
    """Come into the group of an invite."""
    unanswered = "use the same invite again: the relay did not answer"
    return {"group": await session.asked(session.device.join(invite, session.groups), unanswered)}


async def push(session: Session, text: str | None, file: Path | None) -> Answer:
    """Say something, and wait until the relay has it."""
    if file is not None:
        text = _read(file)
    assert text is not None
    op_id = f"{session.account.name}-{secrets.token_hex(8)}"
    body = json.dumps({"op_id": op_id, "text": text}, ensure_ascii=False)
    kept = session.device.submit(Op(op_id, session.group, "append", body))
    await session.stored(kept, "it may be kept all the same: the device's folder did not take it")

    def ended() -> bool:
        known = session.device.reader.op(op_id)
        return known is not None and known.state != "accepted"

    await session.until(ended, "it is kept, and goes out with the next command; the relay did not take it")
    known = session.device.reader.op(op_id)
    assert known is not None
    if known.state == "failed":
        raise FailedError(f"the relay refuses it: {known.message}")
    return {"op_id": op_id, "place": known.seq}


async def pull(session: Session, after: int) -> Answer:
    """All that was said behind a cursor."""
    group = await session.synced()
    messages: list[Answer] = []
    cursor = after
    while page := list(session.device.reader.deliveries(cursor, _PAGE)):
        cursor = page[-1].n
        messages += [
            {"cursor": each.n, "author": each.author, "text": _said(each.body)}
            for each in page
            if each.group == group
        ]
    return {"messages": messages, "cursor": cursor}


async def status(session: Session) -> Answer:
    """How the device stands, which is told also where it cannot connect."""
    device, unconnected = session.device, None
    try:
        await session.until(lambda: device.core.connection == "live", "the device could not connect")
    except FailedError as failed:
        unconnected = failed
    groups = session.groups
    answer: Answer = {
        "name": session.account.name,
        "id": shown(device_id(session.account.name)),
        "relay": session.account.relay,
        "connection": device.core.connection,
        "group": groups[0] if groups else None,
        "cursor": device.reader.delivery_count(),
        "waiting": device.core.pending()["outbox"],
    }
    if unconnected is not None:
        raise FailedError(str(unconnected), answer)
    return answer


async def devices(session: Session) -> Answer:
    """Who is in the group, by the relay's word: whoever was invited came in without this device."""
    await session.device.set_group(session.group, (session.account.name,))
    state = session.device.reader.group(await session.synced())
    assert state is not None
    return {"devices": [{"name": name, "id": shown(device_id(name))} for name in state.members]}


def _read(file: Path) -> str:
    try:
        return (sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()).decode()
    except OSError as error:
        raise FailedError(f"{file} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise FailedError(f"{file} is no text in UTF-8, and nothing else can be pushed here") from None


def _said(body: str) -> str:
    """The text of a message; of one that another program made, all of it."""
    try:
        said = json.loads(body)
    except ValueError:
        return body
    text = said.get("text") if isinstance(said, dict) else None
    return text if isinstance(text, str) else body
