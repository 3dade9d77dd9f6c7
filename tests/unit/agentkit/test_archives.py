from __future__ import annotations

import io
import zipfile

import pytest

from syncproof_agentkit.archives import files_in
from syncproof_agentkit.errors import AgentError


def packed(**files: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


def test_what_was_packed_comes_out_in_its_order() -> None:
    assert list(files_in(packed(b=b"two", a=b"")).items()) == [("b", b"two"), ("a", b"")]


@pytest.mark.parametrize("name", ["../x", "/x", "a/b", "..", ".", "a/"])
def test_nothing_in_an_archive_leads_anywhere(name: str) -> None:
    with pytest.raises(AgentError, match="no plain name"):
        files_in(packed(**{name: b"x"}))


@pytest.mark.parametrize("archive", [b"", b"no archive", packed(a=b"one")[:-9]])
def test_what_is_no_archive_is_told(archive: bytes) -> None:
    with pytest.raises(AgentError, match="no archive in the ZIP format"):
        files_in(archive)
