"""What somebody may have meant by a sentence that nobody knows."""

from __future__ import annotations

import difflib
import functools
import re

from syncproof.kernel.sentence import bare, vocabulary

#: Below this the likeness of two sentences is chance. Found by trying misspelt and made-up sentences (see the tests).
ALIKE = 0.6
_SLOT = re.compile(r"\$\{(\w+)\}")


def nearest(sentence: str, most: int = 2) -> list[str]:
    """The templates that read most like the sentence, the likeliest first; none when nothing is alike.

    Its Given/When/Then is dropped, case does not matter, and an argument is like any one word.

    Example: ``nearest("When Bob's network gets cut")`` gives ``["${device}'s network is cut"]`` first.
    """
    words = bare(sentence).lower().split()
    rated = sorted(((_likeness(words, kind.template), kind.template) for kind in vocabulary()), reverse=True)
    return [template for likeness, template in rated[:most] if likeness >= ALIKE]


def _likeness(words: list[str], template: str) -> float:
    """Of 0 to 1. The words of the sentence that stand where the template has an argument are taken for it.

    Arguments alone are like nothing: some word of the template's own has to be there.
    """
    pattern = _SLOT.sub("\0", template).lower().split()
    alike, own = 0.0, 0.0
    matcher = difflib.SequenceMatcher(a=words, b=pattern, autojunk=False)
    for how, a1, a2, b1, b2 in matcher.get_opcodes():
        if how == "equal":
            alike += a2 - a1
            own += a2 - a1
        elif how == "replace":
            for word, other in zip(words[a1:a2], pattern[b1:b2], strict=False):
                alike += _word_likeness(word, other)
                own += _word_likeness(word, other) if "\0" not in other else 0.0
    return 2 * alike / (len(words) + len(pattern)) if own else 0.0


@functools.lru_cache(maxsize=16384)  # Templates share most of their words.
def _word_likeness(word: str, pattern: str) -> float:
    if "\0" in pattern:
        return 1.0 if word.endswith(pattern.replace("\0", "")) else 0.0
    matcher = difflib.SequenceMatcher(a=word, b=pattern, autojunk=False)
    # The first two are cheap, and never less than the last.
    alike = (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio)
    return matcher.ratio() if all(ratio() > ALIKE for ratio in alike) else 0.0
