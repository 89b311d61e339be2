"""Walks through an OpenAPI document and knows where it is."""

from __future__ import annotations

from typing import Any


class Node:
    """A part of a document and the JSON pointer to it; references are followed on the way."""

    def __init__(self, root: dict[str, Any], pointer: str = "", value: object = None) -> None:
        self._root = root
        self.pointer, self.value = pointer, root if value is None else value

    def get(self, key: str) -> Node | None:
        """Return the member of that name, or None."""
        if not isinstance(self.value, dict) or key not in self.value:
            return None
        found = Node(self._root, f"{self.pointer}/{_escaped(key)}", self.value[key])
        return found.followed()

    def followed(self) -> Node:
        """Return what a reference within the document stands for; raises KeyError for none."""
        reference = self.value.get("$ref") if isinstance(self.value, dict) else None
        if not isinstance(reference, str) or not reference.startswith("#/"):
            return self
        value: Any = self._root
        for part in reference[2:].split("/"):
            value = value[part.replace("~1", "/").replace("~0", "~")]
        return Node(self._root, reference[1:], value).followed()

    def members(self) -> dict[str, Any]:
        """Return the members of an object, none of anything else."""
        return self.value if isinstance(self.value, dict) else {}

    def elements(self) -> list[Node]:
        """Return the elements of a list."""
        values = self.value if isinstance(self.value, list) else []
        return [
            Node(self._root, f"{self.pointer}/{index}", value).followed()
            for index, value in enumerate(values)
        ]


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
