"""One container: its life, what it says and what it uses."""

from __future__ import annotations

import signal as signals
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker.errors
from docker.models.containers import Container as SdkContainer

from syncproof.faults.containers import archive
from syncproof.faults.containers.errors import ContainerError, NotHealthy, UnknownNetwork, WrongState
from syncproof.faults.containers.telling import told
from syncproof.faults.containers.usage import Usage, usage_of

_POLL_S = 0.05
_LOG_LINES = 12
#: What runc says when the freezer has given up.
_NOT_FROZEN = "unable to freeze"


@dataclass(frozen=True)
class Output:
    """What a command in a container answered. status: its exit status."""

    status: int
    stdout: str
    stderr: str


class HeldInput:
    """The stdin of a container, open for as long as this is held. Raises ContainerError."""

    def __init__(self, stream: Any, name: str) -> None:
        # The SDK answers a reader of the socket, behind which the socket itself is hidden.
        self._stream, self._socket, self._name = stream, getattr(stream, "_sock", stream), name

    def write(self, text: str) -> None:
        """Hand it text."""
        try:
            self._socket.sendall(text.encode())
        except OSError as wrong:
            raise WrongState(f"The container '{self._name}' takes no input: {wrong}.") from None

    def close(self) -> None:
        """Let go: the container reads the end of its input."""
        self._stream.close()


