"""A real Chromium, driven by Browser library: one user's browser, with its tabs. Every method takes its time."""

from __future__ import annotations

import logging
import os
import shutil
import socket
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

#: How long one step of a user may take; a page that does not load within that is loaded again.
_PATIENCE = timedelta(seconds=20)
#: How long its processes may take to end once they are killed, s.
_ENDS_S = 30.0
#: Chromium's own connections are refused on a machine without a network, many at a time; /dev/shm may be small.
_ARGUMENTS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-proxy-server",
]
_log = logging.getLogger(__name__)
_OBSERVED = Path(__file__).with_name("observed.js")


class Row(msgspec.Struct, frozen=True):
    """One order as a page shows it. state: saved, pending."""

    id: str
    text: str
    state: str


class Seen(msgspec.Struct, frozen=True):
    """What a page showed at one moment. waiting: changes that are not yet saved. refused: texts of changes."""

    rows: tuple[Row, ...]
    connection: str
    waiting: int
    refused: tuple[str, ...]


class Observed(msgspec.Struct, frozen=True):
    """What one tab has shown since it was read, in that order; messages: that any tab has sent the others meanwhile."""

    seen: tuple[Seen, ...]
    messages: int


class PageError(Exception):
    """A step could not be done in the page; the message is the browser's."""


class Chromium:
    """Not safe for several threads. folder: for its files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._tabs: list[str] = []
        self._library: Any = None

    # -- pages

    def open_tab(self, address: str, orders: str) -> None:
        """Open a list of orders in one more tab. Raises PageError, and leaves no tab then."""
        library = self._started()
        try:
            # A tab of its own for each try: what is left of one that did not load is not observed.
            page = library.new_page(f"http://{address}/orders/?list={quote(orders)}")["page_id"]
            library.get_element_states("#orders")
            library.evaluate_javascript(None, _OBSERVED.read_text(), arg=orders)
        except AssertionError as wrong:
            raise PageError(str(wrong)) from None
        self._tabs.append(page)

    def close_tabs(self) -> None:
        """Close all of them; what the browser keeps stays.

        A browser that has crashed is ended: the next tab starts another one.
        """
        self._tabs.clear()
        if self._library is None:
            return
        from Browser.utils.data_types import SelectionType

        try:
            self._library.close_page(SelectionType.ALL)
        except AssertionError as wrong:
            _log.warning("the browser is ended, it cannot close its tabs: %s", wrong)
            self._library = None
            _end(self._keeper)

    def read(self) -> list[Observed]:
        """What each tab has shown since this was asked last. Raises PageError."""
        return [
            msgspec.convert(
                self._in_tab(tab, "evaluate_javascript", None, "() => window.readObserved()"), Observed
            )
            for tab in self._tabs
        ]

    def screenshot(self) -> bytes:
        """The first tab, as PNG. Raises PageError."""
        from Browser.utils.data_types import ScreenshotReturnType

        return bytes(
            self._in_tab(
                self._tabs[0],
                "take_screenshot",
                str(self._folder / "page"),
                return_as=ScreenshotReturnType.bytes,
                log_screenshot=False,
            )
        )

    # -- what a user does, in the first tab

    def add(self, text: str) -> None:
        """Add an order. Raises PageError."""
        self._in_tab(self._tabs[0], "fill_text", "#text", text)
        self._in_tab(self._tabs[0], "click", "#add")

    def change(self, order: str, text: str) -> None:
        """Let an order, by its id, say something else. Raises PageError."""
        self._in_tab(self._tabs[0], "click", f'#orders > [data-id="{order}"] .change')
        self._in_tab(self._tabs[0], "fill_text", ".edited", text)
        self._in_tab(self._tabs[0], "press_keys", ".edited", "Enter")

    def remove(self, order: str) -> None:
        """Remove an order, by its id. Raises PageError."""
        self._in_tab(self._tabs[0], "click", f'#orders > [data-id="{order}"] .remove')

    def _in_tab(self, tab: str, keyword: str, *arguments: Any, **named: Any) -> Any:
        try:
            if len(self._tabs) > 1:
                self._library.switch_page(tab)
            return getattr(self._library, keyword)(*arguments, **named)
        except AssertionError as wrong:
            raise PageError(str(wrong)) from None

    # -- its processes

    def _started(self) -> Any:
        """Browser library, with a browser in which one user works. Raises RuntimeError where it does not start."""
        if self._library is None:
            # Imported here: both packages are an extra, and take half a second.
            from Browser import Browser, SupportedBrowsers

            # It tells of every step, and a page is read many times a second.
            logging.getLogger("RobotFramework").setLevel(logging.WARNING)
            port, keeper = self._start_node()
            try:
                library = Browser(playwright_process_port=port, run_on_failure=None, timeout=_PATIENCE)
                library.new_browser(
                    SupportedBrowsers.chromium,
                    executablePath=shutil.which("chromium"),
                    args=_ARGUMENTS,
                    chromiumSandbox=os.geteuid() != 0,
                )
                library.new_context()
            except Exception as wrong:
                _end(keeper)
                seen = str(wrong).partition("\n")[0]
                raise RuntimeError(
                    f"expected Chromium to start, seen {seen}: look at what it said, above and in {self._said}, and "
                    "whether what product.toml says that it needs is installed"
                ) from wrong
            self._library, self._keeper = library, keeper
        return self._library

    def _start_node(self) -> tuple[int, subprocess.Popen[bytes]]:
        """The library's other half, which starts the browser: the port that it listens on, and its keeper."""
        import BrowserBatteries

        batteries = Path(BrowserBatteries.__file__).parent / "bin"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = int(free.getsockname()[1])
        self._folder.mkdir(parents=True, exist_ok=True)
        node = [str(batteries / "node"), str(batteries / "wrapper" / "index.js"), "127.0.0.1", str(port)]
        with self._said.open("ab") as log:
            # The pipe to its keeper closes with this process, however that ends.
            keeper = subprocess.Popen(
                [sys.executable, str(Path(__file__).with_name("keeper.py")), *node],
                cwd=batteries / "wrapper",
                env={**os.environ, "PLAYWRIGHT_BROWSERS_PATH": "0"},
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return port, keeper

    @property
    def _said(self) -> Path:
        """What the library's other half says."""
        return self._folder / "node.log"


def _end(keeper: subprocess.Popen[bytes]) -> None:
    """End all that it keeps, and wait for that, within reason."""
    try:
        keeper.communicate(timeout=_ENDS_S)  # closes its input, which is the sign
    except subprocess.TimeoutExpired:
        _log.warning(
            "the browser's processes did not end within %g s: look for them under process %d",
            _ENDS_S,
            keeper.pid,
        )
