from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import msgspec
import pytest
from robot.libdoc import libdoc

from syncproof.kernel.sentence import vocabulary
from syncproof.report.keyword_manual import Library, main
from syncproof.report.manual_page import PAGE

LIBRARIES = Path(__file__).parents[3] / "libraries"
SCENARIO = ("DevicesLibrary", "InterruptLibrary", "NetworkLibrary", "OutcomeLibrary")

LIBRARY = '''
"""A module."""
from robot.api.deco import keyword

@keyword("${device}'s tea is < ${size} & hot")
def tea(device, size):
    """Ask for ``tea``.

    More about it.
    """

@keyword
def zest():
    """Last."""

@keyword
def about():
    """First."""
'''


class Links(HTMLParser):
    """Where a page leads."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.targets += [value or "" for name, value in attrs if name == "href"]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "Kitchen.py"
    path.write_text(LIBRARY)
    return path


def test_all_keywords_stand_in_alphabetical_order_and_lead_to_their_page(
    source: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "new" / "manual"
    assert main([str(folder), str(source)]) == 0
    page = (folder / "index.html").read_text()
    assert (folder / "Kitchen.html").exists()
    assert [unquote(target) for target in Links(page).targets] == [
        "Kitchen.html",
        "Kitchen.html#About",
        "Kitchen.html#${device}'s tea is < ${size} & hot",
        "Kitchen.html#Zest",
    ]


def test_an_entry_shows_the_words_and_what_they_do(source: Path, tmp_path: Path) -> None:
    main([str(tmp_path), str(source)])
    page = html.unescape((tmp_path / "index.html").read_text())
    assert "<var>device</var>'s tea is < <var>size</var> & hot</a>" in page
    assert "<small>Ask for <code>tea</code>.</small>" in page
    (shown,) = re.findall("<small>Ask for .*?</small>", page)
    assert "More about it" not in shown


def test_the_search_looks_through_names_and_whole_descriptions(source: Path, tmp_path: Path) -> None:
    main([str(tmp_path), str(source)])
    texts = re.findall('<li data-text="(.*?)"', (tmp_path / "index.html").read_text())
    assert [html.unescape(text) for text in texts] == [
        "about first.",
        "device's tea is < size & hot ask for tea. more about it.",
        "zest last.",
    ]


@pytest.mark.skipif(not shutil.which("node"), reason="node is not on PATH")
@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("", ["About", "tea", "Zest", "section"]),
        ("Tea  ASK", ["tea", "section"]),
        ("module", ["section"]),  # stands in the introduction
        ("ask last", []),
    ],
)
def test_the_search_shows_what_has_all_words(typed: str, shown: list[str]) -> None:
    script = re.findall("<script>(.*?)</script>", PAGE, re.DOTALL)[0]
    page = f"""
    const element = (text) => ({{dataset: {{text}}, hidden: false, addEventListener() {{}}}});
    const items = {{About: "about first.", tea: "tea ask for tea.", Zest: "zest last."}};
    for (const name in items) items[name] = element(items[name]);
    const kitchen = {{...element("kitchen a module."), querySelectorAll: () => Object.values(items)}};
    let type;
    const typing = (_, search) => {{ type = search; }};
    const input = {{value: {json.dumps(typed)}, addEventListener: typing}};
    globalThis.document = {{
      querySelector: (name) => name === "input" ? input : element(""),
      querySelectorAll: () => [kitchen],
    }};
    globalThis.location = {{hash: "", pathname: "index.html"}};
    globalThis.history = {{replaceState() {{}}}};
    {{ {script} }}
    type();
    const all = Object.entries({{...items, section: kitchen}});
    console.log(JSON.stringify(all.filter(([, each]) => !each.hidden).map(([name]) => name)));
    """
    run = subprocess.run(["node", "-"], input=page, capture_output=True, text=True, check=True)
    assert json.loads(run.stdout) == shown


def test_a_sentence_for_one_stands_with_the_one_for_several(tmp_path: Path) -> None:
    assert main([str(tmp_path), str(LIBRARIES / "DevicesLibrary.py")]) == 0
    entries = [unquote(target) for target in Links((tmp_path / "index.html").read_text()).targets]
    assert "DevicesLibrary.html#${device} sends ${count} messages" in entries
    assert "DevicesLibrary.html#${device} sends 1 message" not in entries
    page = (tmp_path / "DevicesLibrary.html").read_text()
    assert "For one: <code>${device} sends 1 message</code>" in page.replace("\\x3c", "<")
    assert '"name": "${device} sends 1 message"' not in page
    named = {unquote(anchor) for anchor in re.findall(r'href=\\"#(.*?)\\"', page)}
    singular = {form.template for kind in vocabulary() for form in kind.forms if form.given}
    assert named & singular == set()


def test_a_resource_without_keywords_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty.resource").write_text("*** Settings ***\nDocumentation    Imports *all*.\n")
    assert main([str(tmp_path), str(tmp_path / "empty.resource")]) == 0
    page = (tmp_path / "index.html").read_text()
    assert '<h2><a href="empty.html">empty</a></h2>\n<p>Imports all.</p>' in page


def test_what_cannot_be_read_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path), str(tmp_path / "Absent.py")]) == 1
    assert "Absent.py cannot be documented" in capsys.readouterr().err


def test_a_keyword_that_cannot_be_made_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "broken.resource"
    path.write_text("*** Keywords ***\nStir\n    [Arguments]    spoon\n    Log    spoon\n")
    assert main([str(tmp_path), str(path)]) == 1
    assert "broken: 'Stir': Creating keyword failed" in capsys.readouterr().err


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Library]:
    """The libraries of a scenario as libdoc describes them."""
    found = {}
    for name in SCENARIO:
        description = tmp_path_factory.mktemp(name) / "library.json"
        assert libdoc(str(LIBRARIES / f"{name}.py"), str(description), quiet=True) == 0
        found[name] = msgspec.json.decode(description.read_bytes(), type=Library)
    return found


def test_every_sentence_is_a_keyword_of_one_library(described: dict[str, Library]) -> None:
    """Robot Framework leaves out a keyword that it cannot make, with no more than an error message."""
    names = [keyword.name for library in described.values() for keyword in library.keywords]
    assert sorted(names) == sorted(
        template for kind in vocabulary() for template in [form.template for form in kind.forms]
    )


@pytest.mark.parametrize("name", SCENARIO)
def test_no_reference_of_the_manual_leads_nowhere(name: str, described: dict[str, Library]) -> None:
    """libdoc makes a link of `a name` that it knows, and leaves any other as it is."""
    library = described[name]
    for text in [library.doc, *(keyword.doc for keyword in library.keywords)]:
        assert re.findall('<span class="name">(.*?)</span>', text) == []


@pytest.mark.parametrize("name", SCENARIO)
def test_the_introduction_says_how_values_are_written(name: str, described: dict[str, Library]) -> None:
    # No moment and no means has a duration.
    assert ("<code>10 seconds</code>" in described[name].doc) is (name != "InterruptLibrary")
    assert "<code>Alice, Bob and Carol</code>" in described[name].doc
