"""The task as whoever gives it sees it; move it to `shared.contracts` once another service does."""

from pydantic import BaseModel, Field

from shared.messaging.contract import RetryPolicy, Task, TaskLimits, TaskPayload


class Greet(TaskPayload):
    """Whom to greet. A payload that doesn't fit this is a dead letter without a retry."""

    name: str = Field(min_length=1, max_length=100)


class Greeting(BaseModel):
    """The result: whoever asks for the task's status gets it."""

    text: str


# Up to five attempts, the second after about a second; each may take ten seconds.
GREET = Task(
    name="sample.greet",
    queue="sample",
    payload=Greet,
    retries=RetryPolicy(attempts=5, first_seconds=1),
    limits=TaskLimits(seconds=10),
)
