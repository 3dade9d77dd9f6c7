from __future__ import annotations

from typing import Any

from tests.unit.evidence.checker_cases.case import Case, Mutant, bad, empty, good, told, unknown

from syncproof.evidence.records import Note

BOB: dict[str, Any] = {"device": "Bob"}
USED: dict[str, Any] = {"device": "Bob", "code": "invite_used", "says": "used"}


def _invited(code: str, device: str = "Bob") -> Any:
    return lambda story: story.add(Note, device=device, what="invited", fields={"code": code, "qr": "a:1:b"})


def _answered(answer: str, message: str = "it was used", device: str = "Bob") -> Any:
    fields = {"answer": answer, "message": message}
    return lambda story: story.add(Note, device=device, what="invite_answered", fields=fields)


FORM = (
    unknown("empty", empty, "Bob made no invite", **BOB),
    unknown("another device", told(_invited("ABCD", device="Alice")), **BOB),
    good("one", told(_invited("ABCD-EFGH-IJ23-4567")), "1 short code of Bob", **BOB),
    good("two", told(_invited("ABCD-EFGH-IJKL-MNOP"), _invited("ABCD-EFGH-IJKL-MNOQ")), "2 short codes", **BOB),
    bad("without dashes", told(_invited("ABCDEFGHIJKLMNOP")), "form XXXX-XXXX-XXXX-XXXX, it has 16", **BOB),
    bad("in small letters", told(_invited("abcd-efgh-ijkl-mnop")), **BOB),
    bad("too long", told(_invited("ABCD-EFGH-IJKL-MNOP-QRST")), "it has 24", **BOB),
    bad("the first of two", told(_invited("ABCD"), _invited("ABCD-EFGH-IJKL-MNOP")), **BOB),
    bad("the same twice", told(*[_invited("ABCD-EFGH-IJKL-MNOP")] * 2), "made the same short code twice", **BOB),
)  # fmt: skip

REFUSED = (
    unknown("empty", empty, "nobody showed Bob an invite", **USED),
    unknown("another device", told(_answered("invite_used", device="Alice")), **USED),
    good("as it should", told(_answered("invite_used")), "Bob refused the invite as 'invite_used'", **USED),
    bad("taken", told(_answered("accepted", "")), "it answered 'accepted'", **USED),
    bad("for another reason", told(_answered("invalid", "used")), "it answered 'invalid'", **USED),
    bad("without a reason", told(_answered("invite_used", "no")), "expected Bob to say 'used'", "it said: no", **USED),
    bad("the last counts", told(_answered("invite_used"), _answered("accepted", "")), **USED),
    good("and what was before does not", told(_answered("accepted", ""), _answered("invite_used")), **USED),
)  # fmt: skip

TAKEN = (
    unknown("empty", empty, "nobody showed Bob an invite", **BOB),
    unknown("another device", told(_answered("accepted", "", device="Alice")), **BOB),
    good("as it should", told(_answered("accepted", "")), "Bob came in by the invite", **BOB),
    bad("refused", told(_answered("unknown_invite", "none")), "come in", "answered 'unknown_invite': none", **BOB),
    bad("the last counts", told(_answered("accepted", ""), _answered("invite_used")), **BOB),
    good("and what was before does not", told(_answered("invite_used"), _answered("accepted", "")), **BOB),
)  # fmt: skip

GUESSES: dict[str, Any] = {"device": "Bob", "most": 2, "since_ns": 0}
_WRONG, _STOP = _answered("unknown_invite"), _answered("too_many_guesses")

BOUNDED = (
    unknown("empty", empty, "Bob guessed no short code", **GUESSES),
    unknown("another device", told(_answered("too_many_guesses", device="Alice")), **GUESSES),
    good("stopped", told(_WRONG, _WRONG, _STOP), "Bob was stopped after 2 short codes", **GUESSES),
    good("stopped before", told(_WRONG, _STOP), "after 1 short code", **GUESSES),
    bad("not stopped", told(_WRONG, _WRONG, _WRONG), "it tried 3 and was not stopped", **GUESSES),
    bad("not tried enough", told(_WRONG, _WRONG), "after 2 short codes in vain", **GUESSES),
    bad("stopped late", told(_WRONG, _WRONG, _WRONG, _STOP), "it tried 3", **GUESSES),
    bad("stopped once, then not", told(_WRONG, _STOP, _WRONG, _WRONG), "it tried 3", **GUESSES),
    bad("let in later", told(_WRONG, _STOP, _answered("accepted")), "it was told 'accepted' of one", **GUESSES),
    bad("told apart", told(_WRONG, _answered("invalid"), _STOP), "it was told 'invalid' of one", **GUESSES),
    bad("let in", told(_WRONG, _answered("accepted"), _STOP), "it was told 'accepted' of one", **GUESSES),
    unknown("before it began", told(_WRONG, _STOP), **{**GUESSES, "since_ns": 10**18}),
)  # fmt: skip

CASES: dict[str, tuple[Case, ...]] = {
    "invite_form": FORM,
    "invite_taken": TAKEN,
    "invite_refused": REFUSED,
    "guesses_bounded": BOUNDED,
}
MUTANTS: dict[str, tuple[Mutant, ...]] = {
    "invite_form": (
        ("if not codes:", "if False:"),
        ("_FORM.fullmatch(code)", "_FORM.match(code)"),
        ("_FORM.fullmatch(code)", "code"),
        ("if len(set(codes)) < len(codes):", "if False:"),
        ("for code in codes", "for code in codes[-1:]"),
    ),
    "invite_taken": (
        ("if not asked:", "if False:"),
        ("if answer != ACCEPTED:", "if False:"),
        ("asked[-1]", "asked[0]"),
    ),
    "invite_refused": (
        ("if not asked:", "if False:"),
        ("if answer != code:", "if False:"),
        ("elif says not in message:", "elif False:"),
        ("asked[-1]", "asked[0]"),
    ),
    "guesses_bounded": (
        ("if not answers:", "if False:"),
        ("len(tried) > most or ", ""),
        (" or tried == answers", ""),
        (
            "[answer for answer in answers if answer != STOPPED]",
            "answers[: answers.index(STOPPED)] if STOPPED in answers else answers",
        ),
        ("if told:", "if False:"),
        ("if note.t_ns >= since_ns", ""),
    ),
}
