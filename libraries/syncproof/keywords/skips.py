"""Which tests a product skips: what it cannot do by nature, and nothing else.

A test whose sentences need more than the product declares is skipped before it starts, and the reason names the
sentence. Every skip follows from the workloads that the product's manifest names, or stands in its `skipped.csv`:
another one fails its test, so that nobody loses a scenario by a capability that went away.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from syncproof.kernel.agent import Capabilities
from syncproof.kernel.demands import in_words, unmet
from syncproof.kernel.sentence import Sentence, parse
from syncproof.report.skips import FILE, may_skip
from syncproof.systems.manifest import Manifest


def steps_of(test: Any) -> list[Sentence]:
    """The sentences of a test, as far as they stand in the test itself or in its template."""
    return list(_parsed(test))


def refusal(
    test: str, story: Sequence[Sentence], product: Manifest, stack: str, capabilities: Capabilities
) -> tuple[str, str] | None:
    """`Skip` or `Fail` with what to say, where the product cannot run the test of that id; None where it can."""
    wanting = unmet(story, capabilities)
    if not wanting:
        return None
    said = "; ".join(f"'{sentence}' needs {in_words(need)}" for need, sentence in wanting.items())
    reason = f"The system {product.system} does not declare what this test needs: {said}."
    if missing := next(filter(None, map(product.layout.wrong, story)), ""):
        reason = f"{reason} {missing}"
    if may_skip(product, stack, test, wanting):
        return "Skip", reason
    return "Fail", (
        f"{reason} This skip is not in {product.folder.name}/{FILE}. If the system really cannot do that, "
        f"add the line: {product.variant},{stack},{test},needs {' and '.join(wanting)}"
    )


def _parsed(test: Any) -> Iterator[Sentence]:
    for name in _said(test):
        try:
            yield parse(name)
        except ValueError:
            continue  # a keyword of another library, or one made of sentences: `perform` looks at those


def _said(test: Any) -> Iterator[str]:
    """The names of a test's keywords; of a row of a `Test Template`, those that the template has with its values."""
    templates = {each.name: each for each in test.parent.resource.keywords}
    for item in test.body:
        name = str(getattr(item, "name", None) or "")
        template = templates.get(name)
        if template is None or len(template.args.positional) != len(item.args):
            yield name
            continue
        values = dict(zip(template.args.positional, item.args, strict=True))
        for step in template.body:
            said = str(getattr(step, "name", None) or "")
            for slot, value in values.items():
                said = said.replace(f"${{{slot}}}", str(value))
            yield said
