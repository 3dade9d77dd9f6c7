"""Opens a world for every test and closes it, with the verdicts that no sentence asked for."""

from __future__ import annotations

import base64
import html
import inspect
import logging
import re
import traceback
from pathlib import Path
from typing import Any

from robot.api import SkipExecution, logger
from robot.api.deco import library
from robot.libraries.BuiltIn import BuiltIn

import syncproof_defects as defects
from syncproof.evidence.records import Verdict
from syncproof.faults.packets.errors import PacketsUnavailable
from syncproof.kernel.nearest import nearest
from syncproof.kernel.needs import lacking
from syncproof.kernel.sentence import Sentence, emit
from syncproof.kernel.setting import Settings
from syncproof.kernel.trouble import ClientUnavailable, DisksUnavailable
from syncproof.kernel.variables import BadSetting
from syncproof.kernel.world import World
from syncproof.keywords import dry_run, stopping
from syncproof.keywords.pabot_tie import PABOT_PREFIX, end_with_pabot, evidence_folder, under_pabot
from syncproof.keywords.run_settings import defects_of_run, seed_of_test, settings_of_run, text_of
from syncproof.keywords.run_variables import RunStopped
from syncproof.keywords.skips import refusal, steps_of
from syncproof.keywords.test_beds import Beds
from syncproof.processes.machine import with_limit
from syncproof.report.findings import found
from syncproof.report.settings import manual_table
from syncproof.report.skips import PRODUCT, identity, identity_of
from syncproof.systems.declared import STACK, TIMELINE
from syncproof.systems.elsewhere import NotOurs
from syncproof.systems.errors import SystemNotThere
from syncproof.systems.test_bed import EXPECTED_TROUBLE, TestBed

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

    message = with_limit(_UNKNOWN.sub(and_meant, message))
    return message.replace(_NOT_WHOLE, f"{_NOT_WHOLE} Write it in digits, like 2.")


