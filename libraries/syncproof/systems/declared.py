"""The settings of a run that belong to no product, each declared here and nowhere else; see `gathered` for all."""

from __future__ import annotations

from syncproof.kernel.setting import (
    Needs,
    Setting,
    Values,
    address,
    duration,
    names,
    number,
    one_of,
    url,
)
from syncproof.systems.networks import NETWORKS, NORMAL, described


def _product(system: str) -> str:
    # Imported here: what it needs is not there yet when `make` asks for the settings.
    from syncproof.systems.errors import SystemNotThere
    from syncproof.systems.manifest import ManifestError
    from syncproof.systems.products import find

    try:
        find(system)
    except SystemNotThere as wrong:
        raise ValueError(str(wrong).removeprefix(f"SYSTEM is '{system}'")) from None
    except ManifestError as wrong:
        raise ValueError(f". {wrong}") from None
    return system


STACK = Setting(
    "STACK",
    one_of("embedded", "compose"),
    "embedded",
    "where it runs: processes on this machine, or containers with the real Toxiproxy",
    page="compose/README.md",
)
SYSTEM = Setting(
    "SYSTEM",
    Values(_product, "a product, like `bundled`, `matrix`, or the path of its `product.toml`"),
    "bundled",
    "what is under test; a scenario that needs what it cannot do by nature is skipped",
    otherwise="each suite's own: `bundled` for most",
    page="docs/systems.md",
    needs=(
        Needs(
            STACK,
            ("embedded",),
            of="matrix-encrypted",
            why="there the harness can look into the files of its Synapse",
        ),
    ),
)
TIME_SCALE = Setting(
    "TIME_SCALE",
    number(float, 0.01, 100.0, "0.1 (1 is real time)"),
    1.0,
    "durations and the system's intervals times this, rates divided by it; sizes and counts stay",
)
NETWORK = Setting(
    "NETWORK",
    one_of(*NETWORKS),
    NORMAL,
    f"{described()}; each with more time for every deadline",
)
SLACK: Setting[float | None] = Setting(
    "SLACK",
    number(float, 0.0, 600.0, "15 (seconds)"),
    None,
    "seconds on top of every deadline, unscaled, for a slow machine",
    otherwise="the system's own (5 on `bundled`)",
)
SEED: Setting[int | None] = Setting(
    "SEED",
    number(int, 0, 2**31 - 1, "42"),
    None,
    "the random numbers of the run",
    otherwise="drawn, once for a whole pabot run",
)
TIMELINE = Setting("TIMELINE", one_of("failed", "all"), "failed", "the tests whose timelines go into the log")
DEFECT: Setting[tuple[str, ...]] = Setting(
    "DEFECT",
    names("names with commas"),
    (),
    "deliberate bugs of the system: see a scenario fail",
    otherwise="none",
)
TOXIPROXY_URL = Setting(
    "TOXIPROXY_URL",
    url("http://127.0.0.1:8474", "http", "https"),
    "",
    "a Toxiproxy server of yours instead of the embedded one",
    page="docs/toxiproxy.md",
    needs=(Needs(STACK, ("embedded",), why="the compose stack has a Toxiproxy of its own"),),
)
LINKS_HOST = Setting(
    "LINKS_HOST",
    Values(str, "an address of this machine, like `192.168.1.5`"),
    "127.0.0.1",
    "where the links of devices begin: agents on other machines have to reach it",
    page="docs/agents.md",
    needs=(Needs(STACK, ("embedded",), why="containers have addresses of their own"),),
)
SERVER_SECRET = Setting(
    "SERVER_SECRET",
    Values(str, "a text"),
    "",
    "what devices register with at the server, where agents on other machines have to know it before",
    otherwise="drawn",
    page="docs/agents.md",
    secret=True,
)


def _agent_on(platform: str) -> Setting[str]:
    return Setting(
        f"{platform.upper()}_AGENT_URL",
        url("http://192.168.1.6:8701", "http"),
        "",
        f"an agent on {platform}, for scenarios with a device there, which are skipped without it",
        page="docs/agents.md",
        needs=(Needs(STACK, ("embedded",), why="it does not reach the network of the containers"),),
    )


#: By the platforms that are not this machine's.
PLATFORM_AGENTS = {platform: _agent_on(platform) for platform in ("Windows", "macOS", "Android", "iOS")}
#: Of scenarios, and of whatever else starts a product.
RUN = (
    SYSTEM,
    STACK,
    TIME_SCALE,
    NETWORK,
    SLACK,
    SEED,
    TIMELINE,
    DEFECT,
    TOXIPROXY_URL,
    *PLATFORM_AGENTS.values(),
    LINKS_HOST,
    SERVER_SECRET,
)

_CONFORMANCE = "suites/agent"
_PRODUCT = (
    "Scenarios start and end their devices themselves: describe your product in a file and say "
    "'--variable SYSTEM:path/to/product.toml' instead (docs/agents.md)."
)
AGENT_URL = Setting(
    "AGENT_URL",
    url("http://127.0.0.1:8701", "http", "https"),
    "",
    "the agent under test",
    otherwise="the bundled agents",
    page="docs/agents.md",
    suites=_CONFORMANCE,
    instead=_PRODUCT,
)
_FIRST = Needs(AGENT_URL, why="name the first agent as well")
AGENT_URL_2 = Setting(
    "AGENT_URL_2",
    url("http://127.0.0.1:8702", "http", "https"),
    "",
    "a second agent of the same product, for the tests of exchange, which are skipped without it",
    needs=(_FIRST,),
    suites=_CONFORMANCE,
    instead=_PRODUCT,
)
RELAY_ADDRESS = Setting(
    "RELAY_ADDRESS",
    address("127.0.0.1:9000"),
    "",
    "the server that both agents are linked to, where they do not know it by themselves",
    needs=(_FIRST,),
    suites=_CONFORMANCE,
    instead=_PRODUCT,
)
PATIENCE = Setting(
    "PATIENCE",
    duration("10 seconds"),
    "10 seconds",
    "how long anything may take that needs the network",
    suites=_CONFORMANCE,
)
POLL = Setting(
    "POLL", duration("100 ms"), "100 ms", "the time from one look to the next meanwhile", suites=_CONFORMANCE
)
#: Of the conformance suite.
CONFORMANCE = (AGENT_URL, AGENT_URL_2, RELAY_ADDRESS, PATIENCE, POLL)
