"""The service templates and the features that each of them can have."""

from generator.catalog.specs import FeatureSpec, TemplateSpec
from generator.errors import UsageError

WORKSPACE_TEMPLATE = "workspace"

SERVICE_TEMPLATES: tuple[TemplateSpec, ...] = (
    TemplateSpec(
        name="data-postgres",
        summary="A data API that owns tables in PostgreSQL: users and files over HTTP",
        first_port=8200,
        backing=frozenset({"postgres"}),
        optional_backing=frozenset({"rabbitmq"}),
        features=(
            FeatureSpec(
                name="outbox",
                summary="an event of every change, written with it and sent after it",
                backing=frozenset({"rabbitmq"}),
            ),
        ),
        owns_database=True,
        provides_api=True,
        prepare=("migrate",),
    ),
    TemplateSpec(
        name="fastapi",
        summary="A business API that reaches its data over HTTP, without a database driver",
        first_port=8000,
        backing=frozenset(),
        optional_backing=frozenset({"redis-cache", "rabbitmq"}),
        features=(
            FeatureSpec(
                name="auth",
                summary="login, tokens and their revocation",
                backing=frozenset({"redis"}),
                secrets=(("JWT_SECRET", "signs the tokens that it gives out"),),
                reads_credentials=True,
            ),
            FeatureSpec(
                name="cache",
                summary="what the data service answered, kept in Redis for a while",
                # Idempotency keys are state, in every variant with a feature.
                backing=frozenset({"redis", "redis-cache"}),
            ),
            FeatureSpec(
                name="events",
                summary="others are told of new and changed users",
                backing=frozenset({"redis", "rabbitmq"}),
            ),
            FeatureSpec(
                name="tasks",
                summary="work that is done later by a worker, and what has become of it",
                backing=frozenset({"redis", "rabbitmq"}),
            ),
        ),
        calls_data_service=True,
        provides_api=True,
    ),
    TemplateSpec(
        name="worker",
        summary="A worker that does tasks and reacts to events, with retries and dead letters",
        first_port=8400,
        backing=frozenset({"rabbitmq", "redis"}),
        features=(
            FeatureSpec(
                name="media", summary="pictures get a thumbnail and a compressed form", example=True
            ),
            FeatureSpec(
                name="notifications",
                summary="users are told of what happens to their account",
                example=True,
            ),
            FeatureSpec(
                name="analytics", summary="events are counted by day and reported", example=True
            ),
            FeatureSpec(name="schedule", summary="tasks that are given by the clock"),
        ),
        calls_data_service=True,
        component_type="worker",
    ),
)


def template_spec(name: str) -> TemplateSpec:
    """The catalog entry of a service template.

    Raises:
        UsageError: when there is no such template; the hint lists those there are.
    """
    for spec in SERVICE_TEMPLATES:
        if spec.name == name:
            return spec
    known = ", ".join(spec.name for spec in SERVICE_TEMPLATES)
    raise UsageError(f"There is no service template {name!r}.", hint=f"Choose one of: {known}.")
