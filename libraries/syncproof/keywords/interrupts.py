"""The tables of means and moments in the manual."""

from __future__ import annotations

import inspect

from syncproof.kernel.interrupt import Means, Moment
from syncproof.kernel.sentence import vocabulary
from syncproof.registry import discover


def manual_table(text: str) -> str:
    """The text with a table for the line MEANS, and one for the line MOMENTS."""
    means = [kind for kind in vocabulary() if issubclass(kind, Means)]
    moments = discover(Moment, "moments")
    return text.replace(
        "MEANS",
        _table(
            ("Means", "Described in", ""),
            [(kind.template, f"{kind.page}Library", _first(kind)) for kind in means],
        ),
    ).replace(
        "MOMENTS",
        _table(("Moment", "or", ""), [(kind.template, kind.own or " ", _first(kind)) for kind in moments]),
    )


def _first(kind: type) -> str:
    return (inspect.getdoc(kind) or "").splitlines()[0]


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    titles = [f"={title}=" if title else " " for title in head]
    cells = [
        [f"``{cell}``" if "${" in cell or i == 0 else cell for i, cell in enumerate(row)] for row in rows
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in [titles, *cells])
