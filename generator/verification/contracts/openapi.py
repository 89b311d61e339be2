"""Compares two versions of an API's `openapi.json`: what callers of the one meet in the other."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from generator.verification.contracts.schemas import Misfit, Placed, followed, misfits

OPENAPI = "openapi.json"
Operations: TypeAlias = dict[str, "Operation"]

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_PARAMETER = re.compile(r"{[^{}]*}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """What a caller by the old description cannot rely on any more.

    Attributes:
        operation: method and path, as in `GET /users/{user_id}`.
        field: the parameter, or the member of the body or answer; empty for the whole.
        text: the rest of the line.
    """

    operation: str
    field: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Operation:
    """One operation of a document, with the parameters of its path."""

    name: str
    content: Mapping[str, Any]
    parameters: Mapping[tuple[str, str], Mapping[str, Any]]
    root: Placed

    def object(self, value: object) -> Mapping[str, Any]:
        """What stands there, or what a reference there leads to; empty when it is no object."""
        found = followed(self.root.at(value))
        return found if isinstance(found, Mapping) else {}


def operations_of(document: Mapping[str, Any]) -> Operations:
    """The operations by method and path, without the names of the path's parameters."""
    root, found = Placed(schema={}, document=document), {}
    for path, given in _object(document.get("paths")).items():
        item = _object(followed(root.at(given)))
        for method in _METHODS:
            if isinstance(content := item.get(method), Mapping):
                key = f"{method} {_PARAMETER.sub('{}', path)}"
                found[key] = Operation(
                    name=f"{method.upper()} {path}",
                    content=content,
                    parameters=_parameters(root, item, content),
                    root=root,
                )
    return found


def changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Change]:
    """Everything that breaks a caller of `before` who calls `now`."""
    old, new = operations_of(before), operations_of(now)
    for key, operation in old.items():
        if key in new:
            yield from _of_operation(operation, new[key])
        else:
            yield Change(operation=operation.name, field="", text="is gone")


def _of_operation(old: Operation, new: Operation) -> Iterator[Change]:
    for field, text in (*_of_parameters(old, new), *_of_request(old, new), *_of_answers(old, new)):
        yield Change(operation=new.name, field=field, text=text)
    if _is_guarded(new) and not _is_guarded(old):
        yield Change(operation=new.name, field="", text="asks for credentials, and did not")


def _of_parameters(old: Operation, new: Operation) -> Iterator[tuple[str, str]]:
    for (where, name), parameter in new.parameters.items():
        known = old.parameters.get((where, name))
        if parameter.get("required") and where != "path" and not (known or {}).get("required"):
            yield name, "callers may leave it out, and it is required"
        if known is not None:
            given = old.root.at(known.get("schema", {})), new.root.at(parameter.get("schema", {}))
            for each in misfits(*given):
                yield f"{name}{each.field}", _request_line(each)
    for where, name in old.parameters:
        if where != "path" and (where, name) not in new.parameters:
            yield name, f"callers may send it ({where}), and it is known no more"


def _of_request(old: Operation, new: Operation) -> Iterator[tuple[str, str]]:
    before = old.object(old.content.get("requestBody"))
    now = new.object(new.content.get("requestBody"))
    if now.get("required") and not before.get("required"):
        yield "", "callers may send no body, and one is required"
    contents = _object(now.get("content"))
    for kind, content in _object(before.get("content")).items():
        if kind not in contents:
            yield "", f"callers may send {kind}, and it is not taken"
            continue
        given = old.root.at(_schema(content)), new.root.at(_schema(contents[kind]))
        for each in misfits(*given):
            yield each.field, _request_line(each)


def _of_answers(old: Operation, new: Operation) -> Iterator[tuple[str, str]]:
    before, now = (_object(one.content.get("responses")) for one in (old, new))
    for status in now:
        # What says that something went wrong has one form everywhere.
        if not status.startswith("2"):
            continue
        if status not in before:
            yield "", f"may answer {status}, and callers know no such answer"
            continue
        contents, known = (
            _object(one.object(answers[status]).get("content"))
            for one, answers in ((new, now), (old, before))
        )
        for kind, content in contents.items():
            if kind not in known:
                yield "", f"may answer {status} with {kind}, and callers know no such answer"
                continue
            given = new.root.at(_schema(content)), old.root.at(_schema(known[kind]))
            for each in misfits(*given):
                # Callers read over members that they do not know.
                if each.sent != "send it":
                    yield each.field, _answer_line(status, each)
        if known and not contents:
            yield "", f"answer {status} has no content any more"


def _request_line(misfit: Misfit) -> str:
    if misfit.taken == "requires it":
        return "callers may leave it out, and it is required"
    return f"callers may {misfit.sent}, and the service {misfit.taken}"


def _answer_line(status: str, misfit: Misfit) -> str:
    if misfit.taken == "requires it":
        return f"answer {status} may lack it, callers require it"
    return f"answer {status} may {misfit.sent}, callers take{misfit.taken.removeprefix('takes')}"


def _is_guarded(operation: Operation) -> bool:
    document = operation.root.document
    security = operation.content.get("security", document.get("security", []))
    return bool(security) and {} not in security


def _parameters(
    root: Placed, item: Mapping[str, Any], content: Mapping[str, Any]
) -> dict[tuple[str, str], Mapping[str, Any]]:
    given = (*item.get("parameters", ()), *content.get("parameters", ()))
    objects = (_object(followed(root.at(one))) for one in given)
    return {(str(one.get("in")), str(one.get("name"))): one for one in objects}


def _schema(content: object) -> object:
    return _object(content).get("schema", {})


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
