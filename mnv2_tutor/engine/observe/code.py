"""What can be read off a function without calling it: signature, empty body, identity."""

import ast
import hashlib
import inspect
import textwrap
from collections.abc import Callable
from typing import Any

from mnv2_tutor.engine.observation import Signature

_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def signature_of(function: Callable[..., Any]) -> Signature | None:
    """How the function can be called; None for C functions and objects that do not tell."""
    try:
        parameters = list(inspect.signature(function, follow_wrapped=False).parameters.values())
    except BaseException:  # noqa: BLE001 - a hostile __signature__ may raise anything
        return None
    positional = [p for p in parameters if p.kind in _POSITIONAL]
    by_name = [p for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY]
    required = [p.name for p in positional + by_name if p.default is inspect.Parameter.empty]
    return Signature(
        parameters=tuple(p.name for p in positional),
        required=tuple(required),
        keyword_only=tuple(p.name for p in by_name),
        takes_any=any(p.kind is inspect.Parameter.VAR_POSITIONAL for p in parameters),
    )


def arguments(
    signature: Signature | None, values: tuple[Any, ...]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """How to pass ``values``: by position, and by name where the function insists on it."""
    if signature is None or not signature.needs_names(len(values)):
        return values, {}
    count = len(signature.parameters)
    # The ones that must be given come first; the others have defaults.
    names = sorted(signature.keyword_only, key=lambda name: name not in signature.required)
    return values[:count], dict(zip(names, values[count:], strict=False))


def has_empty_body(function: Callable[..., Any]) -> bool:
    """Whether nothing was written yet: a docstring, ``pass``, ``...``, NotImplementedError."""
    try:
        wraps = hasattr(function, "__wrapped__") and not hasattr(function, "python_function")
    except BaseException:  # noqa: BLE001 - hostile attributes
        return False
    if wraps:  # what is wrapped may be empty where the wrapper is not
        return False
    tree = _definition(function)
    return tree is not None and is_empty(tree)


def has_code_below_stub(function: Callable[..., Any]) -> bool:
    """Whether the template's ``raise NotImplementedError`` still stands above what was written."""
    tree = _definition(function)
    if not isinstance(tree, ast.FunctionDef | ast.AsyncFunctionDef) or is_empty(tree):
        return False
    written = [statement for statement in tree.body if not _is_literal(statement)]
    stub = next((n for n, s in enumerate(written) if _is_stub(s)), len(written))
    return stub < len(written) - 1 and all(map(_says_nothing, written[:stub]))


def is_empty(tree: ast.AST) -> bool:
    """Whether it is a function in which nothing was written."""
    if not isinstance(tree, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    return all(_says_nothing(statement) for statement in tree.body)


def digest_of(function: Callable[..., Any]) -> str:
    """Identity of the code whatever its spacing, comments, docstring and local names."""
    tree = _definition(function)
    if tree is None:
        return ""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [s for s in node.body if not _is_literal(s)] or [ast.Pass()]
            node.returns = None
    text = ast.dump(_Renamed().visit(tree))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _definition(function: Callable[..., Any]) -> ast.AST | None:
    try:
        inner = getattr(function, "python_function", function)  # what tf.function wraps
        source = textwrap.dedent(inspect.getsource(inspect.unwrap(inner)))
        return ast.parse(source).body[0]
    except BaseException:  # noqa: BLE001 - no source, a lambda inside a call, hostile attributes
        return None


def _says_nothing(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Pass) or _is_literal(statement):
        return True
    return _is_stub(statement)


def _is_stub(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Raise) and "NotImplementedError" in ast.dump(statement)


def _is_literal(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


class _Renamed(ast.NodeTransformer):
    """Arguments and assigned names become v0, v1, ... in the order of their appearance."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}

    def _new(self, name: str) -> str:
        return self.names.setdefault(name, f"v{len(self.names)}")

    def visit_arg(self, node: ast.arg) -> ast.arg:
        return ast.arg(self._new(node.arg), None)

    def visit_Name(self, node: ast.Name) -> ast.Name:
        known = isinstance(node.ctx, ast.Store) or node.id in self.names
        return ast.Name(self._new(node.id) if known else node.id, ast.Load())
