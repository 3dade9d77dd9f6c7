"""Tasks as records of PocketBase: their ids, how they are asked for, and what is read of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import msgspec

TASKS, REQUESTS = "/api/collections/tasks/records", "/api/collections/requests/records"
#: Records of a page; PocketBase gives at most 1,000.
PAGE = 500
#: Conditions that PocketBase takes in one filter (200), and characters (3,500), leave room for so many ids.
IDS = 100
#: A record has its time before it can be read: its transaction may take so long, by the server's setting, twice over.
_OVERLAP = timedelta(seconds=60)
_TIME = "%Y-%m-%d %H:%M:%S.%fZ"


class Task(msgspec.Struct, frozen=True):
    """A record of the collection `tasks`. updated: by the server's clock. A deleted one says in `content` why."""

    id: str
    repository: str
    name: str
    content: str
    version: int
    author: str
    updated: str
    deleted: bool = False


class Page(msgspec.Struct, frozen=True):
    """An answer to a list request."""

    items: list[Task]


class Noted(msgspec.Struct, frozen=True):
    """What is read of a task's content: which operation it is of."""

    op_id: str = ""


def record_id(*names: str) -> str:
    """The id of a record by what it is about: it has 15 characters, and the same names have the same."""
    return hashlib.sha256("\0".join(names).encode()).hexdigest()[:15]


def topic(repository: str) -> str:
    """What to subscribe to, so that changes of this repository's tasks are told, and no others."""
    options = {"query": {"filter": f"repository = {_text(repository)}"}}
    return f"tasks/*?options={quote(json.dumps(options), safe='')}"


def changed_since(repository: str, since: str, behind: str = "") -> dict[str, str | int]:
    """The query for a page of what has changed since then ("" for ever), in the order of its changes.

    behind: of what changed just then, only ids behind this one.
    """
    wanted = f"repository = {_text(repository)}"
    if since:
        then = _text(since)
        wanted += f" && (updated > {then} || (updated = {then} && id > {_text(behind)}))"
    return {"filter": wanted, "sort": "updated,id", "perPage": PAGE, "skipTotal": 1}


def with_ids(ids: Sequence[str]) -> dict[str, str | int]:
    """The query for these records, `IDS` at most."""
    wanted = " || ".join(f"id = {_text(each)}" for each in ids)
    return {"filter": wanted, "perPage": PAGE, "skipTotal": 1}


def with_overlap(since: str) -> str:
    """A time of the server ("" for none) with what may have been under way then."""
    if not since:
        return ""
    earlier = datetime.strptime(since, _TIME).replace(tzinfo=UTC) - _OVERLAP
    return earlier.strftime(_TIME)[:-4] + "Z"


def op_id_of(content: str) -> str:
    """The operation that a task's content is of; "" for none."""
    try:
        return msgspec.json.decode(content, type=Noted).op_id
    except msgspec.DecodeError:
        return ""


def _text(value: str) -> str:
    """A text in a filter, as PocketBase's SDKs write it."""
    escaped = value.replace("'", "\\'")
    return f"'{escaped}'"
