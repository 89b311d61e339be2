"""The wiring as the real Compose reads it."""

import re
from pathlib import Path

import pytest

from generator.rendering.answer_sets import AnswerSet
from generator.wiring import Wiring, complete_env, service_environment
from generator.workspace import Service
from tests.support.compose import ask_compose
from tests.support.rendered import Renderer
from tests.support.wiring import API, CATALOG, consumer, data, write_wiring
from tests.support.wiring import wire as plan

# What a service's own fragment must say for the wiring to reach it, and nothing else.
FRAGMENT = """
services:
  {name}:
    image: {name}:1
    env_file: ../../wiring/env/{name}.env
    ports: ["127.0.0.1:${{MOVED_PORT:-{port}}}:8000"]
    networks: [default{network}]
"""


@pytest.fixture
def root(renderer: Renderer, tmp_path: Path) -> Path:
    answers = {"template": "workspace", "workspace_name": "shop"}
    renderer.render(answers, tmp_path / "shop")
    return tmp_path / "shop"


def wire(root: Path, *services: Service) -> Wiring:
    wiring = plan(services)
    write_wiring(root, wiring)
    for service in wiring.services:
        fragment = root / "services" / service.name / "compose.yaml"
        fragment.parent.mkdir(parents=True, exist_ok=True)
        network = ", postgres" if service.database else ""
        text = FRAGMENT.format(name=service.name, port=service.port, network=network)
        fragment.write_text(text, encoding="utf-8")
    return wiring


def set_secrets(root: Path, wiring: Wiring) -> None:
    text = complete_env(wiring, "", lambda secret: f"value-of-{secret.name}")
    (root / ".env").write_text(text, encoding="utf-8")


def test_a_workspace_without_services_is_valid(root: Path) -> None:
    wire(root)
    answer = ask_compose(root)
    assert answer.code == 0, answer.complaint
    assert answer.model["name"] == "shop"


def test_two_data_services_and_a_consumer_get_their_variables(root: Path) -> None:
    wiring = wire(
        root,
        data("users-data", 8200),
        data("orders-data", 8201),
        consumer(API, "users-api", "users-data", features="auth"),
    )
    set_secrets(root, wiring)
    answer = ask_compose(root)
    assert answer.code == 0, answer.complaint
    assert answer.complaint == ""
    assert answer.services["users-data"]["environment"] == {
        "API_KEYS": (
            "operator=value-of-OPERATOR__USERS_DATA__API_KEY,"
            "users-api=value-of-USERS_API__USERS_DATA__API_KEY"
        ),
        "CREDENTIALS_READERS": "users-api",
    }
    assert answer.services["users-api"]["environment"] == {
        "DATA_SERVICE_URL": "http://users-data:8000",
        "DATA_SERVICE_API_KEY": "value-of-USERS_API__USERS_DATA__API_KEY",
        "REDIS_URL": "redis://:value-of-REDIS_PASSWORD@redis:6379/0",
        "REDIS_PREFIX": "users-api:",
        "JWT_SECRET": "value-of-USERS_API__JWT_SECRET",
    }


def test_a_services_own_env_file_is_not_the_systems(root: Path) -> None:
    """It is for a run by hand in that folder; compose would take it for that service alone."""
    wiring = wire(root, data("users-data", 8200))
    set_secrets(root, wiring)
    (root / "services/users-data/.env").write_text("MOVED_PORT=9999\n", encoding="utf-8")
    (root / "infra/.env").write_text("POSTGRES_PORT=9998\n", encoding="utf-8")
    services = ask_compose(root).services
    assert services["users-data"]["ports"][0]["published"] == "8200"
    assert services["postgres"]["ports"][0]["published"] == "5432"
    with (root / ".env").open("a", encoding="utf-8") as env:
        env.write("MOVED_PORT=9997\n")
    assert ask_compose(root).services["users-data"]["ports"][0]["published"] == "9997"


def test_the_set_up_of_postgres_may_read_a_file_that_is_its_owners_alone(root: Path) -> None:
    set_secrets(root, wire(root, data("users-data", 8200)))
    setup = ask_compose(root).services["postgres-setup"]
    assert (setup["user"], setup["cap_drop"]) == ("root", ["ALL"])
    assert setup["cap_add"] == ["DAC_READ_SEARCH"]


def test_compose_gives_a_service_what_the_plan_says(root: Path) -> None:
    wiring = wire(root, data(), consumer(API, "users-api", "users-data", features="auth"))
    set_secrets(root, wiring)
    answer = ask_compose(root)
    for service in wiring.services:
        planned = {
            name: value.replace("${", "value-of-").replace("}", "")
            for name, value in service_environment(wiring, service.name).items()
        }
        assert answer.services[service.name]["environment"] == planned


