"""The command lines of a scenario: each has a device of its own beside the device of its user."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from syncproof.kernel.operations import PATIENCE_S
from syncproof.kernel.state import State
from syncproof.kernel.trouble import InvalidScenario
from syncproof.workloads.command_line.checks import RAN

if TYPE_CHECKING:
    from syncproof.kernel.world import World


#: Of what a command has said, so much goes on record.
_MOST_LINES, _LONGEST_LINE = 20, 300


class Said(msgspec.Struct, frozen=True):
    """What a command says of itself with `--output json`, as far as anybody here reads it."""

    code: str = ""
    messages: tuple[Message, ...] = ()


class Message(msgspec.Struct, frozen=True):
    """One that was pulled."""

    text: str


class CommandFailed(AssertionError):
    """A command of the product could not do what it was asked for."""


class CommandLines(State):
    """By their users' names."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._folders: dict[str, Path] = {}

    def make(self, name: str) -> None:
        """Make the device on somebody's command line."""
        self._folders[name] = self._world.test_bed.fresh_directory(f"{name} command line")
        device = f"{self._world.topology.group}/{name}"
        self.run(name, "init", "--name", device)

    def run(self, name: str, *words: str) -> Said:
        """Run a command and wait for its end; it goes on record. Raises CommandFailed."""
        status, said = self._ended(name, words)
        if status:
            raise CommandFailed(
                f"{name}'s command line cannot {words[0]} (exit status {status}): {said.strip()}"
            )
        return _read(said)

    def pull(self, name: str, within_s: float) -> tuple[str, ...]:
        """The texts that a command line shows; () where it cannot pull."""
        status, said = self._ended(name, ("pull", "--timeout", f"{within_s:g}"))
        return () if status else tuple(message.text for message in _read(said).messages)

    def try_in_vain(self, name: str, words: tuple[str, ...], timeout_s: float, within_ns: int) -> None:
        """Run a command that cannot be done; it is ended where it does not end by itself, and goes on record."""
        self._ended(name, (*words, "--timeout", f"{timeout_s:g}"), within_ns)

    def _ended(self, name: str, words: tuple[str, ...], within_ns: int | None = None) -> tuple[int, str]:
        if name not in self._folders:
            raise InvalidScenario(
                f"{name} has no command line: say 'Alice and Bob have a command line' first."
            )
        world, profile = self._world, self._world.profile
        server = world.test_bed.server
        env = {
            key: value.replace("{address}", server.address).replace("{secret}", server.secret)
            for key, value in profile.command_line_env.items()
        }
        argv = (*profile.command_line, *words, "--data-dir", str(self._folders[name]), "--output", "json")
        program = world.test_bed.run_command(f"{name}-cli", argv, env)
        began_ns = world.scheduler.now()
        if within_ns is None:
            what = f"'{words[0]}' on {name}'s command line to end"
            world.run_until(what, lambda: not program.alive(), PATIENCE_S)
        elif not world.scheduler.run_until(lambda: not program.alive(), lambda: began_ns + within_ns):
            program.kill()
        took_ns = world.scheduler.now() - began_ns
        status, said = program.exit_status() or 0, program.log.read_text(errors="replace")
        texts = (
            [message.text for message in _read(said).messages] if words[0] == "pull" and not status else []
        )
        # Each line by itself: what begins as JSON has to be known as that.
        lines = [line[:_LONGEST_LINE] for line in said.splitlines()[-_MOST_LINES:]]
        fields = {"command": words[0], "status": status, "texts": texts, "said": "\n".join(lines)}
        world.note(RAN, device=name, took_ns=took_ns, **fields)
        return status, said


def _read(said: str) -> Said:
    """The last line that is JSON: what stands before it is for people."""
    for line in reversed(said.splitlines()):
        try:
            return msgspec.json.decode(line, type=Said)
        except msgspec.DecodeError:
            continue
    return Said()
