"""An application is composed of features, measured, and asked by machines how it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from prometheus_client import Counter, generate_latest

from shared.errors import CompositionError
from shared.settings import ServiceSettings
from shared.testing import client
from shared.web import Feature, Service, create_app
from tests.support.greeter import Greeter, greeter_resource
from tests.support.greeting import GREETING, PATH, greeting_app

if TYPE_CHECKING:
    from shared.asgi import App, Message, Receive, Scope, Send
    from shared.lifecycle import Resources


def test_resources_that_do_not_fit_are_refused_before_anything_runs(
    settings: ServiceSettings,
) -> None:
    twin = Feature(name="twin", resources=(replace(greeter_resource, ping=None),))

    with pytest.raises(CompositionError, match="two resources provide Greeter"):
        create_app(settings=settings, features=[GREETING, twin])


async def test_the_layers_can_be_built_again(settings: ServiceSettings) -> None:
    app = greeting_app(settings)
    app.middleware_stack = app.build_middleware_stack()
    app.middleware_stack = app.build_middleware_stack()

    async with client(app) as http:
        assert (await http.get(PATH)).status_code == 200


class Signed:
    """Adds a header that names the service, whoever answers."""

    def __init__(self, app: App, resources: Resources) -> None:
        self._app = app
        self._header = (b"x-signed", resources.get(GreetingSettings).service_name.encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def signed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], self._header]
            await send(message)

        await self._app(scope, receive, signed)


class GreetingSettings(ServiceSettings):
    """What a feature of its own needs."""


class AllSettings(GreetingSettings):
    """What the whole service needs."""


async def test_a_layer_sees_every_answer_and_gets_the_settings_by_what_they_are_made_of(
    settings: ServiceSettings,
) -> None:
    feature = replace(GREETING, middlewares=(Signed,))
    given = AllSettings.model_validate(settings.model_dump())
    app = create_app(settings=given, features=[feature])

    async with client(app) as http:
        answers = [
            await http.get(PATH),
            await http.get("/nothing"),
            await http.post("/nothing", content=b"x" * 2000),
        ]

    assert [answer.headers.get_list("x-signed") for answer in answers] == [["tested"]] * 3


async def test_a_route_gets_the_opened_resource(settings: ServiceSettings) -> None:
    async with client(greeting_app(settings)) as http:
        assert (await http.get(PATH)).json() == "en: hello from tested"


async def test_a_test_replaces_a_resource_by_type(settings: ServiceSettings) -> None:
    fake = Greeter("a fake", Counter("fake", "Not registered.", registry=None))

    async with client(greeting_app(settings, {Greeter: fake})) as http:
        assert (await http.get(PATH)).json() == "en: hello from a fake"


async def test_ready_tells_what_was_pinged(settings: ServiceSettings) -> None:
    async with client(greeting_app(settings)) as http:
        answer = await http.get("/ready")

    assert answer.status_code == 200
    assert answer.json() == {"status": "ready", "checks": {"Greeter": "ok"}}


async def test_ready_is_503_while_something_is_down_and_health_is_not(
    settings: ServiceSettings,
) -> None:
    sick = settings.model_copy(update={"service_name": "sick"})

    async with client(greeting_app(sick)) as http:
        ready, health = await http.get("/ready"), await http.get("/health")

    assert (ready.status_code, ready.json()["checks"]) == (503, {"Greeter": "ConnectionError"})
    assert ready.headers["content-type"] == "application/problem+json"
    assert (health.status_code, health.json()) == (200, {"status": "ok"})


async def test_ready_is_503_while_draining_and_pings_nobody(settings: ServiceSettings) -> None:
    app = greeting_app(settings)

    async with client(app) as http:
        app.lifecycle.start_draining()
        answer = await http.get("/ready")

    assert (answer.status_code, answer.json()["detail"]) == (503, "draining")


def metrics_of(app: Service) -> list[str]:
    return generate_latest(app.registry).decode().splitlines()


async def test_requests_are_measured_by_route_and_not_by_path(settings: ServiceSettings) -> None:
    app = greeting_app(settings)
    async with client(app) as http:
        await http.get(PATH)
        await http.get(PATH.replace("en", "fr"))
        await http.get("/nowhere/hush")
        await http.request("HUSH", "/ready")
        metrics = metrics_of(app)

    name, route = "http_request_duration_seconds_count", "/api/v1/greetings/{language}/one"
    assert f'{name}{{method="GET",route="{route}",status="200"}} 2.0' in metrics
    assert f'{name}{{method="GET",route="unmatched",status="404"}} 1.0' in metrics
    assert f'{name}{{method="OTHER",route="/ready",status="405"}} 1.0' in metrics
    assert 'http_requests_in_progress{method="GET"} 0.0' in metrics
    assert "hush" not in "".join(metrics).lower()
    assert "process_resident_memory_bytes" in "".join(metrics)


async def test_a_feature_has_metrics_of_its_own_in_each_application(
    settings: ServiceSettings,
) -> None:
    for _ in range(2):
        app = greeting_app(settings)
        async with client(app) as http:
            await http.get(PATH)
        assert "greetings_total 1.0" in metrics_of(app)


@pytest.mark.parametrize("port", [None, 8000])
async def test_metrics_are_on_the_services_own_port_only_if_that_is_asked_for(
    settings: ServiceSettings, port: int | None
) -> None:
    given = settings.model_copy(update={"metrics_port": port})

    async with client(greeting_app(given)) as http:
        answer = await http.get("/metrics")

    assert answer.status_code == (404 if port is None else 200)
    assert ("process_resident_memory_bytes" in answer.text) == (port is not None)


@pytest.mark.parametrize("environment", ["production", "development"])
async def test_production_shows_no_documentation(
    settings: ServiceSettings, environment: str
) -> None:
    given = settings.model_copy(update={"environment": environment})

    async with client(greeting_app(given)) as http:
        answers = [await http.get(path) for path in ("/docs", "/openapi.json")]

    expected = 404 if environment == "production" else 200
    assert [answer.status_code for answer in answers] == [expected] * 2


def test_the_description_has_the_services_name_and_version(settings: ServiceSettings) -> None:
    given = settings.model_copy(update={"service_version": "1.2.3"})

    assert greeting_app(given).openapi()["info"] == {"title": "tested", "version": "1.2.3"}


@pytest.mark.parametrize("path", [PATH, "/health", "/ready", "/nowhere"])
async def test_head_is_answered_as_get_is(settings: ServiceSettings, path: str) -> None:
    app = greeting_app(settings)
    async with client(app) as http:
        got, asked = await http.get(path), await http.head(path)

    assert (asked.status_code, asked.content) == (got.status_code, b"")
    assert asked.headers.keys() == got.headers.keys()
    assert any('method="HEAD"' in line for line in metrics_of(app))


async def test_head_does_nothing_where_there_is_no_get(settings: ServiceSettings) -> None:
    async with client(greeting_app(settings)) as http:
        assert (await http.head("/api/v1/greetings/en/two")).status_code == 405


async def test_an_object_of_a_request_is_made_where_the_request_runs(
    settings: ServiceSettings,
) -> None:
    async with client(greeting_app(settings)) as asking:
        answer = await asking.get("/api/v1/greetings/en/place?size=3")
    assert answer.json() == {"size": 3, "same_thread": True}


async def test_location_names_what_was_made(settings: ServiceSettings) -> None:
    async with client(greeting_app(settings)) as http:
        answer = await http.post("/api/v1/greetings/en/two", params={"name": "a/b \u00fc"})

    assert answer.headers["Location"] == "/api/v1/greetings/en/two/a%2Fb%20%C3%BC"


@pytest.mark.parametrize("edge", [True, False])
async def test_an_edge_service_drops_what_only_services_tell_each_other(
    settings: ServiceSettings, *, edge: bool
) -> None:
    internal = {"X-Request-Timeout": "5", "X-Retry-Budget": "1", "Baggage": "a=b"}
    app = create_app(settings=settings, features=[GREETING], edge=edge)

    async with client(app) as http:
        answer = await http.get(f"{PATH.removesuffix('one')}headers", headers=internal)

    seen = answer.json()
    assert (seen["retries"], seen["deadline"]) == ((None, False) if edge else (1, True))
    assert (set(seen["headers"]) & {name.lower() for name in internal} == set()) == edge
    assert "user-agent" in seen["headers"]


@pytest.mark.parametrize("offered", ["mine", "not mine"])
async def test_a_request_id_is_taken_if_harmless_and_always_sent_back(
    settings: ServiceSettings, offered: str
) -> None:
    async with client(greeting_app(settings)) as http:
        answer = await http.get(PATH, headers={"X-Request-ID": offered})

    assert (answer.headers["x-request-id"] == offered) == (offered == "mine")
    assert len(answer.headers.get_list("x-request-id")) == 1
