"""The house rules as functions: a path and its parsed text in, complaints out.

Paths are written from the root with slashes.  A complaint is ``path:line: what``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("simtrade", "matching", "feeds", "web", "lessons")

FUNCTION_LINES = 60
FILE_LINES = 400
DECLARATION_LINES = 8

_IMPURE_MODULES = ("time", "random", "os", "uuid", "secrets", "asyncio", "logging", "socket")
_CLOCK_CALLS = (
    *("time.time", "time.time_ns", "time.monotonic", "time.monotonic_ns", "time.perf_counter"),
    *("time.perf_counter_ns", "datetime.now", "datetime.utcnow", "datetime.today", "date.today"),
)
_SQL_MODULES = ("sqlalchemy", "sqlmodel", "sqlite3", "alembic")
_SOCKET_MODULES = ("socket", "websockets", "http.client", "urllib.request", "uvicorn")
_UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME)\b")

Module = ast.Module
Check = Callable[[str, Module], Iterator[str]]


def sources(*folders: str) -> Iterator[str]:
    """Python files below these folders that belong to the project, in order."""
    for folder in folders:
        for file in sorted((ROOT / folder).rglob("*.py")):
            if "__pycache__" not in file.parts:
                yield file.relative_to(ROOT).as_posix()


def parse(path: str) -> Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def within(path: str, *places: str) -> bool:
    """Whether the file is one of the places or below one that ends with a slash."""
    return any(path == place or (place[-1] == "/" and path.startswith(place)) for place in places)


def dotted(node: ast.expr) -> str:
    """``a.b.c`` of a name or attribute; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        head = dotted(node.value)
        return f"{head}.{node.attr}" if head else ""
    return ""


def imports(tree: Module) -> Iterator[tuple[int, str]]:
    """Line and full name of everything imported, also inside functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, one.name) for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, node.module
            yield from ((node.lineno, f"{node.module}.{one.name}") for one in node.names)


def calls(tree: Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node.lineno, dotted(node.func)


def function_sizes(path: str, tree: Module) -> dict[str, int]:
    """Lines of each function by ``path::Class.name``, decorators not counted."""
    sizes: dict[str, int] = {}

    def visit(node: ast.AST, prefix: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                name = f"{prefix}{child.name}"
                if not isinstance(child, ast.ClassDef):
                    sizes[f"{path}::{name}"] = (child.end_lineno or 0) - child.lineno + 1
                visit(child, f"{name}.")
            else:
                visit(child, prefix)

    visit(tree, "")
    return sizes


def ratchet(sizes: Mapping[str, int], limit: int, recorded: Mapping[str, int]) -> Iterator[str]:
    """Sizes above the limit, except those recorded, which may only shrink."""
    for name, size in sizes.items():
        allowed = recorded.get(name)
        if allowed is None and size > limit:
            yield f"{name}: {size} lines, at most {limit}"
        elif allowed is not None and size > allowed:
            yield f"{name}: {size} lines, it was {allowed} and may only shrink"
        elif allowed is not None and size < allowed:
            yield f"{name}: {size} lines; lower the number from {allowed}, or remove it"
    for name in recorded.keys() - sizes.keys():
        yield f"{name}: recorded as too long, but gone; remove it"


def impure(path: str, tree: Module) -> Iterator[str]:
    """In matching/: clocks, chance, the outside, floats, and orders that vary between runs."""
    for line, name in imports(tree):
        if name.split(".")[0] in _IMPURE_MODULES:
            yield f"{path}:{line}: imports {name}"
    for line, name in calls(tree):
        varies = name in ("hash", "id") and not path.startswith("matching/kernel")
        if varies or name in (*_CLOCK_CALLS, "float"):
            yield f"{path}:{line}: calls {name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield f"{path}:{node.lineno}: the float {node.value}"
        loops = isinstance(node, ast.For | ast.AsyncFor | ast.comprehension)
        if loops and _is_set(node.iter):  # type: ignore[attr-defined]
            yield f"{path}:{node.iter.lineno}: iterates over a set"  # type: ignore[attr-defined]


def _is_set(node: ast.expr) -> bool:
    if isinstance(node, ast.Set | ast.SetComp):
        return True
    return isinstance(node, ast.Call) and dotted(node.func) in ("set", "frozenset")


def floats(path: str, tree: Module) -> Iterator[str]:
    """Where money is counted: turning something into a float, or dividing into one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and dotted(node.func) == "float":
            yield f"{path}:{node.lineno}: calls float"
        if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div):
            yield f"{path}:{node.lineno}: divides with /"


def prints(path: str, tree: Module) -> Iterator[str]:
    return (f"{path}:{line}: prints" for line, name in calls(tree) if name == "print")


def clocks(path: str, tree: Module) -> Iterator[str]:
    """Reading a clock, called or handed on."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and dotted(node).endswith(_CLOCK_CALLS):
            yield f"{path}:{node.lineno}: reads {dotted(node)}"
    for line, name in imports(tree):
        if name in _CLOCK_CALLS:
            yield f"{path}:{line}: imports {name}"


def sql(path: str, tree: Module) -> Iterator[str]:
    return _imports_of(path, tree, _SQL_MODULES)


def sockets(path: str, tree: Module) -> Iterator[str]:
    return _imports_of(path, tree, _SOCKET_MODULES)


def _imports_of(path: str, tree: Module, banned: tuple[str, ...]) -> Iterator[str]:
    for line, name in imports(tree):
        if any(name == one or name.startswith(one + ".") for one in banned):
            yield f"{path}:{line}: imports {name}"


def unfinished(path: str, text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), 1):
        if _UNFINISHED.search(line):
            yield f"{path}:{number}: unfinished: {line.strip()}"


def module_name(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def dead_modules(trees: Mapping[str, Module], entries: tuple[str, ...]) -> Iterator[str]:
    """Modules that no other module imports or names, and that are no entry."""
    used: set[str] = set()
    for tree in trees.values():
        used.update(name for _, name in imports(tree))
        used.update(
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        )
    for path in trees:
        if not path.endswith("__init__.py") and not within(path, *entries):
            name = module_name(path)
            if name not in used and not any(one.startswith(name + ".") for one in used):
                yield f"{path}: nothing imports it"


def declares_only(tree: Module) -> bool:
    """Words and tables: no function with more than a few lines."""
    return all(size <= DECLARATION_LINES for size in function_sizes("", tree).values())


def untested(trees: Mapping[str, Module], tested_by: Mapping[str, str]) -> Iterator[str]:
    """Files with behaviour but without tests/<folder>/test_<name>.py.

    ``tested_by`` names another test file for some; it may only shrink.
    """
    for path, tree in trees.items():
        folder, _, name = path.rpartition("/")
        usual = f"tests/{folder}/test_{name}"
        named = tested_by.get(path)
        if named and (ROOT / usual).exists():
            yield f"{path}: {usual} is there now; remove the exception"
        elif not declares_only(tree) and not (ROOT / (named or usual)).exists():
            yield f"{path}: there is no {named or usual}"
    for path in tested_by.keys() - trees.keys():
        yield f"{path}: an exception is recorded, but the file is gone"
