"""What a service needs is what it is cut off from; the boot check asks for no more and no less."""

from pathlib import Path

import pytest

from generator.backing import Request
from generator.catalog import FeatureSpec, TemplateSpec
from generator.catalog import services as catalog
from generator.usecases.lazy_backing import LazyBacking
from generator.usecases.service_jobs import kinds_of, service_job
from generator.wiring import plan_wiring
from generator.workspace import Workspace
from tests.support.wiring import consumer

SENDER = TemplateSpec(
    name="sender",
    summary="sends",
    first_port=1,
    backing=frozenset({"rabbitmq"}),
    optional_backing=frozenset({"redis"}),
    features=(FeatureSpec(name="status", summary="of tasks", backing=frozenset({"redis"})),),
)


def test_the_broker_must_be_told_of_and_what_is_optional_must_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalog, "SERVICE_TEMPLATES", (SENDER,))
    answers = consumer(SENDER, "mail-worker", "", features="status")
    assert kinds_of(answers) == {"rabbitmq", "redis"}
    wiring = plan_wiring("shop", [answers])
    backing = LazyBacking(Request(environment={}))
    job = service_job(Workspace(root=tmp_path, name="shop"), answers, wiring, backing)
    assert job.dependencies == {"AMQP_URL"}
    assert job.optional == {"REDIS_URL"}
    assert backing.begun == frozenset()
