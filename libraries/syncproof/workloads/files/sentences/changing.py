"""Sentences about what users do in their folders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.kernel.cast import Device, Devices
from syncproof.kernel.quantities import Duration, Size
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.text import Text
from syncproof.workloads.files.paths import Paths
from syncproof.workloads.files.state import Files

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class WritesFile(Sentence):
    """Let a user write a file: a new one, or a new version of one that is there.

    ``path``: a `Text`, where it is in the folder, like ``plan.txt`` or ``docs/plan.txt``. Each version says something
    that no other one says, so that it is known again wherever it lies.

    Enqueues; the user writes as soon as the scenario waits for something. It counts as one of the device's messages.

    Example:
    | When Alice writes file "plan.txt"
    | Then all folders should be equal within 30 seconds

    Source: plan P-1.1.1.
    """

    page = "Devices"
    template = '${device} writes file "${path}"'
    roles = ("sends",)
    device: Device
    path: Text

    def run(self, world: World) -> None:
        world.of(Files).write(self.device.name, str(self.path))


class WritesLargeFile(Sentence):
    """Let a user write a file of a size.

    ``path``: a `Text`. ``size``: a `Size`; a version that is to be known again has some 60 bytes at least.

    Otherwise like `${device} writes file "${path}"`.

    Example:
    | When Alice writes file "film.bin" of 5 MB
    | Then all folders should be equal within 30 seconds

    Source: plan P-4.2.1.
    """

    page = "Devices"
    template = '${device} writes file "${path}" of ${size}'
    roles = ("sends",)
    device: Device
    path: Text
    size: Size

    def run(self, world: World) -> None:
        world.of(Files).write(self.device.name, str(self.path), size=self.size.bytes)


class WritesWords(Sentence):
    """Let a user write a file of a size that says a few words again and again.

    ``path``: a `Text`. ``size``: a `Size`.

    Otherwise like `${device} writes file "${path}" of ${size}`, where nothing is said twice.

    Example:
    | When Alice fills file "words.txt" with 1 MB of the same words
    | Then the last change should have cost no device more than 200 KB

    Source: plan P-5.3.5.
    """

    page = "Devices"
    template = '${device} fills file "${path}" with ${size} of the same words'
    roles = ("sends",)
    device: Device
    path: Text
    size: Size

    def run(self, world: World) -> None:
        world.of(Files).write_words(self.device.name, str(self.path), self.size.bytes)


class AltersFile(Sentence):
    """Let a user write something else into the middle of a file; the rest of it stays as it is.

    ``size``: a `Size` of what is written there. ``path``: a `Text`, of a file that the device has by then.

    Enqueues; it counts as one of the device's messages. Fails when the file is not larger than that.

    Example:
    | When Alice changes 1 KB in the middle of file "film.bin"
    | Then the last change should have cost no device more than 150 KB

    Source: plan P-5.3.4.
    """

    page = "Devices"
    template = '${device} changes ${size} in the middle of file "${path}"'
    roles = ("sends",)
    device: Device
    size: Size
    path: Text

    def run(self, world: World) -> None:
        world.of(Files).alter(self.device.name, str(self.path), self.size.bytes)


class WriteTheSame(Sentence):
    """Let several users write the same text into one file, each for themselves.

    ``devices``: see `Devices`. ``path``: a `Text`. ``size``: a `Size` of the text.

    Enqueues; it counts as one message of each device. Whatever knows nothing of the other is a version of its own,
    though nobody can tell them apart by what they say.

    Example:
    | And Alice and Bob write the same file "plan.txt" of 1 KB
    | Then file "plan.txt" should have 1 version everywhere within 30 seconds

    Source: plan P-4.2.7.
    """

    page = "Devices"
    template = '${devices} write the same file "${path}" of ${size}'
    roles = ("sends",)
    devices: Devices
    path: Text
    size: Size

    def run(self, world: World) -> None:
        names = [device.name for device in self.devices]
        world.of(Files).write_alike(names, str(self.path), self.size.bytes)


class WritesFiles(Sentence):
    """Let a user write many new files that the scenario does not name, one after the other.

    ``count``: a `Number`. ``size``: a `Size`, of each. They are called ``file 1.txt``, ``file 2.txt`` and so on.

    Enqueues; each counts as one of the device's messages.

    Example:
    | When Alice writes 200 files of 4 KB
    | Then all folders should be equal within 30 seconds

    Source: plan P-1.1.5.
    """

    page = "Devices"
    template = "${device} writes ${count} files of ${size}"
    roles = ("sends",)
    device: Device
    count: int
    size: Size

    def run(self, world: World) -> None:
        world.of(Files).write_many(self.device.name, self.count, self.size.bytes)


class WritesFilesInFolder(Sentence):
    """Let a user write many new files into a directory of the folder, one after the other.

    ``folder``: a `Text`, its path. ``count``: a `Number`. ``size``: a `Size`, of each.

    Otherwise like `${device} writes ${count} files of ${size}`.

    Example:
    | When Alice fills folder "photos" with 20 files of 1 KB
    | Then all folders should be equal within 30 seconds

    Source: plan P-1.3.2.
    """

    page = "Devices"
    template = '${device} fills folder "${folder}" with ${count} files of ${size}'
    roles = ("sends",)
    device: Device
    folder: Text
    count: int
    size: Size

    def run(self, world: World) -> None:
        world.of(Files).write_many(self.device.name, self.count, self.size.bytes, f"{self.folder}/")


class RewritesFile(Sentence):
    """Let a user write a file several times, each time something else.

    ``path``: a `Text`. ``count``: a `Number` of versions.

    Enqueues; each version counts as one of the device's messages.

    Example:
    | When Alice writes file "plan.txt" 20 times
    | Then all folders should be equal within 30 seconds

    Source: plan P-1.3.5.
    """

    page = "Devices"
    template = '${device} writes file "${path}" ${count} times'
    roles = ("sends",)
    device: Device
    path: Text
    count: int

    def run(self, world: World) -> None:
        for _ in range(self.count):
            world.of(Files).write(self.device.name, str(self.path))


class DeletesFile(Sentence):
    """Let a user delete a file.

    ``path``: a `Text`, of a file that somebody has written before.

    Enqueues; it counts as one of the device's messages. Fails at once when nobody has written the file, and when the
    device does not have it by then.

    Example:
    | And Bob deletes file "plan.txt"
    | Then file "plan.txt" should be deleted everywhere within 10 seconds

    Source: plan P-4.2.7.
    """

    page = "Devices"
    template = '${device} deletes file "${path}"'
    roles = ("sends",)
    device: Device
    path: Text

    def run(self, world: World) -> None:
        world.of(Files).delete(self.device.name, str(self.path))


class RenamesFile(Sentence):
    """Let a user give a file another name, or another place in the folder.

    ``path``, ``to``: each a `Text`.

    Otherwise like `${device} deletes file "${path}"`.

    Example:
    | And Bob renames file "plan.txt" to "old plan.txt"
    | Then all folders should be equal within 30 seconds

    Source: plan P-1.3.1.
    """

    page = "Devices"
    template = '${device} renames file "${path}" to "${to}"'
    roles = ("sends",)
    device: Device
    path: Text
    to: Text

    def run(self, world: World) -> None:
        world.of(Files).rename(self.device.name, str(self.path), str(self.to))


class ProtectsFile(Sentence):
    """Let a user make a file read-only.

    ``path``: a `Text`, of a file that somebody has written before.

    Otherwise like `${device} deletes file "${path}"`.

    Example:
    | And Bob makes file "plan.txt" read-only
    | Then all folders should be equal within 30 seconds

    Source: plan P-1.3.7.
    """

    page = "Devices"
    template = '${device} makes file "${path}" read-only'
    roles = ("sends",)
    device: Device
    path: Text

    def run(self, world: World) -> None:
        world.of(Files).protect(self.device.name, str(self.path))


class TouchesFile(Sentence):
    """Let a user's program write a file again as it is: its time changes, and nothing else.

    ``path``: a `Text`, of a file that the device has. ``count``: a `Number`, how often.

    Hands over what is due, and acts at once. It is no change: nothing need be told to anybody.

    Example:
    | And Bob touches file "plan.txt" 3 times
    | Then nothing should be transferred for 2 seconds

    Source: plan P-1.3.7.
    """

    page = "Devices"
    template = '${device} touches file "${path}" ${count} times'
    device: Device
    path: Text
    count: int

    def run(self, world: World) -> None:
        world.of(Files).touch(self.device.name, str(self.path), self.count)


class WritesFilesOver(Sentence):
    """Let a user write many new files that the scenario does not name, spread evenly over a time.

    ``count``: a `Number`. ``size``: a `Size`, of each. ``duration``: a `Duration` that starts now; TIME_SCALE applies.

    Otherwise like `${device} writes ${count} files of ${size}`.

    Example:
    | When Alice spends 10 seconds writing 20 files of 1 KB
    | And Bob's connection flaps every 2 seconds

    Source: plan P-4.1.5.
    """

    page = "Devices"
    template = "${device} spends ${duration} writing ${count} files of ${size}"
    roles = ("sends",)
    device: Device
    duration: Duration
    count: int
    size: Size

    def run(self, world: World) -> None:
        over_ns = world.scaled_ns(self.duration)
        world.of(Files).write_many(self.device.name, self.count, self.size.bytes, over_ns=over_ns)


class WritesGrowingFiles(Sentence):
    """Let a user write many new files that the scenario does not name, each larger than the one before it.

    ``count``: a `Number`. ``size``: a `Size`, of the last one; the others differ from each other by the same.

    Otherwise like `${device} writes ${count} files of ${size}`.

    Example:
    | And somebody listens between Alice and Bob
    | When Alice writes 120 ever larger files up to 60 KB

    Source: plan P-6.2.7.
    """

    page = "Devices"
    template = "${device} writes ${count} ever larger files up to ${size}"
    roles = ("sends",)
    device: Device
    count: int
    size: Size

    def run(self, world: World) -> None:
        world.of(Files).write_growing(self.device.name, self.count, self.size.bytes)


class SettlesFile(Sentence):
    """Let a user keep the version of a file that is shown, and delete each other one that lies beside it.

    ``path``: a `Text`, of a file of which the device has several versions.

    Enqueues; each deletion counts as one of the device's messages. Fails when the device has but one version by then.

    Example:
    | And Carol keeps only the shown version of "plan.txt"
    | Then file "plan.txt" should have 1 version everywhere within 10 seconds

    Source: plan P-4.3.2.
    """

    page = "Devices"
    template = '${device} keeps only the shown version of "${path}"'
    roles = ("sends",)
    device: Device
    path: Text

    def run(self, world: World) -> None:
        world.of(Files).settle(self.device.name, str(self.path))


class WritesNamedFiles(Sentence):
    """Let a user write several files, one after the other.

    ``paths``: see `Paths`; one that stands there twice is written twice.

    Otherwise like `${device} writes file "${path}"`.

    Example:
    | When Alice writes files "plan.txt" and "list.txt"
    | Then all folders should be equal within 30 seconds

    Source: plan P-4.2.5.
    """

    page = "Devices"
    template = "${device} writes files ${paths}"
    roles = ("sends",)
    device: Device
    paths: Paths

    def run(self, world: World) -> None:
        for path in self.paths.names:
            world.of(Files).write(self.device.name, path)
