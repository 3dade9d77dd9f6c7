"""A setting of a run is declared once: its values, its neighbours, and every page that lists it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from robot.api import get_resource_model
from robot.api.parsing import ModelVisitor, Variable
from tests.unit.house.test_house import ROOT

from syncproof.kernel.setting import Setting, Settings, gather, text
from syncproof.kernel.variables import BadSetting
from syncproof.report.settings import manual_table, unknown, with_tables
from syncproof.systems import declared
from syncproof.systems.declared import SEED, SLACK, SYSTEM, TIME_SCALE
from syncproof.systems.gathered import DECLARED, SOURCES, options
from syncproof.systems.gathered import declared as gathered
from syncproof_products.atuin.driver import settings as atuin
from syncproof_products.matrix.driver import settings as matrix
from syncproof_products.matrix.driver.settings import HOMESERVER_URL
from syncproof_products.syncthing.driver import settings as syncthing


def read(**texts: str) -> Settings:
    return Settings.read(DECLARED, texts)


WRONG: list[tuple[dict[str, str], str]] = [
    ({"SYSTEM": "bundeld"}, "SYSTEM is 'bundeld'. Did you mean bundled? Known here: bundled, "),
    ({"STACK": "cloud"}, "STACK is 'cloud'. Known here: embedded"),
    ({"TIMELINE": "never"}, "TIMELINE is 'never'. Known here: failed, all."),
    ({"NETWORK": "slow"}, "NETWORK is 'slow'. Known here: normal, degraded, 3g, satellite, lossy."),
    ({"TIME_SCALE": "nan"}, "TIME_SCALE is 'nan': it must be a number from 0.01 to 100, like 0.1 (1 is real"),
    ({"TIME_SCALE": "fast"}, "TIME_SCALE is 'fast': it must be a number from 0.01"),
    ({"TIME_SCALE": "0"}, "TIME_SCALE is '0': it must be a number from 0.01"),
    ({"TIME_SCALE": "0.009"}, "TIME_SCALE is '0.009': it must be a number from 0.01"),
    ({"SLACK": "much"}, "SLACK is 'much': it must be a number from 0 to 600, like 15 (seconds)."),
    ({"SLACK": "-1"}, "SLACK is '-1': it must be a number from 0 to 600"),
    ({"SLACK": "601"}, "SLACK is '601': it must be a number from 0 to 600, like 15 (seconds)."),
    ({"SEED": "x"}, "SEED is 'x': it must be a whole number"),
    ({"SEED": "1.5"}, "SEED is '1.5': it must be a whole number from 0 to 2147483647, like 42."),
    ({"SEED": "-1"}, "SEED is '-1': it must be a whole number"),
    ({"TOXIPROXY_URL": "nonsense"}, "TOXIPROXY_URL is 'nonsense': it must be like http://127.0.0.1:8474."),
    ({"TOXIPROXY_URL": "127.0.0.1:8474"}, "TOXIPROXY_URL is '127.0.0.1:8474': it must be like http://"),
    ({"TOXIPROXY_URL": "http://[::1"}, "it must be like http://127.0.0.1:8474."),
    ({"TOXIPROXY_URL": "http://a:0"}, "it must be like http://127.0.0.1:8474."),
    (
        {"TOXIPROXY_URL": "http://a", "STACK": "compose"},
        "TOXIPROXY_URL is for STACK embedded, and STACK is 'compose': the compose stack has a Toxiproxy of its own.",
    ),
    (
        {"SYSTEM": "matrix-encrypted", "STACK": "compose"},
        "SYSTEM matrix-encrypted is for STACK embedded, and STACK is 'compose': there the harness can look",
    ),
    (
        {"HOMESERVER_URL": "http://a"},
        "HOMESERVER_URL is for SYSTEM matrix or matrix-encrypted, and SYSTEM is 'bundled'.",
    ),
    (
        {"HOMESERVER_SECRET": "x", "SYSTEM": "matrix"},
        "HOMESERVER_SECRET is '...' and there is no HOMESERVER_URL: name the homeserver as well.",
    ),
    ({"HOMESERVER_DATABASE": "mysql://role:hidden@a"}, "HOMESERVER_DATABASE is '...': it must be like postg"),
    (
        {"AGENT_URL_2": "http://a"},
        "AGENT_URL_2 is 'http://a' and there is no AGENT_URL: name the first agent",
    ),
    (
        {"AGENT_URL": "http://a", "RELAY_ADDRESS": ":1"},
        "RELAY_ADDRESS is ':1': it must be like 127.0.0.1:9000.",
    ),
    ({"AGENT_URL": "http://a", "RELAY_ADDRESS": "a:70000"}, "RELAY_ADDRESS is 'a:70000': it must be like"),
    ({"PATIENCE": "long"}, "PATIENCE is 'long': it must be a time with its unit, like 10 seconds."),
]


@pytest.mark.parametrize(
    ("texts", "said"), WRONG, ids=[", ".join(map("=".join, t.items())) for t, _ in WRONG]
)
def test_what_nobody_knows_is_told(texts: dict[str, str], said: str) -> None:
    with pytest.raises(BadSetting, match=re.escape(said)):
        read(**texts)


def test_a_run_that_is_told_nothing_has_the_defaults() -> None:
    settings = read(SYSTEM="", OTHER="x")
    assert settings.given == {}
    assert (settings[SYSTEM], settings[TIME_SCALE], settings[SEED]) == ("bundled", 1.0, None)


def test_what_it_is_told() -> None:
    settings = read(SYSTEM="matrix", HOMESERVER_URL="http://a:1", DEFECT="one, two,", SLACK="0")
    assert (settings[HOMESERVER_URL], settings[SLACK]) == ("http://a:1", 0.0)
    assert settings[declared.DEFECT] == ("one", "two")
    assert {each.name: each.shown(value) for each, value in settings.given.items()} == {
        "SYSTEM": "matrix",
        "HOMESERVER_URL": "http://a:1",
        "DEFECT": "one,two",
        "SLACK": "0",
    }


@given(st.floats(0.01, 100), st.integers(0, 2**31 - 1))
def test_every_value_within_bounds_is_taken(scale: float, seed: int) -> None:
    settings = read(TIME_SCALE=str(scale), SEED=str(seed))
    assert (settings[TIME_SCALE], settings[SEED]) == (scale, seed)


def test_a_secret_is_shown_nowhere() -> None:
    hidden = [each for each in DECLARED if each.secret]
    assert hidden
    assert {each.shown("hush") for each in hidden} == {"..."}


def test_every_declaration_is_gathered_once() -> None:
    held = {
        each
        for module in (declared, atuin, matrix, syncthing)
        for each in (*vars(module).values(), *declared.PLATFORM_AGENTS.values())
        if isinstance(each, Setting)
    }
    assert held == set(DECLARED)
    twice: Setting[Any] = Setting("SEED", text("text"), "", "another one")
    with pytest.raises(ValueError, match="The setting SEED is declared twice"):
        gather([SEED], [twice])
    assert gather([SEED], [SEED, SLACK]) == (SEED, SLACK)


def test_a_product_s_own_settings_are_handed_to_its_driver() -> None:
    assert SOURCES["matrix"] == matrix.SETTINGS
    assert options(read(SYSTEM="matrix", HOMESERVER_URL="http://a:1", SEED="4")) == {
        "ATUIN_CLIENT": "",
        "HOMESERVER_URL": "http://a:1",
        "HOMESERVER_SECRET": "",
        "HOMESERVER_DATABASE": "",
        "SYNCTHING": "",
    }


OWN = """
name = "own"
driver = "driver.py:Driver"
[agent]
urls = ["http://127.0.0.1:8701"]
"""
OWN_SETTINGS = """
from syncproof.kernel.setting import Setting, one_of, text
SETTINGS = (Setting("OWN_REGION", one_of("north", "south"), "north", "where it runs"),
            Setting("OWN_TOKEN", text("text"), "", "what lets devices in"))
