"""What stands in a log.html. Robot Framework keeps its texts in JavaScript there, the long ones compressed."""

from __future__ import annotations

import base64
import re
import zlib
from pathlib import Path
from urllib.parse import unquote

_STRINGS = re.compile(r'window\.output\["strings"\] = window\.output\["strings"\]\.concat\(\[(.*?)\]\);')
_ONE = re.compile(r'"((?:[^"\\]|\\.)*)"')
_LINK = re.compile(r'<a href="([^"]+)"')


def texts(log: Path) -> list[str]:
    """Every text of the page."""
    found: list[str] = []
    for group in _STRINGS.findall(log.read_text()):
        found += [_plain(text) for text in _ONE.findall(group)]
    return found


def _plain(text: str) -> str:
    if text.startswith("*"):
        return text[1:].replace('\\"', '"').replace("\\n", "\n").replace("\\x3c/", "</").replace("\\\\", "\\")
    return zlib.decompress(base64.b64decode(text)).decode() if text else ""


def timelines(log: Path) -> list[str]:
    """The texts that hold a timeline."""
    return [text for text in texts(log) if "<svg" in text]


def linked(log: Path) -> list[Path]:
    """The files that links in the texts lead to, as a browser resolves them: from the folder of the page."""
    return [
        (log.parent / unquote(link)).resolve()
        for text in texts(log)
        for link in _LINK.findall(text)
        if "://" not in link
    ]
