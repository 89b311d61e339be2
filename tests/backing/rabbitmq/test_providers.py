"""Every provider leads to a RabbitMQ that a service can use, and says which provider it was."""

import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from generator.backing import BackingUnavailableError, Places
from generator.backing.model import RefusedError
from generator.backing.rabbitmq.connection import log_in
from generator.server_url import ServerUrl
from tests.backing.machine import NOWHERE, environment, is_clean, processes
from tests.backing.rabbitmq.lent import PASSWORD, Lent
from tests.backing.rabbitmq.machine import INSTALLED, namespace_of, opened_rabbitmq, use


@pytest.mark.usefixtures("rabbitmq")
def test_an_own_server_gives_each_service_a_virtual_host_and_its_crash_is_told(
    scratch: Path,
) -> None:
    variables = environment(scratch, PATH=os.environ["PATH"])
    with opened_rabbitmq(variables, INSTALLED) as services:
        [started] = services.started
        assert started.provider == "installed"
        assert [attempt.provider for attempt in started.attempts] == ["environment"]
        assert "own instance on 127.0.0.1:" in started.detail
        rooms = [
            namespace_of(services, name) for name in ("media", "media", "Media!", "orders-api")
        ]
        names = [urlsplit(url).path[1:] for url, _ in rooms]
        assert len(set(names)) == 4
        assert [prefix for _, prefix in rooms] == [f"{name}." for name in names]
        assert all(name.startswith("verify_") for name in names)
        for room in rooms:
            use(*room)
        stranger = replace(ServerUrl.parse(rooms[0][0], "amqp"), path=names[1])
        with pytest.raises(RefusedError, match="access to vhost"):
            log_in(stranger)
        # Who asks for the command lines of a machine must not learn how to get in.
        password = urlsplit(rooms[0][0]).password or ""
        assert len(password) >= 32
        assert processes(password) == []
        [server] = processes("beam.smp", parent=processes("supervisor", parent=os.getpid())[0])
        os.kill(server, signal.SIGKILL)
        with pytest.raises(BackingUnavailableError) as caught:
            namespace_of(services, "orders-api")
    assert caught.value.message.startswith(
        "orders-api: no virtual host could be made at 127.0.0.1:"
    )
    assert "Its last lines:" in caught.value.hint
    assert services.left_behind == ()
    assert is_clean(scratch)


def _only(folder: Path) -> Places:
    return replace(NOWHERE, rabbitmq_bindirs=(str(folder),))


def test_a_start_script_without_erlang_is_not_enough(scratch: Path, tmp_path: Path) -> None:
    (tmp_path / "rabbitmq-server").write_text("#!/bin/sh\n")
    variables = environment(scratch, PATH=str(tmp_path))
    places = _only(tmp_path)
    with pytest.raises(BackingUnavailableError) as caught, opened_rabbitmq(variables, places):
        pass
    assert f"{tmp_path}/rabbitmq-server is there, but no erl on PATH" in caught.value.hint


def test_a_server_that_ends_at_once_is_told_with_its_last_lines(
    scratch: Path, bin_folder: Path
) -> None:
    for name, text in {
        "rabbitmq-server": "echo starting; echo 'BOOT FAILED: no memory'; exit 1",
        "erl": "",
        "epmd": "exec sleep 600",
    }.items():
        (bin_folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (bin_folder / name).chmod(0o755)
    variables = environment(scratch, PATH=f"{bin_folder}:/usr/bin:/bin")
    with (
        pytest.raises(BackingUnavailableError) as caught,
        opened_rabbitmq(variables, _only(bin_folder)),
    ):
        pass
    assert "  installed    the server ended: BOOT FAILED: no memory" in caught.value.hint
    assert "  starting\n" in caught.value.hint


def test_where_nothing_is_found_every_provider_and_its_cure_is_listed(scratch: Path) -> None:
    variables = environment(scratch, PATH=str(scratch))
    with pytest.raises(BackingUnavailableError) as caught, opened_rabbitmq(variables, NOWHERE):
        pass
    assert caught.value.exit_code == 6
    assert caught.value.message == "RabbitMQ is needed, and none could be started or found."
    assert caught.value.hint.splitlines() == [
        "  environment  GENERATOR_RABBITMQ_URL is not set",
        "  installed    no rabbitmq-server on PATH",
        "  loopback     127.0.0.1:1: Connection refused",
        "  docker       no docker program on PATH",
        "  fetch        nothing was fetched yet, and --fetch was not given",
        "Fix one of:",
        "  export GENERATOR_RABBITMQ_URL=amqp://user:password@host:5672/",
        "  sudo apt-get install -y --no-install-recommends rabbitmq-server",
        "  export RABBITMQ_USER=... RABBITMQ_PASSWORD=...   (for a server on 127.0.0.1)",
        "  start Docker",
        "  generator verify --fetch   (Debian and Ubuntu; about 35 MB, no root)",
    ]


def test_a_container_serves_and_is_removed(scratch: Path, tmp_path: Path, lent: Lent) -> None:
    # The container is this server, once it has the password that came by the environment.
    code = (
        "import os; from generator.backing.rabbitmq.management import Management; "
        f"api = Management(host='127.0.0.1', port={lent.management}, user='owner', "
        f"password={PASSWORD!r}); name = os.environ['RABBITMQ_DEFAULT_USER']; "
        "api.put('users', name, body={'password': os.environ['RABBITMQ_DEFAULT_PASS'], "
        "'tags': 'administrator'}); api.put('vhosts', '/', body={}); "
        "api.put('permissions', '/', name, body=dict.fromkeys(('configure', 'write', 'read'), "
        "'.*'))"
    )
    package = Path(__file__).resolve().parents[3]
    (tmp_path / "docker").write_text(
        f'#!/bin/sh\necho "$@" >> {tmp_path}/calls\ncase $1 in\ninfo) ;;\n'
        f"port) case $3 in 5672/*) echo 127.0.0.1:{lent.port};; "
        f"*) echo 127.0.0.1:{lent.management};; esac;;\n"
        f'run) cd {package} && PYTHONPATH={package} {sys.executable} -c "{code}";;\nesac\n'
    )
    (tmp_path / "docker").chmod(0o755)
    variables = environment(scratch, PATH=f"{tmp_path}:/usr/bin:/bin")
    with opened_rabbitmq(variables) as services:
        [started] = services.started
        assert started.provider == "docker"
        use(*namespace_of(services))
    calls = (tmp_path / "calls").read_text().splitlines()
    run = next(call for call in calls if call.startswith("run "))
    name = run.partition("--name ")[2].split()[0]
    assert "--publish 127.0.0.1::5672 --publish 127.0.0.1::15672 --label generator.run=" in run
    assert calls[-1] == f"rm --force --volumes {name}"
    lent.api.delete("users", "generator")
