"""Opens a world for every test and closes it, with the verdicts that no sentence asked for."""

from __future__ import annotations

import html
import logging
import re
import tempfile
import traceback
from pathlib import Path
from typing import Any

from robot.api import SkipExecution, logger
from robot.api.deco import library
from robot.libraries.BuiltIn import BuiltIn

import syncproof_defects as defects
from pabot_tie import end_with_pabot, under_pabot
from run_settings import defects_of_run, settings_of_run, variable
from run_variables import RunStopped, check_names
from skips import refusal, steps_of
from syncproof.faults.packets.errors import PacketsUnavailable
from syncproof.report.skips import identity_of
from syncproof.systems.elsewhere import NotOurs
from syncproof.systems.errors import SystemNotThere
from syncproof.systems.manifest import ManifestError
from syncproof.world.nearest import nearest
from syncproof.world.needs import lacking
from syncproof.world.site import Site
from syncproof.world.step import Step
from syncproof.world.variables import BadSetting
from syncproof.world.verdicts import EXPECTED_TROUBLE
from syncproof.world.world import World

_UNKNOWN = re.compile(r"No keyword with name '(?P<sentence>.*)' found\.(?! Did you mean)")
_NOT_WHOLE = "that cannot be converted to integer."


class ScenarioFailed(AssertionError):
    """A sentence did not hold; the message is for people."""

    ROBOT_SUPPRESS_NAME = True


def with_hint(message: str) -> str:
    """Robot Framework's word about a sentence that is unknown or has no number in it, with what may have been meant."""

    def and_meant(unknown: re.Match[str]) -> str:
        meant = " or ".join(f"'{template}'" for template in nearest(unknown["sentence"]))
        return f"{unknown[0]} Did you mean {meant}?" if meant else unknown[0]

    message = _UNKNOWN.sub(and_meant, message)
    return message.replace(_NOT_WHOLE, f"{_NOT_WHOLE} Write it in digits, like 2.")


