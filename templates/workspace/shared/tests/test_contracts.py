"""Whoever reads a message bears with one from a later version of whoever sent it."""

from __future__ import annotations

import importlib
import pkgutil
from enum import Enum
from typing import Literal, get_args, get_origin

import pytest
from pydantic import BaseModel

from shared import contracts
from shared.contracts.analytics import MakeReport
from shared.contracts.users import UserCreated


def _models() -> list[type[BaseModel]]:
    names = [each.name for each in pkgutil.iter_modules(contracts.__path__)]
    modules = [importlib.import_module(f"{contracts.__name__}.{name}") for name in names]
    found = {
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, BaseModel)
    }
    return sorted(
        (each for each in found if each.__module__.startswith(contracts.__name__)),
        key=lambda each: each.__name__,
    )


def _is_closed(annotation: object) -> bool:
    if get_origin(annotation) is Literal:
        return True
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return True
    return any(_is_closed(each) for each in get_args(annotation))


@pytest.mark.parametrize("model", _models(), ids=lambda each: each.__name__)
def test_no_message_is_closed(model: type[BaseModel]) -> None:
    assert model.model_config.get("extra", "ignore") == "ignore"
    closed = [name for name, field in model.model_fields.items() if _is_closed(field.annotation)]
    assert closed == [], "a value that is added would make dead letters of waiting messages"


def test_members_and_values_of_a_later_version_are_read_over() -> None:
    assert MakeReport.model_validate_json('{"day": "2027-01-04", "style": "long"}').day.day == 4
    user = {"user_id": "6a2f9c1e-5d0b-4b7e-9f3a-8f5a3c0d7e21", "user_version": 1, "name": "Ada"}
    told = {**user, "email": None, "role": "auditor", "is_active": True, "phone": "1"}
    assert UserCreated.model_validate(told).role == "auditor"
