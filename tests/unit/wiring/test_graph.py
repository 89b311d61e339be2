"""The facts of the picture, and where it puts them."""

from itertools import combinations

import pytest

from generator.answers import Answers
from generator.catalog import BackingNeeds, ConditionalMessages, TemplateSpec
from generator.wiring import System, graph_of, picture_of
from generator.wiring.graph import Graph, one_line
from generator.wiring.layout import Card
from generator.workspace import Service
from tests.support.wiring import API, CATALOG, consumer, data, wire

SYSTEM = System(name="shop", owner="platform", description="A shop")


def service(name: str, port: int, *messages: ConditionalMessages) -> Service:
    spec = TemplateSpec(
        name="mail",
        schema=1,
        summary="sends and takes",
        backing=BackingNeeds(needed=frozenset({"rabbitmq"})),
        messages=messages,
    )
    answers = Answers(template="mail", service_name=name, port=port)
    return Service(answers=answers, template=spec)


def graph(*services: Service) -> Graph:
    return graph_of(SYSTEM, wire(services, owner=SYSTEM.owner))


TALKER = service(
    "talker",
    8000,
    ConditionalMessages(publishes=("said", "lost"), sends={"write": "tasks.write"}),
)
LISTENER = service(
    "listener",
    8001,
    ConditionalMessages(
        consumes={"said": "events.{service}.said"},
        handles={"write": "tasks.write", "sleep": "tasks.sleep"},
    ),
)


def test_an_event_goes_into_every_queue_that_takes_it_and_may_go_into_none() -> None:
    other = service("other", 8002, ConditionalMessages(consumes={"said": "events.{service}.x"}))
    found = graph(TALKER, LISTENER, other).messages
    assert [(m.kind, m.name, m.publishers, m.queues) for m in found.messages] == [
        ("event", "lost", ("talker",), ()),
        ("event", "said", ("talker",), ("events.listener.said", "events.other.x")),
        ("task", "sleep", (), ("tasks.sleep",)),
        ("task", "write", ("talker",), ("tasks.write",)),
    ]
    assert [(q.name, q.kind, q.messages, q.consumers) for q in found.queues] == [
        ("events.listener.said", "event", ("said",), ("listener",)),
        ("events.other.x", "event", ("said",), ("other",)),
        ("tasks.sleep", "task", ("sleep",), ("listener",)),
        ("tasks.write", "task", ("write",), ("listener",)),
    ]


def test_a_task_that_nobody_handles_waits_in_its_queue() -> None:
    found = graph(TALKER).messages
    assert [(q.name, q.consumers) for q in found.queues] == [("tasks.write", ())]


def test_what_a_manifest_does_not_say_is_called_unknown_where_there_is_a_broker() -> None:
    silent = service("silent", 8003)
    quiet = consumer(API, "quiet", "", 8004)
    assert graph(TALKER, silent, quiet).messages.unknown == ("silent",)


def test_owners_are_the_workspace_s_where_a_service_has_none() -> None:
    found = graph(data(owner="data team"), consumer(API, "users-api", "users-data"))
    assert {one.name: one.owner for one in found.services} == {
        "users-data": "data team",
        "users-api": "platform",
    }


@pytest.mark.parametrize("text", ["a\nb", "a\r\n b", "a\x00b", "a\u2028b", "a\u202eb", "a\ud800b"])
def test_free_text_is_one_line_that_can_be_printed(text: str) -> None:
    assert one_line(text) == "a b"


def everything() -> Graph:
    services = [data()]
    for template in ("fastapi", "worker", "aiogram"):
        spec = CATALOG.template(template)
        features = ",".join(feature.name for feature in spec.features)
        name = {"fastapi": "users-api"}.get(template, template)
        services.append(consumer(spec, name, "users-data", spec.first_port, features=features))
    return graph(*services)


def overlap(one: Card, other: Card) -> bool:
    beside = one.x + one.width <= other.x or other.x + other.width <= one.x
    apart = one.y + one.height <= other.y or other.y + other.height <= one.y
    return not (beside or apart)


def test_boxes_do_not_overlap_and_lie_on_the_paper() -> None:
    picture = picture_of(everything())
    assert not [pair for pair in combinations(picture.cards, 2) if overlap(*pair)]
    assert all(card.x + card.width < picture.width for card in picture.cards)
    assert all(card.y + card.height < picture.legend < picture.height for card in picture.cards)


def test_every_arrow_begins_and_ends_at_the_edge_of_a_box() -> None:
    found = everything()
    picture = picture_of(found)
    edges = [(card.x, card.y, card.height) for card in picture.cards]
    edges += [(card.x + card.width, card.y, card.height) for card in picture.cards]
    for curve in picture.curves:
        for x, y in (curve.points[0], curve.points[3]):
            assert any(x == at and top <= y <= top + height for at, top, height in edges)
    kinds = [curve.kind for curve in picture.curves]
    assert kinds.count("call") == len(found.links) == 4
    assert kinds.count("take") == sum(len(queue.consumers) for queue in found.messages.queues)
    assert kinds.count("send") == sum(
        len(message.publishers) * max(len(message.queues), 1) for message in found.messages.messages
    )


def test_callers_stand_above_whom_they_call() -> None:
    cards = {card.title: card.y for card in picture_of(everything()).cards}
    assert cards["operator"] < cards["users-api"] < cards["users-data"]


def test_a_long_text_is_cut_and_whole_in_the_tip() -> None:
    name = "a-service-whose-name-is-much-longer-than-a-box"
    picture = picture_of(graph(data(name)))
    card = next(card for card in picture.cards if card.kind == "service")
    assert card.title == f"{name[:33]}…"
    assert card.tip == name


def test_a_workspace_without_services_has_a_picture() -> None:
    assert picture_of(graph()).cards == ()