def test_the_set_up_of_postgres_gets_every_role_s_password_and_the_script(root: Path) -> None:
    wiring = wire(root, data("users-data", 8200), data("orders-data", 8201))
    set_secrets(root, wiring)
    setup = ask_compose(root).services["postgres-setup"]
    passwords = {k: v for k, v in setup["environment"].items() if k.endswith("_DB_PASSWORD")}
    assert passwords == {
        "ORDERS_DATA_DB_PASSWORD": "value-of-ORDERS_DATA_DB_PASSWORD",
        "USERS_DATA_DB_PASSWORD": "value-of-USERS_DATA_DB_PASSWORD",
    }
    assert setup["environment"]["PGPASSWORD"] == "value-of-POSTGRES_PASSWORD"
    [mount] = setup["volumes"]
    script = Path(mount["source"]) / "databases.sql"
    assert mount["target"] + "/databases.sql" in " ".join(setup["entrypoint"])
    assert script.is_file()


def test_a_missing_secret_is_named_with_its_cure(root: Path) -> None:
    wiring = wire(root, data(), consumer(API, "users-api", "users-data", features="auth"))
    for secret in wiring.secrets:
        set_secrets(root, wiring)
        text = (root / ".env").read_text(encoding="utf-8")
        kept = [line for line in text.splitlines() if not line.startswith(f"{secret.name}=")]
        (root / ".env").write_text("\n".join(kept), encoding="utf-8")
        answer = ask_compose(root)
        assert answer.code != 0
        assert secret.name in answer.complaint
        assert "run generator sync" in answer.complaint


def test_redis_gets_its_password_by_the_environment_and_not_as_an_argument(root: Path) -> None:
    set_secrets(root, wire(root, consumer(API, "users-api", "", features="auth")))
    redis = ask_compose(root).services["redis"]
    assert redis["environment"] == {"REDISCLI_AUTH": "value-of-REDIS_PASSWORD"}
    assert "value-of-REDIS_PASSWORD" not in str(redis["entrypoint"])
    assert "requirepass $$REDISCLI_AUTH" in redis["entrypoint"][-1]
    [port] = redis["ports"]
    assert (port["host_ip"], port["published"]) == ("127.0.0.1", "6379")


def test_a_cache_has_a_redis_of_its_own_that_forgets_where_the_other_one_refuses(
    root: Path,
) -> None:
    services = [
        consumer(API, "cached-api", "", features="cache"),
        consumer(API, "plain-api", "", 8001, features="auth"),
    ]
    set_secrets(root, wire(root, *services))
    answer = ask_compose(root)
    assert answer.complaint == ""
    cached, plain = (answer.services[name]["environment"] for name in ("cached-api", "plain-api"))
    assert cached["CACHE_REDIS_URL"] == (
        "redis://:value-of-CACHE_REDIS_PASSWORD@redis-cache:6379/0"
    )
    assert cached["REDIS_PREFIX"] == "cached-api:"
    assert "CACHE_REDIS_URL" not in plain
    state, cache = answer.services["redis"], answer.services["redis-cache"]
    assert "maxmemory-policy noeviction" in state["entrypoint"][-1]
    assert "maxmemory-policy allkeys-lru" in cache["entrypoint"][-1]
    assert cache["environment"] == {"REDISCLI_AUTH": "value-of-CACHE_REDIS_PASSWORD"}
    assert not set(state["networks"]) & set(cache["networks"])
    published = [one["ports"][0]["published"] for one in (state, cache)]
    assert published == ["6379", "6380"]


@pytest.mark.parametrize("name", ["redis", "redis-cache"])
def test_a_redis_has_room_in_its_container_for_what_it_may_keep(root: Path, name: str) -> None:
    fragment = (root / f"infra/{name}.compose.yaml").read_text(encoding="utf-8")
    [most] = re.findall(r"maxmemory (\d+)mb", fragment)
    [limit] = re.findall(r"memory: (\d+)m}", fragment)
    # A copy of everything is made in memory when the log is rewritten.
    assert int(limit) >= 2 * int(most)


def test_all_who_talk_by_rabbitmq_share_its_virtual_host_its_user_and_a_prefix(root: Path) -> None:
    services = [
        consumer(API, "users-api", "", features="messages"),
        consumer(API, "orders-api", "", 8001, features="messages"),
        consumer(API, "quiet-api", "", 8002),
    ]
    set_secrets(root, wire(root, *services))
    answer = ask_compose(root)
    assert answer.complaint == ""
    broker = answer.services["rabbitmq"]
    assert broker["environment"] == {
        "RABBITMQ_DEFAULT_USER": "services",
        "RABBITMQ_DEFAULT_PASS": "value-of-RABBITMQ_PASSWORD",
        "RABBITMQ_DEFAULT_VHOST": "services",
    }
    told = [answer.services[name]["environment"] for name in ("users-api", "orders-api")]
    url = "amqp://services:value-of-RABBITMQ_PASSWORD@rabbitmq:5672/services"
    assert {variables["AMQP_URL"] for variables in told} == {url}
    [prefix] = {variables["MESSAGING_PREFIX"] for variables in told}
    # What they share in Redis must not look like what one of them has there for itself.
    assert not any(variables["REDIS_PREFIX"].startswith(prefix) for variables in told)
    assert "AMQP_URL" not in answer.services["quiet-api"].get("environment", {})


