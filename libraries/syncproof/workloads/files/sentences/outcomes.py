"""Sentences about what must have come of the folders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncproof.kernel.cast import Device
from syncproof.kernel.outcome import Outcome
from syncproof.kernel.quantities import Duration, Size
from syncproof.kernel.text import Text
from syncproof.workloads.files.checks.transfers import bytes_of
from syncproof.workloads.files.records import FileTransfer
from syncproof.workloads.files.state import Files
from syncproof.workloads.files.versions import Versions

if TYPE_CHECKING:
    from syncproof.kernel.world import World

#: How long everything may take to become quiet, at scale 1.
_QUIET_WITHIN_S = 30.0


class FoldersEqual(Outcome):
    """All folders must have the same files, with the same content and permissions, and every change in them.

    ``duration``: a `Duration` from when everything that was enqueued is done and the last fault has ended.

    Folders are looked at again and again, and each file is hashed. When a file was written is not compared.

    Example:
    | When Alice writes file "plan.txt"
    | Then all folders should be equal within 30 seconds

    Source: plan P-9.1.2.
    """

    template = "all folders should be equal within ${duration}"
    check = "equal_folders"
    duration: Duration

    def ready(self, world: World) -> bool:
        files = world.of(Files)
        if not files.look_again() or not files.all_delivered():
            return False
        first, *others = files.folders.values()
        return all(each == first for each in others)


class _OfFile(Outcome):
    """Base of those that look for versions of one file in every folder."""

    path: Text

    def _number(self) -> int:
        raise NotImplementedError

    def limits(self, world: World) -> dict[str, Any]:
        world.of(Files).require(str(self.path))
        return {"path": str(self.path), "number": self._number()}

    def ready(self, world: World) -> bool:
        files = world.of(Files)
        if not files.look_again() or not files.all_delivered():
            return False
        return all(number == self._number() for number in files.numbers_of(str(self.path)))


class FileHasVersions(_OfFile):
    """Every folder must have so many versions of a file: one under its name, each other one beside it.

    ``path``: a `Text`. ``count``: a `Number`. ``duration``: a `Duration`, from when everything that was
    enqueued is done and the last fault has ended.

    Versions that were written by users who knew nothing of each other are all kept, each in a file whose name begins
    like that of the file.

    Example:
    | And Alice and Bob come online
    | Then file "plan.txt" should have 2 versions everywhere within 10 seconds

    Source: plan P-4.2.6.
    """

    template = 'file "${path}" should have ${count} versions everywhere within ${duration}'
    check = "file_versions"
    path: Text
    count: int
    duration: Duration

    def _number(self) -> int:
        return self.count


class FileDeleted(_OfFile):
    """No folder may have a file, nor any version of it.

    ``path``: a `Text`, of a file that somebody has written. ``duration``: a `Duration` from when everything that
    was enqueued is done and the last fault has ended.

    At its end every test is judged for a file that came back after it was deleted.

    Example:
    | When Bob deletes file "plan.txt"
    | Then file "plan.txt" should be deleted everywhere within 10 seconds

    Source: plan P-4.2.7.
    """

    template = 'file "${path}" should be deleted everywhere within ${duration}'
    check = "file_versions"
    path: Text
    duration: Duration

    def _number(self) -> int:
        return 0


class FileArrived(Outcome):
    """A device must show the version of a file that somebody has written last.

    ``author``: the `Device` whose user wrote it. ``path``: a `Text`. ``duration``: a `Duration`.

    Example:
    | When Alice writes file "plan.txt"
    | Then Carol should have Alice's file "plan.txt" within 5 seconds

    Source: plan P-4.1.3.
    """

    template = '${device} should have ${author}\'s file "${path}" within ${duration}'
    check = "file_arrived"
    device: Device
    author: Device
    path: Text
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        world.of(Files).require(str(self.path))
        return {"path": str(self.path), "author": self.author.name}

    def ready(self, world: World) -> bool:
        files = world.of(Files)
        if not files.look_again() or world.scheduler.pending:
            return False
        shown = files.folders.get(self.device.name, {}).get(str(self.path))
        made = Versions(world.history).by_path.get(str(self.path), ())
        wanted = [each.file for each in made if each.author == self.author.name and each.file is not None]
        return shown is not None and bool(wanted) and shown.digest == wanted[-1].digest


class BytesArrived(Outcome):
    """A device must have got so much of files, in parts of whatever size the product makes them.

    ``size``: a `Size`, of different parts since the scenario began. ``duration``: a `Duration`.

    Makes sure that what comes behind it befalls a file which is on its way. Fails when the deadline passes (``expected
    Bob to have got 100 KB of files``, and how much it got).

    Example:
    | When Alice writes file "film.bin" of 2 MB
    | Then Bob should have got 100 KB of files within 10 seconds
    | When the network splits into Alice against Bob

    Source: plan P-4.2.1.
    """

    template = "${device} should have got ${size} of files within ${duration}"
    needs = ("folders:parts",)
    check = "bytes_arrived"
    device: Device
    size: Size
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        del world
        return {"size": self.size.bytes}

    def ready(self, world: World) -> bool:
        return bytes_of(world.history, self.device.name) >= self.size.bytes


class PathsUsed(Outcome):
    """A device must have got parts of files from so many others, at least.

    ``count``: a `Number`, of devices. ``duration``: a `Duration`.

    Example:
    | When the upstream bandwidth of all links is limited to 300 KB/s
    | And Carol comes online
    | Then Carol should have got files from 2 devices within 30 seconds

    Source: plan P-3.3.3.
    """

    template = "${device} should have got files from ${count} devices within ${duration}"
    needs = ("folders:parts",)
    check = "paths_used"
    device: Device
    count: int
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        del world
        return {"number": self.count}

    def ready(self, world: World) -> bool:
        got = world.history.of(FileTransfer, self.device.name)
        return len({line.peer for line in got if line.what == "block"}) >= self.count


class NothingTransferred(Outcome):
    """Nothing may be transferred, and no folder may change, for so long without a break: there is no loop.

    ``quiet``: a `Duration`; TIME_SCALE applies.

    Waits for it at most 30 seconds more than that, and fails with who still got something, and how often. Whatever
    peers say to each other counts, but for the pings that keep a connection open. Folders are looked at all the time.

    Example:
    | When Alice writes file "plan.txt"
    | Then nothing should be transferred for 10 seconds

    Source: plan P-1.1.4.
    """

    template = "nothing should be transferred for ${quiet}"
    check = "quiescence"
    quiet: Duration

    def run(self, world: World) -> None:
        files, quiet_ns = world.of(Files), world.scaled_ns(self.quiet)
        world.operations.flush()
        files.look()
        begin_ns = world.scheduler.now()

        def is_quiet() -> bool:
            return files.look_again() and world.scheduler.now() - max(begin_ns, self._last(world)) > quiet_ns

        within_s = self.quiet.seconds + _QUIET_WITHIN_S
        world.wait_for(is_quiet, within_s)
        world.read_evidence()
        files.look()
        world.note("quiet_looked")
        within_ns = round(within_s * world.scale * 1e9) + world.slack_ns
        limits = {"quiet_ns": quiet_ns, "asked_ns": world.asked_ns, "within_ns": within_ns}
        world.verdicts.require(self.check, None, **limits)

    def _last(self, world: World) -> int:
        history = world.history
        transfers = history.of(FileTransfer)
        last = transfers[-1].t_ns if transfers else 0
        return max(last, world.of(Files).changed_ns, *history.last_delivery_ns.values(), 0)


class TransfersBounded(Outcome):
    """A change must cost each device a few transfers, however many others have it.

    ``count``: a `Number`: so often may each part of a file come to a device at most, and of changes, without their
    content, so many times as many as others have made.

    Waits until everything is at rest, see `Rest`.

    Example:
    | When Alice writes 200 files of 4 KB
    | Then a change should cost at most 2 transfers per device

    Source: plan P-1.1.5.
    """

    template = "a change should cost at most ${count} transfers per device"
    needs = ("folders:transfers",)
    check = "bounded_transfers"
    count: int

    def limits(self, world: World) -> dict[str, Any]:
        del world
        return {"most": self.count}
