import random
import socket

import pytest

from generator.running import Policy, choose_ports, in_link_order
from generator.running.ports import is_free


def test_services_are_grouped_so_that_each_finds_those_that_it_calls() -> None:
    calls = {"bot": ["api", "data"], "api": ["data"], "data": [], "worker": ["data", "elsewhere"]}
    assert in_link_order(calls) == (("data",), ("api", "worker"), ("bot",))
    assert in_link_order({}) == ()


def test_a_circle_is_a_defect_and_no_endless_loop() -> None:
    with pytest.raises(ValueError, match="a circle"):
        in_link_order({"a": ["b"], "b": ["a"]})


def test_a_free_port_is_given_as_wanted_and_a_taken_one_is_replaced() -> None:
    wanted = two_free_neighbours()
    assert choose_ports({"a": wanted})["a"].number == wanted
    with socket.create_server(("127.0.0.1", wanted)):
        chosen = choose_ports({"a": wanted, "b": wanted, "c": wanted + 1})
    numbers = {name: port.number for name, port in chosen.items()}
    assert len(set(numbers.values())) == 3
    assert numbers["c"] == wanted + 1
    assert [port.moved for port in chosen.values()] == [True, True, False]


def test_a_port_that_listens_everywhere_is_taken() -> None:
    with socket.create_server(("", 0)) as server:
        port = server.getsockname()[1]
        assert choose_ports({"a": port})["a"].moved


def test_the_pause_before_a_restart_doubles_up_to_a_limit() -> None:
    policy = Policy(first_pause=0.5, longest_pause=3)
    assert [policy.pause(times) for times in (0, 1, 2, 3, 5000)] == [0.5, 1, 2, 3, 3]


def two_free_neighbours() -> int:
    """The first of two ports that no connection on this machine can be given by chance.

    The system hands out higher ports to whoever asks for any, as other tests do at this moment.
    """
    candidates = range(15_000, 32_000)
    while True:
        port = random.choice(candidates)  # noqa: S311 - not a secret
        if is_free(port) and is_free(port + 1):
            return port
