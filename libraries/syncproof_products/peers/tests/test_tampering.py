"""What is not as its author wrote and signed it is taken by nobody, whoever passes it on."""

from __future__ import annotations

import pytest

from syncproof_products.peers.core.actions import Refuse
from syncproof_products.peers.hostile.habit import Habit
from syncproof_products.peers.hostile.posing import Posing
from syncproof_products.peers.hostile.tampering import Tampering
from syncproof_products.peers.hostile.unchained import Unchained
from syncproof_products.peers.tests.network import NAMES, content
from syncproof_products.peers.tests.test_forks import MALLORY, all_meet, exposed, joins, network
from syncproof_products.peers.tests.test_hostile import trees


@pytest.mark.parametrize(("kind", "reason"), [(Tampering, "is another one"), (Posing, "is not its author's")])
def test_who_tampers_or_poses_is_caught_and_all_have_what_was_written(kind: type[Habit], reason: str) -> None:
    made = network()
    mallory = joins(made, kind)
    made.write("Alice", "plan.txt", "a text of several blocks")
    made.settle()
    made.write("Mallory", "list.txt", "hers")
    made.settle()
    refused = [action for action in made.told if isinstance(action, Refuse)]
    assert refused
    assert all(action.peer == "Mallory" and action.caught and reason in action.reason for action in refused)
    assert mallory.harm
    for name in NAMES:
        made.disconnect("Mallory", name)
    all_meet(made)
    assert [tree["plan.txt"] for tree in trees(made)] == [content("a text of several blocks")[0].digest] * 3
    assert all(op.author in (MALLORY.author, made.nodes["Alice"].name) for op in made.logs["Bob"])
    assert exposed(made) == [{}] * 3


def test_nobody_is_posed_for_who_has_said_nothing() -> None:
    made = network()
    mallory = joins(made, Posing)
    made.write("Mallory", "list.txt", "hers")
    made.settle()
    assert not mallory.harm
    assert trees(made) == [{"list.txt": content("hers")[0].digest}] * 3


def test_who_breaks_the_chain_is_believed_up_to_there() -> None:
    made = network()
    mallory = joins(made, Unchained)
    made.write("Mallory", "plan.txt", "one")
    made.settle()
    made.write("Mallory", "plan.txt", "two")
    made.settle()
    all_meet(made)
    assert mallory.harm == 1
    assert exposed(made) == [{MALLORY.author: 2}] * 3
    assert trees(made) == [{"plan.txt": content("one")[0].digest}] * 3
