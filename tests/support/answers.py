"""The supported answer sets of every template: what is rendered by tests is what people get."""

from dataclasses import dataclass, field
from typing import Any

HOSTILE = (
    'He said "hi" \\ it\'s {{ 7*7 }} {% raw %} ${HOME} $(id) `id` # --- <b>&amp; | [x](y) 😀 ~é*_'
)


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerSet:
    """One supported variant of a template."""

    name: str
    template: str
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def answers(self) -> dict[str, Any]:
        """All answers to give, the template's name included."""
        return {"template": self.template, **self.data}

    @property
    def flags(self) -> list[str]:
        """The words that give a new service these answers."""
        flags = [] if self.data.get("example", True) else ["--no-example"]
        if provider := self.data.get("data_service"):
            flags += ["--data-service", provider]
        if (features := self.data.get("features")) is not None:
            flags += ["--with", ",".join(features)]
        return flags


API: dict[str, Any] = {"service_name": "users-api", "data_service": "users-data"}
BOT: dict[str, Any] = {"service_name": "support-bot", "data_service": "users-data"}
WORKER: dict[str, Any] = {"service_name": "media-worker", "data_service": "users-data"}

ANSWER_SETS = (
    AnswerSet(name="workspace", template="workspace", data={"workspace_name": "shop"}),
    AnswerSet(name="data-postgres", template="data-postgres", data={"service_name": "users-data"}),
    AnswerSet(
        name="data-postgres--outbox",
        template="data-postgres",
        data={"service_name": "users-data", "features": ["outbox"]},
    ),
    AnswerSet(
        name="data-postgres--no-example-outbox",
        template="data-postgres",
        data={"service_name": "users-data", "example": False, "features": ["outbox"]},
    ),
    # Of any two of auth, cache, events and tasks: both, either one and none.
    AnswerSet(name="fastapi", template="fastapi", data=API),
    AnswerSet(
        name="fastapi--auth-events", template="fastapi", data=API | {"features": ["auth", "events"]}
    ),
    AnswerSet(
        name="fastapi--cache-tasks", template="fastapi", data=API | {"features": ["cache", "tasks"]}
    ),
    AnswerSet(
        name="fastapi--auth-cache-events-tasks",
        template="fastapi",
        data=API | {"features": ["auth", "cache", "events", "tasks"]},
    ),
    AnswerSet(
        name="fastapi--no-example-auth-cache",
        template="fastapi",
        data=API | {"example": False, "features": ["auth", "cache"]},
    ),
    AnswerSet(
        name="fastapi--no-example-events-tasks",
        template="fastapi",
        data=API | {"example": False, "features": ["events", "tasks"]},
    ),
    AnswerSet(
        name="worker",
        template="worker",
        data=WORKER | {"features": ["media", "notifications", "analytics", "schedule"]},
    ),
    AnswerSet(
        name="worker--analytics", template="worker", data=WORKER | {"features": ["analytics"]}
    ),
    AnswerSet(name="worker--no-example", template="worker", data=WORKER | {"example": False}),
    AnswerSet(
        name="worker--no-example-schedule",
        template="worker",
        data=WORKER | {"example": False, "features": ["schedule"]},
    ),
    AnswerSet(name="aiogram", template="aiogram", data=BOT | {"features": ["uploads"]}),
    AnswerSet(name="aiogram--no-uploads", template="aiogram", data=BOT | {"features": []}),
    AnswerSet(name="aiogram--no-example", template="aiogram", data=BOT | {"example": False}),
)

SERVICE_SETS = tuple(s for s in ANSWER_SETS if s.template != "workspace")