def test_rabbitmq_is_reached_from_this_machine_alone(root: Path) -> None:
    set_secrets(root, wire(root, consumer(API, "users-api", "", features="messages")))
    broker = ask_compose(root).services["rabbitmq"]
    published = [(port["host_ip"], port["published"], port["target"]) for port in broker["ports"]]
    assert published == [("127.0.0.1", "5672", 5672), ("127.0.0.1", "15672", 15672)]
    assert broker["user"] == "rabbitmq"
    assert broker["deploy"]["resources"]["limits"]["memory"] == str(512 * 1024**2)


def test_postgres_is_left_out_where_nobody_needs_it(root: Path) -> None:
    set_secrets(root, wire(root, consumer(API, "users-api", "")))
    services = ask_compose(root).services
    assert {name for name, one in services.items() if not one.get("profiles")} == {"users-api"}


def test_the_example_of_env_names_no_value_and_everything_that_infra_reads(root: Path) -> None:
    example = (root / ".env.example").read_text(encoding="utf-8")
    assigned = [line for line in example.splitlines() if line and not line.startswith("#")]
    infra = {"POSTGRES": "postgres", "REDIS": "redis", "CACHE_REDIS": "redis-cache"}
    infra |= {"RABBITMQ": "rabbitmq"}
    assert assigned == [f"{name}_PASSWORD=" for name in infra]
    for name, backing in infra.items():
        fragment = (root / f"infra/{backing}.compose.yaml").read_text(encoding="utf-8")
        for variable in (f"{name}_PASSWORD", f"{name}_PORT"):
            assert f"{variable}=" in example
            assert f"${{{variable}:" in fragment


def test_the_data_template_s_own_fragment_fits(root: Path, renderer: Renderer) -> None:
    for name, port in (("users-data", 8200), ("orders-data", 8201)):
        answers = {"template": "data-postgres", "service_name": name, "port": port}
        renderer.render(answers, root / "services" / name)
    wiring = plan([data("users-data", 8200), data("orders-data", 8201)])
    write_wiring(root, wiring)
    set_secrets(root, wiring)
    answer = ask_compose(root)
    assert answer.code == 0, answer.complaint
    assert answer.complaint == ""
    for name in ("users-data", "orders-data"):
        own, migrate = answer.services[name], answer.services[f"{name}-migrate"]
        keys = own["environment"]["API_KEYS"]
        assert keys == f"operator=value-of-OPERATOR__{name.upper().replace('-', '_')}__API_KEY"
        password = f"value-of-{name.upper().replace('-', '_')}_DB_PASSWORD"
        for service in (own, migrate):
            assert f":{password}@postgres:5432/" in service["environment"]["DATABASE_URL"]
        assert "postgres-setup" in migrate["depends_on"]


def test_whoever_waits_for_another_can_reach_it(root: Path, renderer: Renderer) -> None:
    answer_set = AnswerSet(
        name="in-compose", template="data-postgres", data={"service_name": "users-data"}
    )
    renderer.render(answer_set.answers, root / "services/users-data")
    wiring = plan([data()])
    write_wiring(root, wiring)
    set_secrets(root, wiring)
    services = ask_compose(root).services
    for name, service in services.items():
        for other in service.get("depends_on", {}):
            one_shot = services[other].get("restart") == "no"
            shared = set(service["networks"]) & set(services[other]["networks"])
            assert one_shot or shared, f"{name} cannot reach {other}"


def test_an_api_waits_for_its_state_and_not_for_its_cache(root: Path, renderer: Renderer) -> None:
    answers = {"template": "fastapi", "service_name": "users-api", "data_service": "users-data"}
    renderer.render(answers | {"features": ["cache"]}, root / "services/users-api")
    renderer.render(
        {"template": "data-postgres", "service_name": "users-data"}, root / "services/users-data"
    )
    api = consumer(CATALOG.template("fastapi"), "users-api", "users-data", features="cache")
    wiring = plan([data(), api])
    write_wiring(root, wiring)
    set_secrets(root, wiring)
    answer = ask_compose(root)
    assert answer.code == 0, answer.complaint
    own = answer.services["users-api"]
    waits = {name: how["condition"] for name, how in own["depends_on"].items()}
    assert waits["redis"] == "service_healthy"
    assert waits["redis-cache"] == "service_started"
    assert {"redis", "redis-cache"} <= set(own["networks"])


def test_postgresql_is_started_for_as_many_connections_as_the_pools_may_hold(root: Path) -> None:
    wiring = wire(root, *(data(f"data-{number}", 8200 + number) for number in range(12)))
    set_secrets(root, wiring)
    postgres = ask_compose(root).model["services"]["postgres"]
    assert postgres["command"] == ["postgres", "-c", "max_connections=145"]
    assert postgres["deploy"]["resources"]["limits"]["memory"] == str(1237 * 1024**2)
    with (root / ".env").open("a", encoding="utf-8") as env:
        env.write("POSTGRES_MAX_CONNECTIONS=300\n")
    postgres = ask_compose(root).model["services"]["postgres"]
    assert postgres["command"] == ["postgres", "-c", "max_connections=300"]
