"""Gives each service of a run a virtual host and a user of its own, and takes them away again."""

import re
from dataclasses import replace

from generator.backing.model import RefusedError
from generator.backing.naming import Naming
from generator.backing.providers import UnsuitableError
from generator.backing.rabbitmq.connection import log_in
from generator.backing.rabbitmq.management import Management
from generator.server_url import ServerUrl

_EVERYTHING = {"configure": ".*", "write": ".*", "read": ".*"}


class Vhosts:
    """The virtual hosts of one run on one server, each with a user of the same name.

    Args:
        server: where they are; its user and its virtual host do not matter.
        api: makes them; its user is an administrator.
        naming: names them.
    """

    def __init__(self, server: ServerUrl, api: Management, naming: Naming) -> None:
        self._server = server
        self._api = api
        self._naming = naming
        self._made: list[str] = []

    def isolate(self, service_name: str) -> dict[str, str]:
        """Return `AMQP_URL` and `MESSAGING_PREFIX` for a virtual host that nobody else has.

        Raises:
            UnsuitableError: it cannot be made there, or its user is not let in.
        """
        word = re.sub(r"[^a-z0-9-]+", "-", service_name.lower())[:40]
        name = self._naming.next(word)
        password = self._naming.password(name)
        namespace = replace(self._server, user=name, password=password, path=name)
        # Noted before it is made: what is interrupted may still be made.
        self._made.append(name)
        try:
            self._api.put("vhosts", name, body={"description": "made by generator"})
            self._api.put("users", name, body={"password": password, "tags": ""})
            self._api.put("permissions", name, name, body=_EVERYTHING)
            log_in(namespace)
        except (OSError, RefusedError) as error:
            reason = f"no virtual host could be made at {self._server.place}: {error}"
            raise UnsuitableError(reason) from error
        return {"AMQP_URL": namespace.url, "MESSAGING_PREFIX": f"{name}."}

    def find_all(self) -> None:
        """Take over what an earlier process made in the same run; raises as the API does."""
        prefix = f"{self._naming.prefix}_"
        found = {*self._api.names("vhosts"), *self._api.names("users")}
        self._made = sorted(name for name in found if name.startswith(prefix))

    def remove_all(self) -> list[str]:
        """Remove everything that was made; returns a line for each thing that is left."""
        made, self._made = self._made, []
        left = [line for name in made for line in self._remove(name)]
        return [f"{self._server.place}: {line}" for line in left]

    def _remove(self, name: str) -> list[str]:
        left: list[str] = []
        for kind, what in (("vhosts", "virtual host"), ("users", "user")):
            try:
                self._api.delete(kind, name)
            except (OSError, RefusedError) as error:
                left.append(f"{what} {name} ({error})")
        return left