class Container:
    """A handle that asks the engine each time; it never remembers a state. Every method raises ContainerError."""

    def __init__(self, sdk: SdkContainer) -> None:
        self._sdk = sdk
        self.id = str(sdk.id)
        self.name = str(sdk.name)

    def __repr__(self) -> str:
        return f"<Container {self.name}>"

    # What it is

    def inspect(self) -> dict[str, Any]:
        """Everything that the engine knows of it now."""
        with told(f"look at the container '{self.name}'"):
            self._sdk.reload()
        return dict(self._sdk.attrs)

    def state(self) -> str:
        """`created`, `running`, `paused`, `restarting`, `removing`, `exited` or `dead`."""
        return str(self.inspect()["State"]["Status"])

    def exists(self) -> bool:
        """Whether the engine still has it."""
        try:
            self._sdk.reload()
        except docker.errors.NotFound:
            return False
        return True

    def pid(self) -> int:
        """Of its first process, as its machine sees it; 0 when it does not run."""
        return int(self.inspect()["State"]["Pid"])

    def exit_status(self) -> int | None:
        """None while it runs (or is paused, or was never started), then that of its first process."""
        state = self.inspect()["State"]
        return int(state["ExitCode"]) if state["Status"] in ("exited", "dead") else None

    def labels(self) -> dict[str, str]:
        """Its labels, those of its image included."""
        return dict(self._sdk.labels)

    def address(self, network: str) -> str:
        """Its IP address on a network. Raises UnknownNetwork if it is on none of that name."""
        found = self.inspect()["NetworkSettings"]["Networks"]
        if network not in found or not found[network]["IPAddress"]:
            raise UnknownNetwork(
                f"The container '{self.name}' has no address on a network '{network}'. "
                f"It is on: {', '.join(sorted(found)) or 'none'}."
            )
        return str(found[network]["IPAddress"])

    def published(self, port: int) -> str:
        """Where a TCP port of it can be reached from its machine, `host:port`. Raises WrongState if nowhere."""
        bindings = self.inspect()["NetworkSettings"]["Ports"].get(f"{port}/tcp")
        if not bindings:
            raise WrongState(
                f"The container '{self.name}' does not publish its port {port} (or does not run)."
            )
        return f"{bindings[0]['HostIp']}:{bindings[0]['HostPort']}"

    # Its life

    def start(self) -> None:
        """Start it (again). Raises PortTaken, WrongState."""
        with told(f"start the container '{self.name}'"):
            self._sdk.start()

    def stop(self, deadline_s: float = 10.0) -> None:
        """SIGTERM, after deadline_s SIGKILL; returns when it has ended."""
        with told(f"stop the container '{self.name}'"):
            self._sdk.stop(timeout=round(deadline_s))

    def kill(self, signal: str = "SIGKILL") -> None:
        """Send its first process a signal. Raises WrongState if it does not run; does not wait for an end."""
        if not hasattr(signals, signal):
            raise WrongState(f"'{signal}' is no signal: write it like SIGKILL or SIGTERM.")
        with told(f"send {signal} to the container '{self.name}'"):
            self._sdk.kill(signal=signal)

    def wait_ended(self, deadline_s: float) -> int:
        """Its exit status once it has ended. Raises WrongState if it has not by the deadline."""
        until = time.monotonic() + deadline_s
        while (status := self.exit_status()) is None:
            if time.monotonic() > until:
                raise WrongState(
                    f"The container '{self.name}' has not ended within {deadline_s:g} s: it is {self.state()}."
                )
            time.sleep(_POLL_S)
        return status

    def pause(self, deadline_s: float = 10.0) -> None:
        """Freeze all its processes (cgroup freezer); its connections stay open. Raises WrongState.

        The kernel freezes nobody who waits for a disk, and gives up, and lets all go on, where processes are busy just
        then: it is asked again until they stand still, for deadline_s at most.
        """
        until, asked = time.monotonic() + deadline_s, 0
        while True:
            asked += 1
            times = "" if asked == 1 else f", which was asked for {asked} times within {deadline_s:g} s"
            try:
                with told(f"pause the container '{self.name}'{times}"):
                    self._sdk.pause()
            except ContainerError as wrong:
                if _NOT_FROZEN not in str(wrong) or time.monotonic() > until:
                    raise
            else:
                return
            time.sleep(_POLL_S)

    def unpause(self) -> None:
        """Let it go on. Raises WrongState if it is not paused."""
        with told(f"unpause the container '{self.name}'"):
            self._sdk.unpause()

    def restart(self, deadline_s: float = 10.0) -> None:
        """Stop and start it; a port that the operating system picked may change."""
        with told(f"restart the container '{self.name}'"):
            self._sdk.restart(timeout=round(deadline_s))

    def remove(self) -> None:
        """Remove it with its volumes, running or not; nothing happens if it is gone or going already."""
        with told(f"remove the container '{self.name}'"):
            try:
                self._sdk.remove(force=True, v=True)
            except docker.errors.NotFound:
                return
            except docker.errors.APIError as wrong:
                if "is already in progress" not in str(wrong.explanation):
                    raise

    def wait_healthy(self, deadline_s: float) -> None:
        """Return once its health check passes.

        Raises NotHealthy if that does not happen within deadline_s, if it ends, or if it has no health check.
        """
        until = time.monotonic() + deadline_s
        while True:
            state = self.inspect()["State"]
            health = state.get("Health")
            if health is None:
                raise NotHealthy(
                    f"The container '{self.name}' has no health check, so nobody can say that it is healthy: "
                    "give its image or service one."
                )
            if health["Status"] == "healthy" and state["Status"] == "running":
                return
            if state["Status"] in ("exited", "dead"):
                raise NotHealthy(
                    f"The container '{self.name}' ended (exit status {state['ExitCode']}) before it was healthy."
                    f"{self.last_words()}"
                )
            if time.monotonic() > until:
                said = str(health["Log"][-1]["Output"]).strip() if health.get("Log") else "nothing yet"
                raise NotHealthy(
                    f"The container '{self.name}' is {health['Status']} after {deadline_s:g} s; its check said: "
                    f"{said[-200:]}.{self.last_words()}"
                )
            time.sleep(_POLL_S)

    # What it says and uses

    def logs(self, tail: int | None = None) -> str:
        """Stdout and stderr so far, or the last `tail` lines of them."""
        with told(f"read the log of the container '{self.name}'"):
            content = self._sdk.logs(tail="all" if tail is None else tail)
        assert isinstance(content, bytes)  # stream=True gives an iterator
        return content.decode(errors="replace")

    def last_words(self) -> str:
        """The end of its log, to be put behind a message."""
        lines = self.logs(_LOG_LINES).splitlines()
        if not lines:
            return " It has logged nothing."
        return "\n".join([" The last lines of its log:", *(f"    {line}" for line in lines)])

    def usage(self) -> Usage:
        """What it uses now. Raises WrongState if it does not run."""
        with told(f"measure the container '{self.name}'"):
            stats = self._sdk.stats(stream=False)
        assert isinstance(stats, dict)  # stream=True gives an iterator
        return usage_of(self.name, stats)

    def run(self, command: Sequence[str], user: str = "") -> Output:
        """Run a command in it and wait for its end, whatever its status. Raises WrongState if it does not run."""
        with told(f"run '{' '.join(command)}' in the container '{self.name}'"):
            status, streams = self._sdk.exec_run(list(command), user=user, demux=True)
        assert isinstance(streams, tuple)  # demux gives both
        stdout, stderr = streams
        return Output(
            int(status or 0),
            (stdout or b"").decode(errors="replace"),
            (stderr or b"").decode(errors="replace"),
        )

    def hold_stdin(self) -> HeldInput:
        """Write to its stdin from before its start (made with `stdin_open`); it is closed when we let go, or end."""
        with told(f"hold the input of the container '{self.name}'"):
            return HeldInput(self._sdk.attach_socket(params={"stdin": 1, "stream": 1}), self.name)

    # Files

    def copy_in(self, source: Path, target: str) -> None:
        """Copy a file or folder to the path `target` in it (running or not). Raises ContainerError."""
        self._put(archive.packed(source, archive.name(target)), target)

    def put_text(self, text: str, target: str) -> None:
        """Make or replace the file `target` in it, readable by everybody."""
        self._put(archive.packed_text(text, archive.name(target)), target)

    def copy_out(self, source: str, target: Path) -> None:
        """Copy a file or folder of it to the path `target` here."""
        with told(f"copy '{source}' out of the container '{self.name}'"):
            chunks, _ = self._sdk.get_archive(source)
            content = b"".join(chunks)
        archive.unpack(content, target)

    def _put(self, content: bytes, target: str) -> None:
        with told(f"copy '{target}' into the container '{self.name}'"):
            self._sdk.put_archive(archive.folder(target), content)
