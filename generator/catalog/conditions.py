"""Checks the conditions of a manifest: a small part of Python, which Jinja reads alike."""

import ast
from collections.abc import Collection

_GRAMMAR = "write it with example, features, 'NAME' in features, and, or, not"


def fault_of(condition: str, *, features: Collection[str]) -> str:
    """What is wrong with a condition, in one line; empty when nothing is.

    Args:
        condition: as written in a manifest: `example and 'auth' not in features`.
        features: the names of the template's features.
    """
    try:
        tree = ast.parse(condition, mode="eval")
    except (SyntaxError, ValueError):
        return f"is no condition: {_GRAMMAR}"
    return _fault(tree.body, features)


def _fault(node: ast.expr, features: Collection[str]) -> str:
    match node:
        case ast.BoolOp(values=parts):
            return next(filter(None, (_fault(part, features) for part in parts)), "")
        case ast.UnaryOp(op=ast.Not(), operand=part):
            return _fault(part, features)
        case ast.Name(id="example" | "features"):
            return ""
        case ast.Compare(
            left=ast.Constant(value=str(name)),
            ops=[ast.In() | ast.NotIn()],
            comparators=[ast.Name(id="features")],
        ):
            return "" if name in features else f"asks for {name!a}, no feature of this template"
        case _:
            return f"has {ast.unparse(node)!a}, which is no condition: {_GRAMMAR}"
