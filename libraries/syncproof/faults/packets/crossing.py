"""The programs between this machine's network and those of devices: see `sandbox`.

Each is a program of the launcher, `run(config, ready)`, and ends with the run as all of them do.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Callable, Mapping, Sequence

from syncproof.processes import lifeline, namespaces

Ready = Callable[[Mapping[str, object]], None]
Address = tuple[str, int]

_CHUNK = 65536


def router(config: Mapping[str, object], ready: Ready) -> None:  # noqa: ARG001
    """Holds the user namespace and its first network; where nobody may make them it answers why as `refused`."""
    try:
        namespaces.leave_for_user_and_network()
    except OSError as refusal:
        ready({"refused": str(refusal)})
        return
    lifeline.die_with_parent()
    ready({})
    signal.pause()


def control(config: Mapping[str, object], ready: Ready) -> None:
    """Makes a device's network in the user namespace `user`, and leads from outside to `port` of its loopback."""
    listening = _listening("127.0.0.1")
    namespaces.enter([str(config["user"])])
    namespaces.leave_for_network()
    lifeline.die_with_parent()
    host, port = listening.getsockname()
    ready({"host": host, "port": port})
    asyncio.run(_carry(listening, ("127.0.0.1", int(str(config["port"])))))


def uplink(config: Mapping[str, object], ready: Ready) -> None:
    """Listens on `listen` in the namespaces `enter`, and leads to `to` outside."""
    enter, to = config["enter"], config["to"]
    assert isinstance(enter, list)
    assert isinstance(to, list)
    listening = _listening_in(enter, str(config["listen"]))
    ready({"port": listening.getsockname()[1]})
    asyncio.run(_carry(listening, (str(to[0]), int(to[1]))))


def _listening(host: str) -> socket.socket:
    return socket.create_server((host, 0), backlog=128)


def _listening_in(enter: Sequence[str], host: str) -> socket.socket:
    """A listening socket of another network: a child goes there, makes it and hands it over.

    It has to be a child: who has entered another user namespace does not come back.
    """
    ours, theirs = socket.socketpair()
    with ours, theirs:
        child = os.fork()
        if not child:
            status = 1
            try:
                namespaces.enter(enter)
                made = _listening(host)
                socket.send_fds(theirs, [b"."], [made.fileno()])
                status = 0
            finally:
                os._exit(status)
        theirs.close()
        _, descriptors, _, _ = socket.recv_fds(ours, 1, 1)
        os.waitpid(child, 0)
    if not descriptors:
        raise OSError(f"no socket could be made on {host} in {', '.join(enter)}")
    return socket.socket(fileno=descriptors[0])


async def _carry(listening: socket.socket, to: Address) -> None:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there = await asyncio.open_connection(*to)
        except OSError:
            writer.transport.abort()  # as near to a refusal as one can come who has accepted already
            return
        both = (reader, there[1]), (there[0], writer)
        await asyncio.gather(*(_pump(source, sink, writer, there[1]) for source, sink in both))
        for each in (writer, there[1]):
            each.close()

    server = await asyncio.start_server(connected, sock=listening)
    await server.serve_forever()


async def _pump(
    source: asyncio.StreamReader, sink: asyncio.StreamWriter, *both: asyncio.StreamWriter
) -> None:
    """Carry bytes one way, then the end of them; a connection that breaks off breaks off on both sides."""
    try:
        while chunk := await source.read(_CHUNK):
            sink.write(chunk)
            await sink.drain()
        if sink.can_write_eof():
            sink.write_eof()
    except OSError:
        for each in both:
            each.transport.abort()
