import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.errors import WiringError
from generator.wiring import allocate_port, hand_set_ports
from tests.support.wiring import DATA_POSTGRES, data


def test_the_lowest_free_port_is_given_out() -> None:
    assert allocate_port(DATA_POSTGRES, []) == 8200
    services = [data("a-data", 8200).answers, data("c-data", 8202).answers]
    assert allocate_port(DATA_POSTGRES, services) == 8201
    assert allocate_port(DATA_POSTGRES, services, taken=[8201, 8203]) == 8204


def test_ports_can_run_out() -> None:
    with pytest.raises(WiringError, match="No host port is left"):
        allocate_port(DATA_POSTGRES, [], taken=range(8200, 65536))


@pytest.mark.parametrize(
    ("entry", "ports"),
    [
        ('"8080:80"', [8080]),
        ("8080:80", [8080]),
        # YAML 1.1 reads this one as the number 1342.
        ("22:22", [22]),
        ("127.0.0.1:5433:5432/tcp", [5433]),
        ('"[::1]:5433:5432"', [5433]),
        ("127.0.0.1:${POSTGRES_PORT:-5432}:5432", [5432]),
        ("${POSTGRES_PORT-5432}:5432", [5432]),
        ("${POSTGRES_PORT:?set it}:5432", []),
        ("9000-9002:9000-9002", [9000, 9001, 9002]),
        ("{target: 80, published: 8080}", [8080]),
        ('{target: 80, published: "8080-8081", protocol: tcp}', [8080, 8081]),
        ("{target: 80}", []),
        ("3000", []),
        ("[8080, 80]", []),
        ("nonsense:more", []),
    ],
)
def test_every_way_to_publish_a_port_is_read(entry: str, ports: list[int]) -> None:
    text = f"services:\n  mail:\n    image: mail:1\n    ports:\n      - {entry}\n"
    assert hand_set_ports(text) == dict.fromkeys(ports, "mail")


def test_ports_behind_a_merge_key_and_under_a_tag_of_compose_are_read() -> None:
    text = """
x-base: &base
  ports: ["7000:70"]
services:
  one: {<<: *base, image: one}
  two: {ports: !override ["7001:70"]}
"""
    assert hand_set_ports(text) == {7000: "one", 7001: "two"}


def test_merged_lists_are_read_and_an_anchor_may_lead_to_itself() -> None:
    text = """
x-one: &one {ports: ["7000:70"]}
x-two: &two {ports: ["7001:70"], image: two}
services:
  both: {<<: [*one, *two]}
  self: &self {<<: *self, ports: ["7002:70"]}
"""
    assert hand_set_ports(text) == {7000: "both", 7002: "self"}


@pytest.mark.parametrize("text", ["", "[", "[" * 10_000, "services: 3", "services: {a: }", "- a"])
def test_what_is_no_compose_file_publishes_nothing(text: str) -> None:
    assert hand_set_ports(text) == {}


@given(st.text())
def test_no_text_makes_it_fail(text: str) -> None:
    hand_set_ports(text)
    hand_set_ports(f"services: {{a: {{ports: [{text}]}}}}")