@library(scope="GLOBAL", listener="SELF", auto_keywords=False)
class WorldLibrary:
    """Keeps the world of a test, which all sentences share; it has no keywords of its own.

    ``resources/sync.resource`` imports it. It opens a world when the first sentence of a test needs one. When the test
    ends, it takes away the faults that are still on, waits until everything is at rest, judges safety (loss,
    duplicates, order, agreement, content, delivery logs, read markers, and whether each fault has bitten), ends the
    devices, and puts the timeline of a failed test into the log. Relay and proxy last as long as their suite file.

    = Variables of a run =

    ``robot --variable NAME:value``; an unknown value stops the run and names the known ones.

    | =Name=            | =Values=                 | =What it does=                                             |
    | ``SYSTEM``        | ``bundled``, ``matrix``, ``matrix-encrypted`` | what is tested; what it cannot do is skipped |
    | ``STACK``         | ``embedded``, ``compose`` | where it runs: processes on this machine, or containers   |
    | ``TIME_SCALE``    | ``0.01`` to ``100``      | durations and the system's intervals times this; default 1 |
    | ``NETWORK``       | ``normal``, ``degraded`` | ``degraded``: 200 ms and 300 KB/s towards every device     |
    | ``TOXIPROXY_URL`` | a URL                    | that Toxiproxy server instead of the embedded one          |
    | ``HOMESERVER_URL`` | a URL                   | that Matrix homeserver instead of one of the run's own     |
    | ``HOMESERVER_SECRET`` | text                 | its registration secret                                    |
    | ``HOMESERVER_DATABASE`` | a URL              | PostgreSQL server for the run's own homeserver             |
    | ``SEED``          | a whole number           | the random numbers of the run; without it one is drawn     |
    | ``SLACK``         | seconds                  | added to every deadline; the system's profile says 5       |
    | ``TIMELINE``      | ``failed``, ``all``      | whose timelines go into the log                            |
    | ``DEFECT``        | names, with commas       | deliberate bugs of the system, for the kill matrix         |
    """

    def __init__(self) -> None:
        self._site: Site | None = None
        self._world: World | None = None
        self._title, self._name, self._tags = "", "", frozenset[str]()
        self._ran_on = ""
        self._drawn = False
        # At INFO it has a line for every request of the harness, which nobody could read past.
        logging.getLogger("httpx").setLevel(logging.WARNING)

    def perform(self, step: Step) -> None:
        """Run a step in this test's world; a failure gets its timeline into the log."""
        if self._world is None and (reason := lacking(self._tags, variable("STACK", "embedded"))):
            raise SkipExecution(reason)
        try:
            site = self._open_site()
            self._refuse_what_it_cannot([step], site)
            if self._world is None:
                site.prepare(self._tags)
                self._world = World(site, self._title)
                self._ran_on = site.ran_on()
            self._world.perform(step)
        except (BadSetting, SystemNotThere) as wrong:
            raise RunStopped(str(wrong)) from None
        except (NotOurs, PacketsUnavailable) as reason:
            raise SkipExecution(str(reason)) from None
        except EXPECTED_TROUBLE as wrong:
            if self._world is not None:
                self._log_timeline(self._world, failed=True)
            raise ScenarioFailed(str(wrong)) from None

    def _refuse_what_it_cannot(self, story: list[Step], site: Site) -> None:
        """Sentences inside keywords of somebody's own are seen here for the first time."""
        said = refusal(
            self._name, story, site.system.manifest, site.settings.stack, site.profile.capabilities
        )
        if said is not None:
            raise SkipExecution(said[1]) if said[0] == "Skip" else ScenarioFailed(said[1])

    def start_suite(self, data: Any, result: Any) -> None:  # noqa: ARG002
        """Listener: nothing outlives a pabot that is killed."""
        end_with_pabot()

    def start_test(self, data: Any, result: Any) -> None:
        """Listener: remember which test it is; one that this system cannot run by nature does not start."""
        self._title, self._drawn = str(data.full_name), False
        self._tags = frozenset(str(tag).lower() for tag in result.tags)
        self._name = identity_of(data)
        story = steps_of(data)
        if not story or BuiltIn().dry_run_active:
            return
        try:
            site = self._open_site()
        except (BadSetting, RunStopped):
            return  # the first sentence tells it, where it stops the run
        said = refusal(
            self._name, story, site.system.manifest, site.settings.stack, site.profile.capabilities
        )
        if said is not None:
            data.setup = data.teardown = None
            data.body.clear()
            data.body.create_keyword(said[0], args=[said[1].replace("\\", "\\\\")])

    def end_test(self, data: Any, result: Any) -> None:  # noqa: ARG002
        """Listener: heal what is still broken, judge safety, and leave nothing behind."""
        result.message = with_hint(result.message)
        world, self._world = self._world, None
        if world is None:
            return
        try:
            problem = world.finish(failed=not result.passed)
            self._write_defects()
        except Exception as wrong:  # noqa: BLE001 - Robot Framework would only note it, and pass the test
            problem = f"The end of the test went wrong: {type(wrong).__name__}: {wrong}"
            logger.debug(traceback.format_exc())
        if problem and result.passed:
            result.status, result.message = "FAIL", problem
        elif result.passed and world.remark:
            result.message = " ".join(filter(None, (result.message, f"Note: {world.remark}.")))
        if not self._drawn and (result.failed or variable("TIMELINE", "failed") == "all"):
            self._log_timeline(world, failed=result.failed)

    def end_suite(self, data: Any, result: Any) -> None:
        """Listener: relay and proxy belong to one suite file; the report says where it ran."""
        if self._ran_on:
            result.metadata["Ran on"], self._ran_on = self._ran_on, ""
        if self._site is not None and data.tests:
            self._site.close_suite()

    def close(self) -> None:
        """Listener: the run is over."""
        if self._site is not None:
            self._site.close()
            self._site = None

    def _open_site(self) -> Site:
        if self._site is None:
            check_names()
            timeline = variable("TIMELINE", "failed")
            if timeline not in ("failed", "all"):
                raise BadSetting(f"TIMELINE is '{timeline}'. Known here: failed, all.")
            settings = settings_of_run()
            try:
                self._site = Site(settings, self._evidence_directory())
            except (ManifestError, SystemNotThere) as wrong:
                raise BadSetting(str(wrong)) from None
            except (OSError, *EXPECTED_TROUBLE) as wrong:
                raise BadSetting(
                    f"Nothing can be started: {wrong}\nTemporary files go to {tempfile.gettempdir()}; "
                    "TMPDIR=FOLDER in the environment chooses another folder."
                ) from None
        return self._site

    def _write_defects(self) -> None:
        """For the kill matrix, beside output.xml and not in the evidence: the checkers must not know."""
        if self._site is not None and self._site.settings.defects:
            ran = dict.fromkeys(name for log in self._site.logs() for name in defects.ran_in(log))
            output = Path(variable("OUTPUT DIR", "."))
            (output / defects.RAN).write_text("".join(f"{name}\n" for name in ran))
            for name in defects_of_run():
                if name not in ran:
                    logger.warn(
                        f"The defect {name} was not at work in this test: that it passed shows nothing."
                    )

    def _evidence_directory(self) -> Path:
        """`history` beside the log that a person will open.

        Under pabot that is the merged one, two folders up; pabot then shortens the link to it (`../../`).
        """
        output = Path(str(BuiltIn().get_variable_value("${OUTPUT DIR}")))
        return (output.parent.parent if under_pabot() else output) / "history"

    def _log_timeline(self, world: World, *, failed: bool) -> None:
        self._drawn = True
        evidence = ("../../" if under_pabot() else "") + world.evidence_link()
        try:
            picture = world.timeline(failed=failed)
        except Exception as wrong:  # noqa: BLE001 - whatever ails the picture, the test failed for another reason
            picture = ""
            logger.warn(f"The timeline could not be drawn: {type(wrong).__name__}: {wrong}")
            logger.debug(traceback.format_exc())
        link = f'<p>Evidence: <a href="{html.escape(evidence)}">{html.escape(evidence)}</a></p>'
        logger.info(picture + link, html=True)
