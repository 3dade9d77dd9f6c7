"""One sync of a repository: what waits is sent, then what has changed is fetched, both until nothing is left."""

from __future__ import annotations

import http.client
import time
from urllib.parse import quote

import msgspec

from syncproof_products.taskserver.agent.shapes import Change
from syncproof_products.taskserver.agent.wire import is_final, outcome_of, request_of
from syncproof_products.taskserver.command_line.store import LocalStore


class Unfinished(Exception):
    """The server could not be reached, or has not decided; syncing again goes on. again_s: not before."""

    def __init__(self, message: str, again_s: float = 0.0) -> None:
        super().__init__(message)
        self.again_s = again_s


class _Page(msgspec.Struct, frozen=True):
    changes: list[Change]
    head: int


def sync(store: LocalStore, repository: str, server: str, client: str, timeout_s: float) -> None:
    """Send and fetch. server: `host:port`. client: who asks. Raises Unfinished, also where another sync goes on."""
    store.watch(repository, [])
    connection = http.client.HTTPConnection(server, timeout=timeout_s)
    try:
        with store.alone():
            _push(store, connection, client)
            _pull(store, repository, connection, client)
    except BlockingIOError:
        raise Unfinished("another sync of this folder is under way") from None
    except (OSError, http.client.HTTPException, msgspec.DecodeError) as wrong:
        raise Unfinished(str(wrong) or type(wrong).__name__) from None
    finally:
        connection.close()


def _push(store: LocalStore, connection: http.client.HTTPConnection, client: str) -> None:
    while waiting := store.next_to_send():
        request = request_of(waiting)
        content = msgspec.json.encode(request.content)
        headers = {"Idempotency-Key": request.key, "Content-Type": "application/json", "X-Client": client}
        status, answer = _exchange(connection, request.method, request.path, content, headers)
        outcome = outcome_of(waiting, status, answer)
        done = [(each.op_id, "acked", seq) for each, seq in outcome.done]
        store.settle([*done, *((each.op_id, "failed", None) for each, *_ in outcome.refused)])


def _pull(store: LocalStore, repository: str, connection: http.client.HTTPConnection, client: str) -> None:
    path = f"/repositories/{quote(repository, safe='')}/changes?after="
    while True:
        position = store.position(repository)
        status, answer = _exchange(connection, "GET", f"{path}{position}", None, {"X-Client": client})
        if status != 200:
            raise Unfinished(f"the server answered {status} when it was asked for changes")
        page = msgspec.json.decode(answer, type=_Page)
        if [change.seq for change in page.changes] != list(
            range(position + 1, position + 1 + len(page.changes))
        ):
            raise Unfinished(f"the server's changes do not begin behind {position}, or have a gap")
        if page.head < position:
            raise Unfinished(f"the server ends at change {page.head}, and {position} is here: it lost data")
        if page.changes:
            store.deliver(repository, page.changes, "catchup", time.monotonic_ns())
        if not page.changes or page.changes[-1].seq >= page.head:
            return


def _exchange(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    content: bytes | None,
    headers: dict[str, str],
) -> tuple[int, bytes]:
    """Raises Unfinished where the server has not decided, OSError, http.client.HTTPException."""
    connection.request(method, path, content, headers)
    answer = connection.getresponse()
    read = answer.read()
    if not is_final(answer.status):
        try:
            again_s = max(0.0, float(answer.headers.get("Retry-After", "0")))
        except ValueError:
            again_s = 0.0
        raise Unfinished(f"the server answered {answer.status}", again_s)
    return answer.status, read
