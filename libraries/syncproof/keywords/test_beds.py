"""The test beds of a robot process, one for each product that its suite files run on."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from syncproof.evidence.folder import EvidenceFolder
from syncproof.kernel.default_product import OTHERWISE, default_product
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.setting import Setting, Settings
from syncproof.kernel.variables import BadSetting
from syncproof.systems.declared import SEED, SYSTEM
from syncproof.systems.errors import SystemNotThere
from syncproof.systems.manifest import Manifest, ManifestError
from syncproof.systems.products import find
from syncproof.systems.test_bed import EXPECTED_TROUBLE, TestBed


class Beds:
    """Opens a test bed when a suite file needs one; closes it when another product's turn comes.

    One whose server costs too much to be started for each file (`lasts = "run"` in its manifest) stays until the end.
    settings: those of the run, read when the first bed is opened. evidence: the folder of the run.
    """

    def __init__(self, settings: Callable[[], Settings], evidence: Callable[[], EvidenceFolder]) -> None:
        self._read, self._folder = settings, evidence
        self._settings: Settings | None = None
        self._evidence: EvidenceFolder | None = None
        self._open: dict[str, TestBed] = {}
        self._current: TestBed | None = None
        self._product = ""
        #: The seed of the first bed, which is that of the run where nobody named one.
        self._drawn: dict[Setting[Any], object] = {}

    @property
    def current(self) -> TestBed | None:
        """That of the suite file which runs now, as soon as one of its tests has needed it."""
        return self._current

    @property
    def product(self) -> str:
        """What the suite file that runs now runs on; "" where nothing has shown it yet."""
        return self._product

    def begin_file(self, stories: Iterable[Sequence[Sentence]]) -> None:
        """A suite file begins, with these tests; the first that shows a product chooses it for all of them.

        Raises BadSetting where nothing can run with the settings of the run.
        """
        self._run()
        self._current = None
        self._product = next(filter(None, map(default_product, stories)), "")

    def differing(self, story: Sequence[Sentence]) -> str:
        """Why a test cannot run in this file: by itself it would run on another product. "" where it can."""
        own = default_product(story)
        if self._named() or not own or own == self._product:
            return ""
        return (
            f"All tests of one suite file run on one product, and the sentences of this one are for {own}, those of "
            f"the tests before for {self._product}: move it into a suite file of its own."
        )

    def manifest(self) -> Manifest:
        """What the file that runs now runs on; nothing is started. Raises ManifestError, SystemNotThere."""
        return find(self._named() or self._product or OTHERWISE)

    def of(self, story: Sequence[Sentence]) -> TestBed:
        """The test bed of the file that runs now. story: what is known of the test that needs it.

        Raises BadSetting where nothing can be started.
        """
        if self._current is None:
            self._product = self._product or default_product(story) or OTHERWISE
            self._current = self._bed(self._named() or self._product)
        return self._current

    def end_file(self) -> None:
        """A suite file is over: its server and its proxy end."""
        if self._current is not None:
            self._current.close_suite()
        self._current = None

    def close(self) -> None:
        """End everything."""
        beds, self._open, self._current = list(self._open.values()), {}, None
        for bed in beds:
            bed.close()

    def _run(self) -> Settings:
        if self._settings is None:
            self._settings = self._read()
        return self._settings

    def _named(self) -> str:
        """The product that the run names for all suites."""
        return self._run()[SYSTEM] if SYSTEM in self._run().given else ""

    def _bed(self, product: str) -> TestBed:
        settings = Settings({**self._drawn, **self._run().given, SYSTEM: product})
        if product not in self._open:
            for other in [name for name, bed in self._open.items() if bed.system.server_lasts == "file"]:
                self._open.pop(other).close()
            self._evidence = self._evidence or self._folder()
            bed = self._open[product] = _opened(settings, self._evidence)
            self._drawn = {SEED: bed.seed}
        return self._open[product]


def _opened(settings: Settings, evidence: EvidenceFolder) -> TestBed:
    try:
        return TestBed(settings, evidence)
    except (ManifestError, SystemNotThere) as wrong:
        raise BadSetting(str(wrong)) from None
    except (OSError, *EXPECTED_TROUBLE) as wrong:
        where = (
            f"\nTemporary files go to {tempfile.gettempdir()}; TMPDIR=FOLDER in the environment chooses another "
            "folder."
        )
        about_files = isinstance(wrong, OSError) or "space left" in str(wrong)
        raise BadSetting(f"Nothing can be started: {wrong}{where if about_files else ''}") from None
