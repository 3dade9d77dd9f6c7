"""The page itself in a real browser: what others change does not get in the way of who writes there."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from syncproof_products.taskserver.page import pages

#: Somebody changes the order b while a and c come and d goes.
EDITED = """
import { View } from "./view.js";
const view = new View({ add() {}, change() {}, remove() {} });
const show = (ids) => view.show([...ids].map((id) => ({ id, text: `order ${id}`, state: "saved" })), 0);
show("bd");
document.querySelector('[data-id="b"] .change').click();
const input = document.querySelector(".edited");
input.value = "half of";
show("abc");
const shown = [...document.querySelectorAll("#orders > li")].map((item) => item.dataset.id).join("");
document.title = `${shown}, ${document.activeElement === input ? "writing" : "interrupted"}: ${input.value}`;
"""


@pytest.mark.timeout(300)
def test_who_changes_an_order_is_not_interrupted_by_others(tmp_path: Path) -> None:
    browser = shutil.which("chromium")
    if browser is None:
        pytest.skip("needs chromium: apt-get install -y chromium")
    site = shutil.copytree(Path(pages.__file__).with_name("site"), tmp_path / "site")
    (site / "main.js").write_text(EDITED)
    shown = subprocess.run(
        [
            browser,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--allow-file-access-from-files",
            f"--user-data-dir={tmp_path / 'profile'}",
            "--dump-dom",
            (site / "index.html").as_uri(),
        ],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=280,
        check=True,
    )
    title = re.search("<title>(.*)</title>", shown.stdout)
    assert title is not None, shown.stderr
    assert title[1] == "abc, writing: half of"
