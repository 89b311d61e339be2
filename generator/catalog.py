"""The closed list of templates: what each one is, needs and offers."""

from dataclasses import dataclass

from generator.errors import UsageError

WORKSPACE_TEMPLATE = "workspace"


@dataclass(frozen=True, kw_only=True, slots=True)
class TemplateSpec:
    """What the generator must know of a template beyond its files.

    Attributes:
        name: the folder in `templates/`.
        summary: one line for people.
        first_port: where the search for a free host port begins.
        backing: the backing services it needs, by kind: postgres, redis, rabbitmq.
        owns_database: whether it gets a database and a role of its own.
        calls_data_service: whether it asks for a data service to call.
        features: the values that its `features` answer may hold.
        prepare: the arguments of `python -m app` to run once before it starts.
        component_type: its type in the service catalog.
    """

    name: str
    summary: str
    first_port: int
    backing: frozenset[str]
    owns_database: bool = False
    calls_data_service: bool = False
    features: tuple[str, ...] = ()
    prepare: tuple[str, ...] = ()
    component_type: str = "service"


SERVICE_TEMPLATES: tuple[TemplateSpec, ...] = (
    TemplateSpec(
        name="data-postgres",
        summary="A data API that owns tables in PostgreSQL: users and files over HTTP",
        first_port=8200,
        backing=frozenset({"postgres"}),
        owns_database=True,
        prepare=("migrate",),
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
