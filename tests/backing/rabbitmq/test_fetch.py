"""RabbitMQ can be downloaded without root, once, and is then there for every run.

With the real archive this takes longer than a suite should; `FETCH=1` asks for it. Without, an apt
of the tests' own plays the archive, and packs what is installed here.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from generator.backing import BackingServices, BackingUnavailableError, open_backing
from generator.backing.rabbitmq.programs import Programs
from tests.backing.machine import NOWHERE, RABBITMQ, environment, open_folder
from tests.backing.rabbitmq.machine import namespace_of, opened_rabbitmq, use

Apt = Callable[[str], dict[str, str]]
_PACK = """\
mkdir -p {folder}/pack/DEBIAN {folder}/pack/usr/lib
printf 'Package: p\\nVersion: 1\\nArchitecture: all\\nMaintainer: m <m@example.org>\\n\
Description: d\\n' > {folder}/pack/DEBIAN/control
cp -a /usr/lib/rabbitmq /usr/lib/erlang {folder}/pack/usr/lib
dpkg-deb --build -Znone {folder}/pack "$archives/p.deb" > /dev/null
"""


@pytest.fixture
def cache() -> Iterator[Path]:
    """A cache that every user can read."""
    folder = open_folder()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def apt(bin_folder: Path) -> Apt:
    """Puts an `apt-get` on PATH that writes down its arguments and does as told."""

    def put(install: str) -> dict[str, str]:
        script = (
            f'#!/bin/sh\necho "$@" >> {bin_folder}/calls\n'
            'for word in "$@"; do case $word in Dir::Cache=*) archives=${word#*=}/archives;; '
            f"esac; done\ncase $* in *install*) :; {install}\nesac\n"
        )
        (bin_folder / "apt-get").write_text(script)
        (bin_folder / "apt-get").chmod(0o755)
        return {"PATH": f"{bin_folder}:/usr/bin:/bin"}

    return put


def _fetching(variables: dict[str, str]) -> Iterator[BackingServices]:
    with open_backing(RABBITMQ, environment=variables, fetch=True, places=NOWHERE) as services:
        yield services


def test_without_apt_it_is_told_who_can_be_fetched_from(scratch: Path, cache: Path) -> None:
    variables = environment(scratch, PATH=str(scratch), XDG_CACHE_HOME=str(cache))
    with pytest.raises(BackingUnavailableError) as caught:
        next(_fetching(variables))
    assert "fetch        no apt-get on PATH; only Debian and Ubuntu" in caught.value.hint


def test_what_cannot_be_had_is_told_and_leaves_nothing(
    scratch: Path, cache: Path, apt: Apt
) -> None:
    found = apt("echo 'E: Unable to locate package rabbitmq-server'; exit 100;;")
    variables = environment(scratch, XDG_CACHE_HOME=str(cache)) | found
    with pytest.raises(BackingUnavailableError) as caught:
        next(_fetching(variables))
    assert (
        "  fetch        apt-get failed: E: Unable to locate package rabbitmq-server\n"
        in caught.value.hint
    )
    assert list((cache / "generator").iterdir()) == []


def test_half_a_download_is_never_put_in_place(scratch: Path, cache: Path, apt: Apt) -> None:
    # It ends well, and brought nothing.
    variables = environment(scratch, XDG_CACHE_HOME=str(cache)) | apt(";;")
    with pytest.raises(BackingUnavailableError) as caught:
        next(_fetching(variables))
    assert "is not complete" in caught.value.hint
    assert list((cache / "generator").iterdir()) == []


def test_it_is_fetched_once_and_serves_every_run(
    scratch: Path, cache: Path, apt: Apt, rabbitmq: Programs
) -> None:
    if not str(rabbitmq.server).startswith("/usr/lib/rabbitmq/") or not shutil.which("dpkg-deb"):
        pytest.skip("what is installed here was not made by Debian")
    found = apt(_PACK.format(folder=scratch) + ";;")
    variables = environment(scratch, XDG_CACHE_HOME=str(cache)) | found
    for services in _fetching(variables):
        [started] = services.started
        assert started.provider == "fetch"
        assert f" of {cache}/generator/rabbitmq-" in started.detail
        use(*namespace_of(services))
        shutil.rmtree(scratch / "pack")
    calls = (Path(found["PATH"].partition(":")[0]) / "calls").read_text().splitlines()
    assert [call.split()[-1] for call in calls] == ["update", "rabbitmq-server"]
    assert all("Dir::State=" in call and "Debug::NoLocking=1" in call for call in calls)
    # Once it is there, nobody has to ask for it and nothing is downloaded.
    with opened_rabbitmq(environment(scratch, XDG_CACHE_HOME=str(cache))) as again:
        assert again.started[0].provider == "fetch"


@pytest.mark.skipif("FETCH" not in os.environ, reason="downloads 35 MB; ask for it with FETCH=1")
def test_the_real_archive_has_it(scratch: Path, cache: Path) -> None:
    proxies = {name: text for name, text in os.environ.items() if name.lower().endswith("_proxy")}
    variables = environment(scratch, XDG_CACHE_HOME=str(cache)) | proxies
    for services in _fetching(variables):
        assert services.started[0].provider == "fetch"
        use(*namespace_of(services))