"""


def own_product(folder: Path, settings: str) -> str:
    (folder / "product.toml").write_text(OWN)
    (folder / "settings.py").write_text(settings)
    return str(folder)


def test_a_product_named_by_its_path_declares_settings_too(tmp_path: Path) -> None:
    own = own_product(tmp_path, OWN_SETTINGS)
    told = Settings.read(gathered(own), {"SYSTEM": own, "OWN_REGION": "south"})
    assert options(told) == {**options(Settings()), "OWN_REGION": "south", "OWN_TOKEN": ""}
    with pytest.raises(BadSetting, match=r"OWN_REGION is 'east'\. Known here: north, south\."):
        Settings.read(gathered(own), {"SYSTEM": own, "OWN_REGION": "east"})
    assert unknown(["OWN_REGION"], [], own) == ""
    assert unknown(["OWN_REGOIN"], [], own).startswith(
        "There is no setting OWN_REGOIN. Did you mean OWN_REGION?"
    )
    assert unknown(["OWN_REGION"], []).startswith("There is no setting OWN_REGION.")
    assert gathered("bundled") == gathered("nonsense") == DECLARED


@pytest.mark.parametrize(
    ("settings", "wrong"),
    [
        ("SETTINGS = 1/0", "ZeroDivisionError: division by zero"),
        ("", "has no attribute 'SETTINGS'"),
        (OWN_SETTINGS.replace("OWN_TOKEN", "SEED"), "ValueError: The setting SEED is declared twice."),
    ],
)
def test_declarations_that_cannot_be_used_are_told(tmp_path: Path, settings: str, wrong: str) -> None:
    with pytest.raises(BadSetting) as told:
        gathered(own_product(tmp_path, settings))
    assert str(told.value).startswith(f"The settings of own in {tmp_path}/settings.py cannot be used: ")
    assert wrong in str(told.value)


PAGES = ["README.md", "docs/agents.md", "docs/case-study-matrix.md", "docs/found-in-the-wild.md"]


@pytest.mark.parametrize("page", PAGES)
def test_the_tables_of_pages_are_made_from_the_declarations(page: str) -> None:
    written = (ROOT / page).read_text()
    assert with_tables(written, Path(page)) == written, "`make docs` writes them"


def test_all_settings_stand_in_the_tables_and_every_page_is_there() -> None:
    pages = "".join((ROOT / page).read_text() for page in PAGES)
    for each in DECLARED:
        assert f"| `{each.name}` |" in pages
        assert f"| ``{each.name}`` |" in manual_table()
        assert not each.page or (ROOT / each.page).exists()


def test_a_page_without_a_place_is_refused() -> None:
    with pytest.raises(ValueError, match=r"x\.md has no place for the settings"):
        with_tables("# Settings\n", Path("x.md"))


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["TIMESCALE"], "There is no setting TIMESCALE. Did you mean TIME_SCALE? `make help` lists all"),
        (["SEED", "PROCESS"], "There is no setting PROCESS. Did you mean PROCESSES? `make help` lists all"),
        (["FOO"], "There is no setting FOO. `make help` lists all"),
        (["SEED", "PROCESSES"], ""),
    ],
)
def test_a_name_that_make_does_not_know(names: list[str], said: str) -> None:
    assert unknown(names, ["PROCESSES", "PYTHON"]) == said


class _Variables(ModelVisitor):  # type: ignore[misc]  # Robot Framework's visitors are not typed
    def __init__(self) -> None:
        self.found: dict[str, str] = {}

    def visit_Variable(self, node: Variable) -> None:  # noqa: N802
        self.found[node.name.strip("${}")] = " ".join(node.value).replace("${EMPTY}", "")


def test_the_resource_of_the_conformance_suite_has_the_same_defaults() -> None:
    seen = _Variables()
    seen.visit(get_resource_model(ROOT / "resources" / "agent.resource"))
    assert seen.found == {each.name: each.default for each in declared.CONFORMANCE}
