"""Why a text is no JSON, in the words of Go's encoding/json scanner."""

from __future__ import annotations

from typing import Final, NoReturn

_BLANKS: Final = " \t\r\n"
_LITERALS: Final = {"t": "true", "f": "false", "n": "null"}
_ESCAPES: Final = {"b", "f", "n", "r", "t", "\\", "/", '"'}


class _Found(Exception):
    """The scan met the fault; the message is Go's."""


def explain_syntax(text: str) -> str:
    """Go's message for the first fault in `text`, which holds no valid JSON value."""
    if not text.strip(_BLANKS):
        return "EOF"
    try:
        _Scan(text).value()
    except _Found as found:
        return str(found)
    except RecursionError:
        return "exceeded max depth"
    return "unexpected EOF"


def _quoted(character: str) -> str:
    if character == "'":
        return r"'\''"
    if character == '"':
        return "'\"'"
    named = {"\t": r"\t", "\n": r"\n", "\r": r"\r", "\\": r"\\", "\b": r"\b", "\f": r"\f"}
    if character in named:
        return f"'{named[character]}'"
    return f"'{character}'" if character.isprintable() else f"'\\x{ord(character):02x}'"


class _Scan:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def value(self) -> None:
        character = self._next_solid()
        if character == "{":
            self._object()
        elif character == "[":
            self._array()
        elif character == '"':
            self._string()
        elif character in _LITERALS:
            self._literal(_LITERALS[character])
        elif character == "-" or character.isdigit():
            self._number(character)
        else:
            self._fail(character, "looking for beginning of value")

    def _object(self) -> None:
        character = self._next_solid()
        if character == "}":
            return
        while True:
            if character != '"':
                self._fail(character, "looking for beginning of object key string")
            self._string()
            character = self._next_solid()
            if character != ":":
                self._fail(character, "after object key")
            self.value()
            character = self._next_solid()
            if character == "}":
                return
            if character != ",":
                self._fail(character, "after object key:value pair")
            character = self._next_solid()

    def _array(self) -> None:
        character = self._next_solid()
        if character == "]":
            return
        self._at -= 1
        while True:
            self.value()
            character = self._next_solid()
            if character == "]":
                return
            if character != ",":
                self._fail(character, "after array element")

    def _string(self) -> None:
        while True:
            character = self._next()
            if character == '"':
                return
            if character == "\\":
                escape = self._next()
                if escape == "u":
                    for _ in range(4):
                        digit = self._next()
                        if digit not in "0123456789abcdefABCDEF":
                            self._fail(digit, "in \\u hexadecimal character escape")
                elif escape not in _ESCAPES:
                    self._fail(escape, "in string escape code")
            elif character < " ":
                self._fail(character, "in string literal")

    def _literal(self, word: str) -> None:
        for expected in word[1:]:
            character = self._next()
            if character != expected:
                self._fail(character, f"in literal {word} (expecting '{expected}')")

    def _number(self, character: str) -> None:
        if character == "-":
            character = self._next()
            if not character.isdigit():
                self._fail(character, "in numeric literal")
        if character != "0":
            self._digits()
        if self._peek() == ".":
            self._at += 1
            self._first_digit("after decimal point in numeric literal")
            self._digits()
        if self._peek() in ("e", "E"):
            self._at += 1
            if self._peek() in ("+", "-"):
                self._at += 1
            self._first_digit("in exponent of numeric literal")
            self._digits()

    def _first_digit(self, where: str) -> None:
        character = self._next()
        if not character.isdigit():
            self._fail(character, where)

    def _digits(self) -> None:
        while self._peek().isdigit():
            self._at += 1

    def _peek(self) -> str:
        return self._text[self._at] if self._at < len(self._text) else ""

    def _next(self) -> str:
        if self._at >= len(self._text):
            raise _Found("unexpected EOF")
        self._at += 1
        return self._text[self._at - 1]

    def _next_solid(self) -> str:
        character = self._next()
        while character in _BLANKS:
            character = self._next()
        return character

    def _fail(self, character: str, where: str) -> NoReturn:
        raise _Found(f"invalid character {_quoted(character)} {where}")
