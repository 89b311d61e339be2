"""What a service needs is what it is cut off from; the boot check asks for no more and no less."""

from collections.abc import Collection
from pathlib import Path

import pytest

from generator.backing import BackingKind, Request
from generator.catalog import BackingNeeds, ExternalSecret, FeatureSpec, TemplateSpec
from generator.usecases.lazy_backing import LazyBacking
from generator.usecases.service_jobs import kinds_of, service_job
from generator.workspace import Workspace
from tests.support.wiring import consumer, wire

SENDER = TemplateSpec(
    name="sender",
    schema=1,
    summary="sends",
    first_port=1,
    backing=BackingNeeds(
        needed=frozenset({"rabbitmq"}), optional=frozenset({"redis", "redis-cache"})
    ),
    features=(
        FeatureSpec(name="status", summary="of tasks", needs=frozenset({"redis"})),
        FeatureSpec(name="cache", summary="forgets", needs=frozenset({"redis-cache"})),
    ),
)


def test_the_broker_must_be_told_of_and_what_is_optional_must_not(
    tmp_path: Path,
) -> None:
    answers = consumer(SENDER, "mail-worker", "", features="status")
    assert kinds_of(answers) == {"rabbitmq", "redis"}
    wiring = wire([answers])
    backing = LazyBacking(Request(environment={}))
    job = service_job(Workspace(root=tmp_path, name="shop"), answers, wiring, backing)
    assert job.dependencies == {"AMQP_URL"}
    assert job.optional == {"REDIS_URL"}
    assert backing.begun == frozenset()


def test_two_of_one_kind_are_one_server_by_two_variables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = consumer(SENDER, "mail-worker", "", features="status,cache")
    assert kinds_of(answers) == {"rabbitmq", "redis"}
    wiring = wire([answers])
    backing = LazyBacking(Request(environment={}))

    def isolate(_service: str, kinds: Collection[BackingKind]) -> dict[str, str]:
        assert set(kinds) == {"rabbitmq", "redis"}
        return {"AMQP_URL": "amqp://made", "REDIS_URL": "redis://made", "REDIS_PREFIX": "p:"}

    monkeypatch.setattr(backing, "isolate", isolate)
    job = service_job(Workspace(root=tmp_path, name="shop"), answers, wiring, backing)
    assert job.optional == {"REDIS_URL", "CACHE_REDIS_URL"}
    for environment in (job.environment, job.boot_environment):
        assert environment["CACHE_REDIS_URL"] == environment["REDIS_URL"] == "redis://made"


def test_no_two_services_get_the_same_made_up_secret(tmp_path: Path) -> None:
    token = ExternalSecret(name="TOKEN", purpose="opens", stub="{number}:of-{service}")
    bot = TemplateSpec(
        name="bot", schema=1, summary="talks", first_port=1, external_secrets=(token,)
    )
    services = [consumer(bot, "help-bot", "", 8000), consumer(bot, "shop-bot", "", 8001)]
    wiring = wire(services)
    backing = LazyBacking(Request(environment={}))
    given = [
        service_job(Workspace(root=tmp_path, name="shop"), one, wiring, backing).boot_environment
        for one in services
    ]
    numbers, names = zip(*(each["TOKEN"].split(":of-") for each in given), strict=True)
    assert names == ("help-bot", "shop-bot")
    assert len(set(numbers)) == 2
    assert all(len(number) == 9 and number.isdecimal() for number in numbers)
