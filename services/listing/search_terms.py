"""What is typed into a list's search box, taken apart: words, phrases, and qualifiers such as `status:failed`."""

import re
from collections.abc import Container
from dataclasses import dataclass

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_PHRASE = r'"((?:[^"]|"")+)"'
_TOKEN = re.compile(rf"(?P<minus>-?)(?:{_PHRASE}(?=\s|$)|(?P<word>\S+))")
_QUALIFIER = re.compile(
    rf"(?P<minus>-?)(?P<name>[^\W\d][\w.]*):(?P<operator>>=|<=|=|>|<|)(?:{_PHRASE}(?=\s|$)|(?P<word>\S*))"
)


@dataclass(frozen=True)
class SearchTerm:
    """One text that rows are to hold, or not to hold."""

    text: str
    is_excluded: bool = False
    is_phrase: bool = False
    """Whether it was quoted: then it is nothing but a text, never the beginning of an id."""

    def __str__(self) -> str:
        return f"{'-' if self.is_excluded else ''}{quoted(self.text) if self.is_phrase else self.text}"


@dataclass(frozen=True)
class Qualifier:
    """One condition on a column of its own, as it was typed."""

    name: str
    """In lower case."""
    value: str
    operator: str = ""
    """`=`, `>`, `<`, `>=`, `<=`, or nothing."""
    is_excluded: bool = False
    is_phrase: bool = False
    """Whether the value was quoted: then its commas are no list's, and “none” is a text."""

    def __str__(self) -> str:
        value = quoted(self.value) if self.is_phrase else self.value
        return f"{'-' if self.is_excluded else ''}{self.name}:{self.operator}{value}"


def parse(given: str, names: Container[str] = ()) -> list[SearchTerm | Qualifier]:
    """All that was typed, in its order; nothing is left out, and any text can be parsed.

    A piece in quotation marks is one phrase (two of them within it stand for one). A mark that opens no phrase is an
    ordinary character, and so is a colon after anything but a known name.

    Args:
        names: the qualifiers that there are, in lower case.
    """
    text = _CONTROL.sub(" ", given)
    found: list[SearchTerm | Qualifier] = []
    place = 0
    while (place := _next_word(text, place)) < len(text):
        match = _QUALIFIER.match(text, place)
        if match and match["name"].lower() in names:
            found.append(_qualifier(match))
        else:
            match = _TOKEN.match(text, place)
            assert match is not None
            found.append(_term(match))
        place = match.end()
    return found


def quoted(text: str) -> str:
    """The text as a phrase, which `parse` reads as this text."""
    return '"{}"'.format(text.replace('"', '""'))


def written(parsed: list[SearchTerm | Qualifier]) -> str:
    """The line that `parse` takes apart into this."""
    return " ".join(map(str, parsed))


def _next_word(text: str, place: int) -> int:
    while place < len(text) and text[place].isspace():
        place += 1
    return place


def _term(match: re.Match[str]) -> SearchTerm:
    phrase, word = match[2], match["word"]
    if phrase is not None:
        return SearchTerm(phrase.replace('""', '"'), bool(match["minus"]), is_phrase=True)
    return SearchTerm(word, bool(match["minus"]))


def _qualifier(match: re.Match[str]) -> Qualifier:
    phrase = match[4]
    value = match["word"] if phrase is None else phrase.replace('""', '"')
    return Qualifier(match["name"].lower(), value, match["operator"], bool(match["minus"]), phrase is not None)
