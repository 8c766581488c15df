"""What the source that requests reach is made of: what each file imports, names and calls."""

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from config import ROOT

BY_HAND = ("bench/", "commands/", "demo/", "migrations/", "scripts/", "services/seed/", "tests/")
"""What an operator or a developer runs on a terminal; no request gets there."""


@dataclass
class Source:
    """One file, taken apart."""

    imports: set[str] = field(default_factory=set)
    """`a.b` of `import a.b`; `a.b` and `a.b.c` of `from a.b import c`."""
    names: set[str] = field(default_factory=set)
    """`a` and `a.b` of the expression `a.b`, called or handed on."""
    calls: list[ast.Call] = field(default_factory=list)
    formats: list[ast.FormattedValue] = field(default_factory=list)
    """What is filled into f-strings."""

    def takes(self, *modules: str) -> bool:
        """Whether it imports one of the modules, or something within."""
        return any(f"{name}.".startswith(f"{module}.") for name in self.imports for module in modules)

    def mentions(self, *names: str) -> bool:
        return any(name in self.names for name in names)


Rule = Callable[[Source], bool]


def source_of(code: str) -> Source:
    found = Source()
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.Call():
                found.calls.append(node)
            case ast.Name():
                found.names.add(node.id)
            case ast.Attribute():
                found.names |= {node.attr, f"{named(node.value)}.{node.attr}"}
            case ast.FormattedValue():
                found.formats.append(node)
            case ast.Import():
                found.imports |= {one.name for one in node.names}
            case ast.ImportFrom(module=str(module), level=0):
                found.imports |= {module} | {f"{module}.{one.name}" for one in node.names}
    return found


@cache
def served() -> dict[str, Source]:
    """The source files of web and worker, by their paths."""
    paths = (str(path.relative_to(ROOT)) for path in [*ROOT.glob("*.py"), *ROOT.glob("[a-z]*/**/*.py")])
    return {path: source_of((ROOT / path).read_text()) for path in paths if not path.startswith(BY_HAND)}


def where(rule: Rule) -> set[str]:
    """The files that the rule is about."""
    return {path for path, source in served().items() if rule(source)}


def named(node: ast.AST | None) -> str:
    """`c` of the expression `a.b.c`, or of `c`."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def called(source: Source, *names: str) -> list[ast.Call]:
    return [call for call in source.calls if named(call.func) in names]


def first(call: ast.Call) -> ast.AST | None:
    return call.args[0] if call.args else None


def is_written_here(node: ast.AST | None) -> bool:
    """Whether an expression is made of texts in the source and of constants (`LIKE_THIS`, `_LIKE_THIS`) alone."""
    match node:
        case ast.JoinedStr():
            return all(map(is_written_here, node.values))
        case ast.FormattedValue() | ast.Subscript():
            return is_written_here(node.value)
        case ast.BinOp():
            return is_written_here(node.left) and is_written_here(node.right)
    return isinstance(node, ast.Constant) or named(node).isupper()
