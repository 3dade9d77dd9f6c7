"""What several searches have looked through counts together: none hides another's 0 or number."""

from __future__ import annotations

from syncproof.kernel.secrecy import looked_through
from syncproof.kernel.server import Search


def test_the_counts_of_all_searches_count() -> None:
    found = [Search({}, {"events": 3}), Search({}, {"bytes": 5}), Search({}, {"bytes": 0, "files": 0})]
    assert looked_through(found) == {"events": 3, "bytes": 5, "files": 0}
