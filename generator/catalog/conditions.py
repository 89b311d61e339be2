"""Checks and evaluates the conditions of a manifest: a part of Python, which Jinja reads alike."""

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


def holds(condition: str, *, features: Collection[str], example: bool) -> bool:
    """Whether a condition without a fault is true of these answers."""
    return _holds(ast.parse(condition, mode="eval").body, features, example=example)


def _holds(node: ast.expr, features: Collection[str], *, example: bool) -> bool:
    match node:
        case ast.BoolOp(op=ast.And(), values=parts):
            return all(_holds(part, features, example=example) for part in parts)
        case ast.BoolOp(values=parts):
            return any(_holds(part, features, example=example) for part in parts)
        case ast.UnaryOp(operand=part):
            return not _holds(part, features, example=example)
        case ast.Name(id="example"):
            return example
        case ast.Compare(left=ast.Constant(value=name), ops=[operator]):
            return (name in features) is isinstance(operator, ast.In)
        case _:
            return bool(features)


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
