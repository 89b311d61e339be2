from itertools import permutations

import pytest

from generator.wiring import Database, Link, service_environment
from tests.support.wiring import API, BOT, CATALOG, consumer, data, wire

KEY = "${OPERATOR__USERS_DATA__API_KEY}"


def test_a_workspace_without_services_needs_nothing() -> None:
    wiring = wire([])
    assert (wiring.services, wiring.links, wiring.databases, wiring.backing) == ((), (), (), ())
    assert wiring.secrets == ()
    assert [file.path for file in wiring.files] == [
        "wiring/architecture.md",
        "wiring/architecture.svg",
        "wiring/catalog-info.yaml",
        "wiring/compose.yaml",
        "wiring/prometheus-targets.yaml",
        "wiring/secrets.env.example",
    ]


def test_a_data_service_gets_a_database_a_role_and_a_key_for_people() -> None:
    wiring = wire([data()])
    assert wiring.databases == (Database(service="users-data"),)
    assert wiring.databases[0].name == "users_data"
    assert wiring.links == (Link(consumer="operator", provider="users-data"),)
    assert wiring.backing == ("postgres",)
    assert [(secret.name, secret.kind) for secret in wiring.secrets] == [
        ("POSTGRES_PASSWORD", "password"),
        ("USERS_DATA_DB_PASSWORD", "password"),
        ("OPERATOR__USERS_DATA__API_KEY", "api-key"),
    ]
    assert service_environment(wiring, "users-data") == {
        "API_KEYS": f"operator={KEY}",
        "CREDENTIALS_READERS": "",
    }


def test_a_link_gives_the_consumer_an_address_and_a_key_of_its_own() -> None:
    wiring = wire(
        [
            data(),
            consumer(API, "users-api", "users-data", features="auth"),
            consumer(BOT, "help-bot", "users-data", 8100),
        ],
    )
    assert service_environment(wiring, "help-bot") == {
        "DATA_SERVICE_URL": "http://users-data:8000",
        "DATA_SERVICE_API_KEY": "${HELP_BOT__USERS_DATA__API_KEY}",
    }
    assert service_environment(wiring, "users-data") == {
        "API_KEYS": (
            "help-bot=${HELP_BOT__USERS_DATA__API_KEY},"
            f"operator={KEY},"
            "users-api=${USERS_API__USERS_DATA__API_KEY}"
        ),
        "CREDENTIALS_READERS": "users-api",
    }


def test_a_secret_of_a_feature_is_one_per_service_that_has_it() -> None:
    services = [
        consumer(API, "one-api", "", features="auth"),
        consumer(API, "plain-api", "", 8001),
        consumer(API, "two-api", "", 8002, features="auth"),
    ]
    wiring = wire(services)
    assert [(secret.name, secret.kind) for secret in wiring.secrets] == [
        ("REDIS_PASSWORD", "password"),
        ("ONE_API__JWT_SECRET", "signing-key"),
        ("TWO_API__JWT_SECRET", "signing-key"),
    ]
    assert service_environment(wiring, "plain-api") == {}


def test_a_service_that_uses_redis_gets_its_address_and_a_prefix_of_its_own() -> None:
    services = [consumer(API, "one-api", "", features="auth,store")]
    wiring = wire(services)
    assert wiring.backing == ("postgres", "redis")
    assert service_environment(wiring, "one-api") == {
        "REDIS_URL": "redis://:${REDIS_PASSWORD}@redis:6379/0",
        "REDIS_PREFIX": "one-api:",
        "JWT_SECRET": "${ONE_API__JWT_SECRET}",
    }


def test_a_feature_may_need_a_backing_service() -> None:
    assert wire([consumer(API, "one-api", "")]).backing == ()
    assert API.backing_for(["store"]) == {"postgres"}
    assert API.backing_for(["auth", "store"]) == {"postgres", "redis"}


def test_the_fastapi_template_reads_credentials_only_to_log_people_in() -> None:
    spec = CATALOG.template("fastapi")
    for features, readers in (("tasks", ""), ("auth,tasks", "users-api")):
        api = consumer(spec, "users-api", "users-data", features=features)
        wiring = wire([data(), api])
        assert service_environment(wiring, "users-data")["CREDENTIALS_READERS"] == readers
        assert wiring.backing == ("postgres", "rabbitmq", "redis")


def test_only_where_there_is_a_cache_is_there_a_redis_for_it() -> None:
    spec = CATALOG.template("fastapi")
    plain = wire([data(), consumer(spec, "one-api", "users-data", features="auth")])
    assert plain.backing == ("postgres", "redis")
    cached = wire([data(), consumer(spec, "one-api", "users-data", features="cache")])
    assert cached.backing == ("postgres", "redis", "redis-cache")
    [compose] = [file for file in cached.files if file.path == "wiring/compose.yaml"]
    assert "../infra/redis-cache.compose.yaml" in str(compose.context["includes"])
    assert [secret.name for secret in cached.secrets if "REDIS" in secret.name] == [
        "REDIS_PASSWORD",
        "CACHE_REDIS_PASSWORD",
    ]
    environment = service_environment(cached, "one-api")
    assert environment["CACHE_REDIS_URL"] == "redis://:${CACHE_REDIS_PASSWORD}@redis-cache:6379/0"
    assert environment["REDIS_URL"] == "redis://:${REDIS_PASSWORD}@redis:6379/0"


def test_only_backing_services_that_someone_needs_are_included() -> None:
    wiring = wire([consumer(BOT, "help-bot", "")])
    [compose] = [file for file in wiring.files if file.path == "wiring/compose.yaml"]
    assert compose.context == {"includes": ("../services/help-bot/compose.yaml",), "limits": {}}


def test_the_order_of_the_services_does_not_matter() -> None:
    services = [
        data("orders-data", 8201),
        data("users-data", 8200),
        consumer(API, "users-api", "users-data"),
    ]
    plans = [wire(ordered) for ordered in permutations(services)]
    assert all(plan == plans[0] for plan in plans)


def test_every_secret_name_is_unique() -> None:
    services = [data("a-b", 8200), data("a-b-c", 8201), consumer(API, "c-a", "a-b")]
    names = [secret.name for secret in wire(services).secrets]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("services", "limit", "warned"),
    [(1, 100, False), (7, 100, False), (10, 125, False), (60, 625, True)],
)
def test_postgresql_is_started_for_the_pools_that_are_wired(
    services: int, limit: int, *, warned: bool
) -> None:
    wiring = wire([data(f"data-{number}", 8200 + number) for number in range(services)])
    assert wiring.connections.limit == limit
    assert wiring.connections.pools == 10 * services
    assert bool(wiring.connections.warning) is warned
    assert wiring.connections.memory >= 1024
    assert "wiring/postgres/limits.env" in {file.path for file in wiring.files}
