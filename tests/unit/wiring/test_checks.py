from dataclasses import replace

import pytest

from generator.errors import WiringError
from generator.workspace import Service
from tests.support.wiring import API, BOT, RELAY, consumer, data, wire


def refusal(services: list[Service], hand_set_ports: dict[int, str] | None = None) -> WiringError:
    with pytest.raises(WiringError) as caught:
        wire(services, hand_set_ports=hand_set_ports)
    assert "\n" not in caught.value.message
    assert caught.value.hint
    return caught.value


def test_two_services_on_one_host_port() -> None:
    error = refusal([data("users-data", 8200), data("orders-data", 8200)])
    assert "8200" in error.message
    assert "users-data" in error.message
    assert "orders-data" in error.message
    assert "8201 is free" in error.hint


def test_a_service_on_a_port_that_a_compose_file_publishes() -> None:
    error = refusal([data("users-data", 8200)], {8200: "mailhog", 8201: "minio"})
    assert "mailhog" in error.message
    assert "users-data" in error.message
    assert "8202 is free" in error.hint


def test_a_service_named_like_another_ones_migration() -> None:
    error = refusal([data("users", 8200), data("users-migrate", 8201)])
    assert "users-migrate" in error.message
    assert "the migrate step of users" in error.message


def test_a_service_named_like_a_part_of_a_backing_service() -> None:
    error = refusal([consumer(BOT, "postgres-setup", "")])
    assert "infra/postgres.compose.yaml" in error.message
    assert "the service postgres-setup" in error.message


def test_two_services_of_one_name() -> None:
    assert "users-data" in refusal([data(), data(port=8201)]).message


def test_a_link_to_a_service_that_is_not_there() -> None:
    error = refusal([data("orders-data"), consumer(API, "users-api", "users-data")])
    assert "users-api calls users-data" in error.message
    assert "orders-data" in error.hint
    assert "services/users-api/.copier-answers.yml" in error.hint


def test_a_link_to_a_service_without_data() -> None:
    error = refusal(
        [consumer(API, "users-api", "help-bot"), consumer(BOT, "help-bot", "", port=8100)]
    )
    assert "help-bot is a bot service" in error.message
    assert "none yet" in error.hint


def test_a_link_of_a_service_that_calls_none() -> None:
    orders = data("orders-data", 8201)
    answers = replace(orders.answers, data_service="users-data")
    error = refusal([data(), replace(orders, answers=answers)])
    assert "orders-data" in error.message
    assert "users-data" in error.message


def test_services_that_call_each_other_in_a_circle() -> None:
    error = refusal(
        [
            consumer(RELAY, "one", "two", 8300),
            consumer(RELAY, "two", "three", 8301),
            consumer(RELAY, "three", "one", 8302),
            consumer(API, "outside", "one"),
        ]
    )
    assert "one → two → three → one" in error.message


def test_a_service_that_calls_itself() -> None:
    assert "one → one" in refusal([consumer(RELAY, "one", "one")]).message


def test_a_chain_of_services_is_no_circle() -> None:
    services = [consumer(RELAY, "one", "two", 8300), data("two", 8301), data("three", 8302)]
    assert len(wire(services).links) == 4


@pytest.mark.parametrize("name", ["pg-data", "template1", "public"])
def test_a_database_name_that_postgres_keeps_for_itself(name: str) -> None:
    error = refusal([data(name)])
    assert name in error.message
    assert "PostgreSQL" in error.message
    wire([consumer(BOT, name, "")])
