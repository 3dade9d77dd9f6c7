"""Names of a run's variables: an equals sign is refused with what to write, and a slip of the finger is recognized."""

from __future__ import annotations

import pytest

from syncproof.kernel.variables import BadSetting, hint, misspelt, refuse_equals_signs
from syncproof.systems.gathered import DECLARED

NAMES = [setting.name for setting in DECLARED]


@pytest.mark.parametrize(
    ("name", "value", "right"),
    [
        ("SYSTEM=matrix", "", "SYSTEM:matrix"),
        ("AGENT_URL=http", "//127.0.0.1:9000", "AGENT_URL:http://127.0.0.1:9000"),
        ("RELAY_ADDRESS=127.0.0.1", "9000", "RELAY_ADDRESS:127.0.0.1:9000"),
        ("MINE=a=b", "", "MINE:a=b"),
    ],
)
def test_an_equals_sign_is_refused(name: str, value: str, right: str) -> None:
    with pytest.raises(BadSetting, match=f"'--variable {right}', with a colon; with make it is"):
        refuse_equals_signs({"SEED": 1, name: value})


def test_values_may_have_equals_signs() -> None:
    refuse_equals_signs({"HOMESERVER_SECRET": "a=b", "EMPTY": ""})


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("SYSTM", "SYSTEM"),
        ("DEFECTS", "DEFECT"),
        ("AGENT_ULR", "AGENT_URL"),
        ("TIME_SCALES", "TIME_SCALE"),
        ("NETWROK", "NETWORK"),
        ("SED", "SEED"),
        ("HOMESERVR_URL", "HOMESERVER_URL"),
    ],
)
def test_a_misspelt_name(given: str, meant: str) -> None:
    assert misspelt([given], NAMES) == {given: meant}


def test_what_is_a_setting_or_far_from_all_is_left_alone() -> None:
    same_for_robot = ["timescale", "Time Scale", "AGENT_URL2"]
    others = [
        "BROWSER",
        "TEMPDIR",
        "OUTPUT_DIR",
        "SPACE",
        "LOG_LEVEL",
        "TIMEOUT",
        "PABOTQUEUEINDEX",
        "/",
        "\n",
    ]
    assert misspelt([*NAMES, *same_for_robot, *others], NAMES) == {}


def test_a_hint_where_there_is_one() -> None:
    assert hint("Bbo", ["Alice", "Bob"]) == " Did you mean Bob?"
    assert hint("x", ["Alice", "Bob"]) == ""
