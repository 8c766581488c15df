"""What of a hook's URL may be secret: every part of its path and query that is no word of how such addresses are made.

docs/decisions/0032-what-of-a-hook-is-secret.md says why words are listed, and why three characters are no secret.
"""

import re
from collections.abc import Iterator
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

LEAST = 4
"""Characters of the shortest part that may be one; three are found by trying."""
_NOUNS = """
    account action alias app application artifact branch build channel client command commit config default deploy
    deployment dispatch domain environment event feature function hook incoming integration job message notification
    organization org package page pipeline preview product production project publication publish receiver redeploy
    refresh release repo repository resource restart room run script server service site space staging start stage
    team tenant token trigger update upload user version webhook worker workflow workspace
"""
_OTHERS = """
    auto automatic async build_hooks callback console dashboard deploy-hooks deploy_hooks deployhooks dev development
    devel echo example false force github gitlab bitbucket head health https http index internal invoke json latest
    local localhost main manual master netlify notify null open ping post private prod public push queue rebuild render
    rest secret success sync test testing true vercel with yaml
"""
WORDS = frozenset(f"{noun}{end}" for noun in _NOUNS.split() for end in ("", "s", "es")) | frozenset(_OTHERS.split())
"""What hosts call the things that their hooks are of; answers need these words, and nobody is let in by them."""

_BETWEEN = re.compile(r"[^\w~%-]+")


def target_of(url: str) -> SplitResult | None:
    """Path and query of a URL; None where it has neither, or is none."""
    try:
        target = urlsplit(url)._replace(scheme="", netloc="", fragment="")
    except ValueError:
        return None
    return target if target.path.strip("/") or target.query else None


def parts_of(target: SplitResult) -> set[str]:
    """All that may be secret: segments of the path, values of the query, and what of them dots and colons part."""
    return {part for word in _words(target.path, target.query) for part in _parts(word) if may_be_secret(part)}


def may_be_secret(part: str) -> bool:
    """Whether a part of a path or a query may be one."""
    return len(part) >= LEAST and part.lower() not in WORDS


def begins_a_word(text: str) -> bool:
    """Whether a word might go on like that."""
    return any(word.startswith(text.lower()) for word in WORDS)


def _words(path: str, query: str) -> Iterator[str]:
    """The path's segments, the query's values, and the names that stand for values there."""
    yield from path.split("/")
    for name, value in parse_qsl(query.replace(";", "&"), keep_blank_values=True):
        yield from (value, name) if not value or any(map(str.isdigit, name)) else (value,)


def _parts(word: str) -> Iterator[str]:
    for text in {word, unquote(word)}:
        yield from (text, *_BETWEEN.split(text))
