"""What the conformance suite runs against: agents of the run's SYSTEM, or those that a person names by URL."""

from __future__ import annotations

import secrets
from typing import Any

from robot.api import SkipExecution, logger
from robot.api.deco import keyword, library

from syncproof.kernel.setting import Settings
from syncproof.kernel.variables import BadSetting
from syncproof.keywords import stopping
from syncproof.keywords.pabot_tie import end_with_pabot
from syncproof.keywords.run_settings import settings_of_run
from syncproof.keywords.run_variables import RunStopped
from syncproof.processes import NotReady
from syncproof.systems import named_agent
from syncproof.systems.declared import AGENT_URL, AGENT_URL_2, DEFECT, STACK, SYSTEM
from syncproof.systems.elsewhere import NotOurs
from syncproof.systems.errors import SystemNotThere
from syncproof.systems.gathered import options
from syncproof.systems.manifest import ManifestError
from syncproof.systems.pair import Pair, Pairs

#: The suites that this library is for; some settings are theirs alone.
SUITES = "suites/agent"


@library(scope="GLOBAL", listener="SELF", auto_keywords=False)
class AgentLibrary:
    """Starts two agents of the run's ``SYSTEM`` and their server, where the person who runs the suite names no URL.

    Every test gets fresh ones. Everything ends with ``robot``, also if that is killed.
    """

    def __init__(self) -> None:
        self._pairs: Pairs | None = None
        self._pair: Pair | None = None
        self._remembered: dict[str, object] = {}
        self._settings: Settings | None = None
        self._test: Any = None

    @keyword
    def provide_agents(self, url: str = "", url_2: str = "", relay_address: str = "") -> dict[str, str]:
        """Answers where the agents under test are: ``url``, ``url_2`` and ``relay_address`` (empty: none known).

        Without ``url``, starts two agents of the run's ``SYSTEM``, Alice and Bob, and their server; or uses that of
        ``HOMESERVER_URL``. They are processes of this machine, whatever ``STACK`` says. What was remembered is
        forgotten.

        Stops the run where a variable of it has an equals sign for its colon, where a URL leads to nothing, or where
        there is a second agent and no first: the bundled agents would be judged in place of somebody's own.

        Example:
        | ${agents} =    Provide Agents    ${AGENT_URL}    ${AGENT_URL_2}
        """
        self._remembered = {}
        if self._settings is None:
            try:
                settings = settings_of_run(SUITES)
                for setting, given in ((AGENT_URL, url), (AGENT_URL_2, url_2)):
                    if given:
                        named_agent.check(setting.name, given)
            except (BadSetting, SystemNotThere) as wrong:
                raise self._stopped(wrong) from None
            self._settings = settings
        if url:
            return {"url": url.rstrip("/"), "url_2": url_2.rstrip("/"), "relay_address": relay_address}
        self.stop_agents()
        try:
            pair = self._pair = self._open_pairs(self._settings).start()
        except (NotReady, SystemNotThere) as wrong:
            raise self._stopped(wrong) from None
        return {"url": pair.url("Alice"), "url_2": pair.url("Bob"), "relay_address": pair.relay_address}

    def _open_pairs(self, settings: Settings) -> Pairs:
        if self._pairs is None:
            try:
                self._pairs = Pairs(settings[SYSTEM], settings[DEFECT], options(settings))
            except (ManifestError, SystemNotThere) as wrong:
                raise self._stopped(wrong) from None
            if settings[STACK] != "embedded":
                logger.warn(
                    f"STACK is '{settings[STACK]}'. The conformance suite starts agents without containers."
                )
        return self._pairs

    @keyword
    def restart_first_agent(self) -> str:
        """Kill the first agent with SIGKILL and start it again on the same directory; answers its new URL.

        Skips the test where the agent was not started by this library: only its owner can restart it.

        Example:
        | ${url} =    Restart First Agent
        """
        if self._pair is None:
            raise SkipExecution("Only an agent that this suite started can be killed and started again.")
        try:
            self._pair.kill_and_start("Alice")
        except NotOurs as reason:
            raise SkipExecution(str(reason)) from None
        return self._pair.url("Alice")

    @keyword
    def stop_agents(self) -> None:
        """End what `Provide Agents` started; agents that a person named are left alone."""
        pair, self._pair = self._pair, None
        if pair is not None:
            pair.stop()

    @keyword
    def new_name(self, prefix: str) -> str:
        """A name that no other test and no other run uses, beginning with ``prefix``.

        Example:
        | ${group} =    New Name    room
        """
        return f"{prefix}-{secrets.token_hex(6)}"

    @keyword
    def remember(self, what: str, value: object) -> None:
        """Keep something under a name until the test ends.

        Example:
        | Remember    group    ${group}
        """
        self._remembered[what] = value

    @keyword
    def recall(self, what: str) -> object:
        """What was kept last under that name in this test; fails where nothing was.

        Example:
        | ${group} =    Recall    group
        """
        if what not in self._remembered:
            raise AssertionError(
                f"This test has no '{what}' yet: a sentence that makes one must come before."
            )
        return self._remembered[what]

    def _stopped(self, why: Exception) -> RunStopped:
        stopping.end_with(self._test)
        return RunStopped(str(why))

    def start_suite(self, data: Any, result: Any) -> None:  # noqa: ARG002
        """Listener: nothing outlives a pabot that is killed; nothing runs with settings that stop the run."""
        end_with_pabot()
        if data.tests:
            try:
                settings_of_run(SUITES)
            except BadSetting as wrong:
                stopping.refuse(data, str(wrong))

    def start_test(self, data: Any, result: Any) -> None:  # noqa: ARG002
        """Listener: remember which test it is."""
        self._test = data

    def close(self) -> None:
        """Listener: the run is over."""
        self.stop_agents()
        if self._pairs is not None:
            self._pairs.close()
            self._pairs = None