@library(scope="GLOBAL", listener="SELF", auto_keywords=False)
class WorldLibrary:
    """Keeps the world of a test, which all sentences share; it has no keywords of its own.

    ``resources/sync.resource`` imports it. It opens a world when the first sentence of a test needs one. When the test
    ends, it takes away the faults that are still on, waits until everything is at rest, judges safety (loss,
    duplicates, order, agreement, content, delivery logs, read markers, and whether each fault has bitten), ends the
    devices, and puts the timeline of a failed test into the log. Relay and proxy last as long as their suite file.

    = Settings of a run =

    ``robot --variable NAME:value``. An unknown value stops the run, which names the known ones; so does
    ``robot --dryrun``. Another name that is nearly one of these is warned of.

    SETTINGS
    """

    def __init__(self) -> None:
        self._beds = Beds(_first_settings, evidence_folder)
        self._world: World | None = None
        self._title, self._name, self._tags = "", "", frozenset[str]()
        self._test: Any = None
        self._story: list[Sentence] = []
        self._ran_on = ""
        self._drawn = False
        # At INFO it has a line for every request of the harness, which nobody could read past.
        logging.getLogger("httpx").setLevel(logging.WARNING)

    def perform(self, step: Sentence) -> None:
        """Run a step in this test's world; a failure gets its timeline into the log."""
        if not self._title:
            self._meet_test(step)
        if self._world is None and (reason := lacking(self._tags, text_of(STACK) or STACK.default)):
            raise SkipExecution(reason)
        try:
            test_bed = self._beds.of(self._story or [step])
            self._refuse_what_it_cannot([step], test_bed)
            if self._world is None:
                test_bed.prepare(self._tags, defects_of_run(), seed_of_test())
                self._world = World(test_bed, self._title)
                self._ran_on = test_bed.ran_on()
            self._world.perform(step)
        except (BadSetting, SystemNotThere) as wrong:
            if self._test is not None:
                stopping.end_with(self._test)
            raise RunStopped(str(wrong)) from None
        except (ClientUnavailable, NotOurs, PacketsUnavailable, DisksUnavailable) as reason:
            raise SkipExecution(str(reason)) from None
        except EXPECTED_TROUBLE as wrong:
            if self._world is not None:
                self._log_timeline(self._world, failed=True)
            raise ScenarioFailed(str(wrong)) from None

    def _meet_test(self, step: Sentence) -> None:
        """Ask which test it is, of which no listener was told: it has imported this library itself.

        Raises ScenarioFailed where no test runs: then the world would be that of whichever test comes next.
        """
        known = BuiltIn().get_variables()
        if not (name := str(known.get("${TEST NAME}") or "")):
            raise ScenarioFailed(
                f"'{emit(step)}' stands in a suite set-up or tear-down, but every test has a world of its own. "
                "Write it into the tests, or into their 'Test Setup' or 'Test Teardown'."
            )
        self._test, self._title = None, f"{known['${SUITE NAME}']}.{name}"
        self._name = identity(str(known["${SUITE SOURCE}"]), name)
        self._tags = frozenset(str(tag).lower() for tag in known["@{TEST TAGS}"])
        self._story, self._drawn = [], False

    def _refuse_what_it_cannot(self, story: list[Sentence], test_bed: TestBed) -> None:
        """Sentences inside keywords of somebody's own are seen here for the first time."""
        said = refusal(
            self._name,
            story,
            test_bed.system.manifest,
            test_bed.settings[STACK],
            test_bed.profile.capabilities,
        )
        if said is not None:
            raise SkipExecution(said[1]) if said[0] == "Skip" else ScenarioFailed(said[1])

    def start_suite(self, data: Any, result: Any) -> None:  # noqa: ARG002
        """Listener: nothing outlives a pabot that is killed; the tests of a file choose its product."""
        end_with_pabot()
        if data.tests:
            try:
                self._beds.begin_file(map(steps_of, data.tests))
            except BadSetting as wrong:
                stopping.refuse(data, str(wrong))

    def start_test(self, data: Any, result: Any) -> None:
        """Listener: remember which test it is; one that this system cannot run by nature does not start."""
        self._title, self._drawn = str(data.full_name), False
        self._tags = frozenset(str(tag).lower() for tag in result.tags)
        self._test, self._name = data, identity_of(data)
        story = self._story = steps_of(data)
        if dry_run.is_on():
            data.error = data.error or self._beds.differing(story) or None
            return
        if not story:
            return
        try:
            said = self._refusal(story)
        except (BadSetting, RunStopped):
            return  # the first sentence tells it, where it stops the run
        if said is not None:
            data.setup = data.teardown = None
            data.body.clear()
            data.body.create_keyword(said[0], args=[said[1].replace("\\", "\\\\")])

    def _refusal(self, story: list[Sentence]) -> tuple[str, str] | None:
        """`Skip` or `Fail`, with why, for a test that cannot run here. Raises BadSetting."""
        if differs := self._beds.differing(story):
            return "Fail", differs
        test_bed = self._beds.of(story)
        return refusal(
            self._name,
            story,
            test_bed.system.manifest,
            test_bed.settings[STACK],
            test_bed.profile.capabilities,
        )

    def end_test(self, data: Any, result: Any) -> None:
        """Listener: heal what is still broken, judge safety, and leave nothing behind."""
        result.message = with_hint(result.message)
        if dry_run.is_on():
            dry_run.judge(result, self._beds.manifest, text_of(STACK) or STACK.default, identity_of(data))
        world, self._world, self._title = self._world, None, ""
        if world is None:
            return
        try:
            problem = world.finish(failed=not result.passed)
            self._write_defects()
        except Exception as wrong:  # noqa: BLE001 - Robot Framework would only note it, and pass the test
            problem = f"The end of the test went wrong: {type(wrong).__name__}: {wrong}"
            world.troubles.append(problem)
            logger.debug(traceback.format_exc())
        if problem and result.passed:
            result.status, result.message = "FAIL", problem
        elif result.passed and world.remark:
            result.message = " ".join(filter(None, (result.message, f"Note: {world.remark}.")))
        self._hold_against_findings(result, world)
        _log_pictures(world)
        if not self._drawn and (result.failed or (text_of(TIMELINE) or TIMELINE.default) == "all"):
            self._log_timeline(world, failed=result.failed)

    def _hold_against_findings(self, result: Any, world: World) -> None:
        """What is known to fail on this product is a skip; that it passes is a failure."""
        if self._beds.current is None or result.skipped or defects_of_run():
            return
        known = found(self._beds.current.system.manifest, self._beds.current.settings[STACK], self._name)
        if world.troubles:
            return
        verdicts = world.history.of(Verdict)
        for each in known:
            if judged := each.judged(result.message, verdicts, passed=result.passed):
                result.status, result.message = judged
                return

    def end_suite(self, data: Any, result: Any) -> None:
        """Listener: relay and proxy belong to one suite file; the report says on which product it ran, and where."""
        if self._ran_on:
            result.metadata["Ran on"], self._ran_on = self._ran_on, ""
        if data.tests:
            if self._beds.current is not None:
                result.metadata[PRODUCT] = self._beds.current.system.name
            self._beds.end_file()

    def close(self) -> None:
        """Listener: the run is over."""
        self._beds.close()

    def _write_defects(self) -> None:
        """For the kill matrix, beside output.xml and not in the evidence: the checkers must not know."""
        told = defects_of_run()
        if self._beds.current is not None and told:
            ran = [name for log in self._beds.current.logs() for name in defects.ran_in(log)]
            noted = _output_directory() / defects.RAN
            before = noted.read_text().split() if noted.exists() else []
            noted.write_text("".join(f"{name}\n" for name in dict.fromkeys([*before, *ran])))
            for name in told:
                if name not in ran:
                    logger.warn(
                        f"The defect {name} was not at work in this test: that it passed shows nothing."
                    )

    def _log_timeline(self, world: World, *, failed: bool) -> None:
        self._drawn = True
        evidence = (PABOT_PREFIX if under_pabot() else "") + world.evidence_link()
        try:
            picture = world.timeline(failed=failed)
        except Exception as wrong:  # noqa: BLE001 - whatever ails the picture, the test failed for another reason
            picture = ""
            logger.warn(f"The timeline could not be drawn: {type(wrong).__name__}: {wrong}")
            logger.debug(traceback.format_exc())
        link = f'<p>Evidence: <a href="{html.escape(evidence)}">{html.escape(evidence)}</a></p>'
        logger.info(picture + link, html=True)


def _log_pictures(world: World) -> None:
    for state in world.states:
        for shown, picture in state.pictures().items():
            content = base64.b64encode(picture).decode()
            image = f'<img alt="{html.escape(shown)}" src="data:image/png;base64,{content}" width="600">'
            logger.info(f"<p>{html.escape(shown)}</p>{image}", html=True)


def _first_settings() -> Settings:
    """Those of the run; no earlier run's defects count as ones of this run from here on."""
    settings = settings_of_run()
    (_output_directory() / defects.RAN).unlink(missing_ok=True)
    return settings


def _output_directory() -> Path:
    return Path(str(BuiltIn().get_variable_value("${OUTPUT DIR}")))


# libdoc reads it from the class.
WorldLibrary.__doc__ = (inspect.getdoc(WorldLibrary) or "").replace("SETTINGS", manual_table())
