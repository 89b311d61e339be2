"""The committed description of the messages is what the service does."""

import importlib
import json
import pkgutil
from pathlib import Path

from click.testing import CliRunner

import app
from app.__main__ import main
from app.application import asyncapi_document
from shared.messaging.contract import EventData, Task

COMMITTED = Path(__file__).parents[1] / "asyncapi.json"


def named_messages() -> set[str]:
    """Return the names of the events and tasks that any module of the service knows."""
    names = [each.name for each in pkgutil.walk_packages(app.__path__, "app.")]
    known = [value for name in names for value in vars(importlib.import_module(name)).values()]
    tasks = {value.name for value in known if isinstance(value, Task)}
    types = [v for v in known if isinstance(v, type) and issubclass(v, EventData)]
    return tasks | {event.type for event in types if "type" in vars(event)}


def test_the_committed_description_of_the_messages_is_current() -> None:
    committed = COMMITTED.read_text() if COMMITTED.exists() else ""
    current = committed == asyncapi_document()
    assert current, "asyncapi.json is stale; run: python -m app asyncapi > asyncapi.json"
    assert COMMITTED.exists() == bool(committed), "there are no messages: remove asyncapi.json"


def test_every_message_that_the_code_names_is_described() -> None:
    channels = json.loads(asyncapi_document() or '{"channels": {}}')["channels"]
    described = {name for channel in channels.values() for name in channel["messages"]}
    missing = "name it in its feature: `publishes`, `sends` or `consumers`"
    assert described == named_messages(), missing


def test_asyncapi_prints_the_description() -> None:
    assert CliRunner().invoke(main, ["asyncapi"]).output == asyncapi_document()
