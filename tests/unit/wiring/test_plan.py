from itertools import permutations

import pytest

from generator.wiring import Database, Link, plan_wiring, service_environment
from tests.support.wiring import API, BOT, consumer, data, offer_more_templates

KEY = "${OPERATOR__USERS_DATA__API_KEY}"


@pytest.fixture(autouse=True)
def _more_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    offer_more_templates(monkeypatch)


def test_a_workspace_without_services_needs_nothing() -> None:
    wiring = plan_wiring("shop", [])
    assert (wiring.services, wiring.links, wiring.databases, wiring.backing) == ((), (), (), ())
    assert wiring.secrets == ()
    assert [file.path for file in wiring.files] == [
        "wiring/architecture.md",
        "wiring/catalog-info.yaml",
        "wiring/compose.yaml",
        "wiring/secrets.env.example",
    ]


def test_a_data_service_gets_a_database_a_role_and_a_key_for_people() -> None:
    wiring = plan_wiring("shop", [data()])
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
    wiring = plan_wiring(
        "shop",
        [
            data(),
            consumer(API, "users-api", "users-data"),
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


def test_a_secret_of_a_template_is_one_per_service() -> None:
    wiring = plan_wiring("shop", [consumer(API, "one-api", ""), consumer(API, "two-api", "", 8001)])
    assert [secret.name for secret in wiring.secrets] == [
        "ONE_API__JWT_SECRET",
        "TWO_API__JWT_SECRET",
    ]
    assert service_environment(wiring, "two-api") == {"JWT_SECRET": "${TWO_API__JWT_SECRET}"}


def test_a_feature_may_need_a_backing_service() -> None:
    plain = consumer(API, "one-api", "")
    assert plan_wiring("shop", [plain]).backing == ()
    assert API.backing_for(["store"]) == {"postgres"}


def test_only_backing_services_that_someone_needs_are_included() -> None:
    wiring = plan_wiring("shop", [consumer(BOT, "help-bot", "")])
    [compose] = [file for file in wiring.files if file.path == "wiring/compose.yaml"]
    assert compose.context == {"includes": ("../services/help-bot/compose.yaml",)}


def test_the_order_of_the_services_does_not_matter() -> None:
    services = [
        data("orders-data", 8201),
        data("users-data", 8200),
        consumer(API, "users-api", "users-data"),
    ]
    plans = [plan_wiring("shop", ordered) for ordered in permutations(services)]
    assert all(plan == plans[0] for plan in plans)


def test_every_secret_name_is_unique() -> None:
    services = [data("a-b", 8200), data("a-b-c", 8201), consumer(API, "c-a", "a-b")]
    names = [secret.name for secret in plan_wiring("shop", services).secrets]
    assert len(names) == len(set(names))
