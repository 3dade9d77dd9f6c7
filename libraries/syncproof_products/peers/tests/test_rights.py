"""A process that keeps to permissions, though root started it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_PROGRAM = """
import sys
from pathlib import Path
from syncproof_products.peers.agent.rights import keep_to_permissions
keep_to_permissions()
keep_to_permissions()
folder = Path(sys.argv[1])
(folder / "one").write_text("x")
folder.chmod(0o555)
try:
    (folder / "two").write_text("x")
except PermissionError:
    print("refused")
folder.chmod(0o755)
"""


def test_what_is_read_only_stays_so(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout == "refused\n"
    assert [path.name for path in tmp_path.iterdir()] == ["one"]
