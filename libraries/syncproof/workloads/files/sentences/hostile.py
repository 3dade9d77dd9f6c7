"""Sentences about Mallory, who takes part as a peer that does harm, and about what the others make of her."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, Self

from syncproof.kernel.cast import Device
from syncproof.kernel.outcome import Outcome
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.text import Text
from syncproof.workloads.files.checks.hostile import exposed_by
from syncproof.workloads.files.checks.quarantine import quarantined_by
from syncproof.workloads.files.checks.suspicion import reported_by
from syncproof.workloads.files.hostile import MALLORY, Hostile
from syncproof.workloads.files.state import Files

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class Habit(Enum):
    """What harm a hostile peer does; its value is the kind of client that a product has for it."""

    ORDERS = "two_faced"
    VERSIONS = "selective"
    HISTORY = "forking"
    BLOCKS = "damaging"
    LIES = "lying"
    SILENCE = "dropping"
    TRICKLE = "trickling"
    FLOOD = "flooding"
    FORGERY = "forging"
    VOTES = "stuffing"
    REPLAY = "replaying"
    TAMPERING = "tampering"
    NAMES = "posing"
    CHAIN = "unchained"
    HOPS = "hopping"
    GUESSES = "prying"
    INVENTIONS = "inventing"
    HOARD = "hoarding"
    CURIOSITY = "curious"
    TRESPASS = "trespassing"

    @classmethod
    def parse(cls, text: str) -> Self:
        """A phrase like ``forks its history``: how else can be seen in the message of any other one.

        Fails (ValueError) for any other words.
        """
        for habit, said in _SAID.items():
            if text.strip().lower() == said:
                return cls(habit)
        raise ValueError(
            f"'{text}' is nothing that a hostile peer does here. It {' or '.join(_SAID.values())}."
        )

    def __str__(self) -> str:
        return _SAID[self.value]


_SAID = {
    "two_faced": "sends different orders to different peers",
    "selective": "shares different versions with different peers",
    "forking": "forks its history",
    "damaging": "sends damaged blocks",
    "lying": "lies about sizes, hashes and times",
    "dropping": "silently drops what others ask for",
    "trickling": "sends one byte a second",
    "flooding": "floods the others with messages",
    "forging": "changes what others wrote",
    "stuffing": "votes again and again",
    "replaying": "says again what others said before",
    "tampering": "tampers with what is in files",
    "posing": "writes in the names of others",
    "unchained": "breaks the chain of what it says",
    "prying": "asks for what nobody has told it of",
    "curious": "asks for what it may not read",
    "trespassing": "changes what it may only read",
    "hopping": "floods the others on one connection after the other",
    "inventing": "invents other peers",
    "hoarding": "keeps to itself what others wrote",
}


class MalloryJoins(Sentence):
    """Let Mallory take part as a hostile peer: all know her as one of them, and are linked to her.

    ``habit``: a `Habit`. She is a program of the product's own, a peer as it should be but for that; what she says is
    signed and well formed. She is none of the devices: her folder is not looked at, and nothing that she writes has to
    be anywhere. A test in which she has done no harm is inconclusive.

    Waits at most 60 seconds until everybody is linked to her.

    Example:
    | Given Alice, Bob and Carol share a folder
    | And Mallory joins as a hostile peer who sends different orders to different peers

    Source: plan P-2.3.5.
    """

    page = "Devices"
    template = "Mallory joins as a hostile peer who ${habit}"
    needs = ("p2p",)
    habit: Habit

    @property
    def asks(self) -> tuple[str, ...]:
        """That the product has such a peer."""
        return (*self.needs, f"clients:{self.habit.value}")

    def run(self, world: World) -> None:
        world.of(Hostile).join(self.habit.value, dials=self.habit is Habit.HOPS)


class MalloryShares(Sentence):
    """Let Mallory write some versions of a file, one behind the other.

    ``count``: a `Number`. ``path``: a `Text`. Acts at once. It is no message of any device.

    Example:
    | When Mallory shares 2 versions of file "plan.txt"
    | Then everybody should have exposed Mallory within 10 seconds

    Source: plan P-2.3.5.
    """

    page = "Devices"
    template = 'Mallory shares ${count} versions of file "${path}"'
    count: int
    path: Text

    def run(self, world: World) -> None:
        world.of(Hostile).share(str(self.path), self.count)


class EverybodyExposed(Outcome):
    """Every device must have said that it has a proof of what Mallory does.

    ``duration``: a `Duration`; for when it begins see `Deadlines`.

    At its end every test is judged for devices that were exposed and did nothing wrong.

    Example:
    | When Mallory shares 2 versions of file "plan.txt"
    | Then everybody should have exposed Mallory within 10 seconds

    Source: plan P-2.3.5.
    """

    template = "everybody should have exposed Mallory within ${duration}"
    check = "liar_exposed"
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        world.of(Hostile).require()
        return {"liar": MALLORY}

    def ready(self, world: World) -> bool:
        return exposed_by(world.history, MALLORY) >= world.topology.nodes.keys()


class HasQuarantined(Outcome):
    """A device must have said that it says nothing to Mallory any more, and takes nothing from her.

    ``duration``: a `Duration`; for when it begins see `Deadlines`.

    At its end every test is judged for devices that were quarantined and did nothing wrong, and for something that came
    from a quarantined one all the same.

    Example:
    | And Mallory joins as a hostile peer who sends damaged blocks
    | When Alice writes file "film.bin" of 2 MB
    | Then Bob should have Mallory quarantined within 10 seconds

    Source: plan P-3.3.5.
    """

    template = "${device} should have Mallory quarantined within ${duration}"
    check = "liar_quarantined"
    device: Device
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        world.of(Hostile).require()
        return {"liar": MALLORY}

    def ready(self, world: World) -> bool:
        return self.device.name in quarantined_by(world.history, MALLORY)


class EverybodyQuarantined(Outcome):
    """Every device must have said that it says nothing to Mallory any more, and takes nothing from her.

    ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Example:
    | And Mallory joins as a hostile peer who silently drops what others ask for
    | When Mallory shares 2 versions of file "plan.txt"
    | Then everybody should have quarantined Mallory within 60 seconds

    Source: plan P-3.3.2.
    """

    template = "everybody should have quarantined Mallory within ${duration}"
    check = "liar_quarantined"
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        world.of(Hostile).require()
        return {"liar": MALLORY}

    def ready(self, world: World) -> bool:
        return quarantined_by(world.history, MALLORY) >= world.topology.nodes.keys()


class EverybodyReported(Outcome):
    """Every device must have told its users that Mallory does often what others do now and then.

    ``duration``: a `Duration`; for when it begins see `Deadlines`.

    At its end every test is judged for devices that were reported and did nothing odd.

    Example:
    | And Mallory joins as a hostile peer who asks for what nobody has told it of
    | When Mallory shares 1 version of file "plan.txt"
    | Then everybody should have reported Mallory within 20 seconds

    Source: plan P-6.3.5.
    """

    template = "everybody should have reported Mallory within ${duration}"
    check = "liar_reported"
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        world.of(Hostile).require()
        return {"liar": MALLORY}

    def ready(self, world: World) -> bool:
        return reported_by(world.history, MALLORY) >= world.topology.nodes.keys()


class FloodSlowed(Outcome):
    """No device may take in more messages of Mallory's in any time of that length, however many she sends.

    ``count``: a `Number`. ``window``: a `Duration`. It belongs into tests that are tagged ``unscaled``.

    Waits until everything is at rest, see `Rest`. Inconclusive where somebody got no more of her than that in all.

    Example:
    | And Mallory joins as a hostile peer who floods the others with messages
    | When Mallory shares 2 versions of file "plan.txt"
    | Then nobody should take in more than 400 messages of Mallory's in 1 second

    Source: plan P-3.1.4.
    """

    template = "nobody should take in more than ${count} messages of Mallory's in ${window}"
    check = "flood_slowed"
    has_singular = False
    count: int
    window: Duration

    def limits(self, world: World) -> dict[str, Any]:
        world.of(Hostile).require()
        return {"most": self.count, "during_ns": world.scaled_ns(self.window)}


class AuthorsTold(Outcome):
    """The delivery log of every device must have each change of a file, under the name of who made it.

    ``path``: a `Text`, of a file that somebody has written.

    Waits until everything is at rest, see `Rest`.

    Example:
    | When Alice writes file "plan.txt"
    | Then every device's log should tell who wrote "plan.txt"

    Source: plan P-3.3.7.
    """

    template = 'every device\'s log should tell who wrote "${path}"'
    check = "authors_told"
    path: Text

    def limits(self, world: World) -> dict[str, Any]:
        world.of(Files).require(str(self.path))
        return {"path": str(self.path)}
