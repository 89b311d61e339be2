"""The rungs that use a server somebody else runs: REDIS_URL and loopback."""

from generator.backing.borrowed import give_back, loopback_port, named_in_environment, reached
from generator.backing.ladder import Request
from generator.backing.model import Opened
from generator.backing.redis.address import Address
from generator.backing.redis.keys import Keys, read_nature
from generator.backing.undo import Undo


def use_environment(request: Request, undo: Undo) -> Opened:
    """Use the server of `REDIS_URL`; once that is set nothing else is tried.

    Raises:
        UnsuitableError: it is not set, or (final) cannot be used.
    """

    def borrow(url: str, undo: Undo) -> Opened:
        return _borrow(Address.parse(url), request.run, undo)

    return named_in_environment("REDIS_URL", borrow, request=request, undo=undo)


def use_loopback(request: Request, undo: Undo) -> Opened:
    """Use the server that runs on 127.0.0.1, with the password of `REDISCLI_AUTH`.

    Raises:
        UnsuitableError: nothing answers there, or it does not let us in.
    """
    port = loopback_port("REDIS_PORT", 6379, request=request)
    password = request.environment.get("REDISCLI_AUTH", "")
    return _borrow(Address(host="127.0.0.1", port=port, password=password), request.run, undo)


def _borrow(address: Address, run: str, undo: Undo) -> Opened:
    nature = reached(address.place, lambda: read_nature(address))
    keys = Keys(address, run)
    give_back(keys.remove_all, undo)
    return Opened(
        detail=f"{nature.version} at {address.place}, database {address.database}",
        isolate=keys.isolate,
    )
