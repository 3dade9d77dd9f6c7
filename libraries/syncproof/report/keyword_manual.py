"""The manual of the keywords: a page for each library, and an index of all sentences.

`python -m syncproof.report.keyword_manual FOLDER SOURCE...` lets libdoc write FOLDER/NAME.html for each library or
resource file, and writes FOLDER/index.html, where all keywords stand in alphabetical order, by library, with links and
a search over all that the pages say. A sentence for one (`sends 1 message`) stands with the one for several.
Exits non-zero if a source cannot be read or one of its keywords cannot be made.
"""

from __future__ import annotations

import argparse
import html
import re
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import msgspec
from robot.libdoc import libdoc

from syncproof.kernel.sentence import vocabulary
from syncproof.report.manual_page import PAGE, SECTIONS


class CannotDocument(Exception):
    """A library is not fit to be documented."""


class Keyword(msgspec.Struct):
    """A keyword as libdoc describes it in JSON; `doc` is HTML, `shortdoc` its first paragraph as text."""

    name: str
    doc: str
    shortdoc: str

    @property
    def words(self) -> str:
        """The name as a person reads it: `device's network is cut`."""
        return re.sub(r"\$\{(\w+)\}", r"\1", self.name)


class Library(msgspec.Struct):
    """A library or resource file as libdoc describes it in JSON."""

    name: str
    doc: str
    keywords: list[Keyword]

    def check(self) -> None:
        """Raises CannotDocument for a keyword that Robot Framework could not make."""
        for keyword in self.keywords:
            if "Creating keyword failed" in keyword.doc:
                raise CannotDocument(f"{self.name}: '{keyword.name}': {_text(keyword.doc)}")


@dataclass(frozen=True)
class Page:
    """A library and the file that has its documentation."""

    library: Library
    file: str

    @classmethod
    def write(cls, source: Path, folder: Path) -> Self:
        """Let libdoc write a page. Raises CannotDocument for what it cannot read (libdoc has said why)."""
        page = folder / f"{source.stem}.html"
        with tempfile.TemporaryDirectory() as temporary:
            description = Path(temporary) / "library.json"
            _libdoc(source, description)
            msgspec.json.decode(description.read_bytes(), type=Library).check()
            described = _without_singulars(msgspec.json.decode(description.read_bytes()))
            description.write_bytes(msgspec.json.encode(described))
            _libdoc(description, page)
        return cls(msgspec.convert(described, Library), page.name)

    def section(self) -> str:
        """Its part of the index."""
        keywords = sorted(self.library.keywords, key=lambda keyword: keyword.words.lower())
        items = "\n".join(self._item(keyword) for keyword in keywords)
        title = f'<h2><a href="{quote(self.file)}">{html.escape(self.library.name)}</a></h2>'
        about = html.escape(_text(self.library.doc.partition("</p>")[0]))
        listed = f"\n<ul>\n{items}\n</ul>" if items else ""
        searched = _searched(self.library.name, self.library.doc)
        return f"<section {searched}>\n{title}\n<p>{about}</p>{listed}\n</section>"

    def _item(self, keyword: Keyword) -> str:
        # The page finds a keyword by its name, as JavaScript's encodeURIComponent writes it.
        anchor = quote(keyword.name, safe="-_.!~*'()")
        words = re.sub(r"\$\{(\w+)\}", r"<var>\1</var>", html.escape(keyword.name))
        said = re.sub("``(.+?)``", r"<code>\1</code>", html.escape(keyword.shortdoc))
        link = f'<a href="{quote(self.file)}#{html.escape(anchor)}">{words}</a>'
        return f"<li {_searched(keyword.words, keyword.doc)}>{link}<small>{said}</small></li>"


def write(folder: Path, sources: Sequence[Path]) -> None:
    """Write the pages and the index. Raises CannotDocument."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = [Page.write(source, folder) for source in sources]
    sections = "\n".join(page.section() for page in pages)
    (folder / "index.html").write_text(PAGE.replace(SECTIONS, sections))


def _libdoc(source: Path, target: Path) -> None:
    """Raises CannotDocument where libdoc fails, which has said why."""
    if libdoc(str(source), str(target), quiet=True) != 0:
        raise CannotDocument(f"{source} cannot be documented.")


def _without_singulars(library: dict[str, Any]) -> dict[str, Any]:
    """A library as libdoc describes it, with the sentences for one named by those for several."""
    singulars = {kind.template: form.template for kind in vocabulary() for form in kind.forms if form.given}
    kept = [each for each in library["keywords"] if each["name"] not in singulars.values()]
    for keyword in kept:
        if one := singulars.get(keyword["name"]):
            keyword["doc"] += f"\n<p>For one: <code>{html.escape(one)}</code>.</p>"
    return {**library, "keywords": kept}


def _searched(name: str, markup: str) -> str:
    """The attribute with the text that the search looks through."""
    return f'data-text="{html.escape(" ".join(f"{name} {_text(markup)}".lower().split()))}"'


def _text(markup: str) -> str:
    return html.unescape(re.sub("<[^>]+>", "", markup)).strip()


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the manual; 0 if all went well."""
    parser = argparse.ArgumentParser(
        prog="python -m syncproof.report.keyword_manual", description="Write the manual of the keywords."
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where the pages and index.html go")
    parser.add_argument("sources", nargs="+", type=Path, metavar="SOURCE", help="library or resource file")
    options = parser.parse_args(arguments)
    try:
        write(options.folder, options.sources)
    except CannotDocument as problem:
        print(problem, file=sys.stderr)
        return 1
    print(f"Keywords: {options.folder / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
