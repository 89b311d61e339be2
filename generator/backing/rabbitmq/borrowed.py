"""The rungs that use a server somebody else runs: AMQP_URL and loopback."""

from generator.backing.borrowed import give_back, loopback_port, named_in_environment, reached
from generator.backing.ladder import Request, UnsuitableError
from generator.backing.model import Opened, RefusedError
from generator.backing.rabbitmq.address import Address
from generator.backing.rabbitmq.management import Management
from generator.backing.rabbitmq.naming import RoomNames
from generator.backing.rabbitmq.nature import read_nature
from generator.backing.rabbitmq.prefixes import Prefixes
from generator.backing.rabbitmq.vhosts import Vhosts
from generator.backing.undo import Undo

_MANAGEMENT = "RABBITMQ_MANAGEMENT_URL"
_ADMINISTRATOR = "administrator"


def use_environment(request: Request, undo: Undo) -> Opened:
    """Use the server of `AMQP_URL`; once that is set nothing else is tried.

    Raises:
        UnsuitableError: it is not set, or (final) cannot be used.
    """

    def borrow(url: str, undo: Undo) -> Opened:
        return _borrow(Address.parse(url), request, undo)

    return named_in_environment("AMQP_URL", borrow, request=request, undo=undo)


def use_loopback(request: Request, undo: Undo) -> Opened:
    """Use the server that runs on 127.0.0.1, as `RABBITMQ_USER` or else as guest.

    Raises:
        UnsuitableError: nothing answers there, or it does not let us in.
    """
    port = loopback_port("RABBITMQ_PORT", 5672, request=request)
    user = request.environment.get("RABBITMQ_USER") or "guest"
    password = request.environment.get("RABBITMQ_PASSWORD") or "guest"
    address = Address(host="127.0.0.1", port=port, user=user, password=password)
    return _borrow(address, request, undo)


def _borrow(address: Address, request: Request, undo: Undo) -> Opened:
    nature = reached(address.place, lambda: read_nature(address))
    names = RoomNames(run=request.run)
    where = f"{nature.version} at {address.place}"
    vhosts = Vhosts(address, _management(address, request), names)
    give_back(vhosts.remove_all, undo)
    reason = _unfit(vhosts, _management(address, request))
    if not reason:
        return Opened(detail=f"{where}, a virtual host for each service", isolate=vhosts.isolate)
    prefixes = Prefixes(address, names)
    give_back(prefixes.remove_all, undo)
    detail = f"{where}, a prefix for each service in virtual host {address.vhost} ({reason})"
    return Opened(detail=detail, isolate=prefixes.isolate)


def _management(address: Address, request: Request) -> Management:
    """The API of the same server: where it was named, or else where it usually is."""
    user, password = address.user, address.password
    named = request.environment.get(_MANAGEMENT)
    if named:
        try:
            return Management.parse(named, user=user, password=password)
        except ValueError as error:
            raise UnsuitableError(f"{_MANAGEMENT}: {error}") from error
    scheme, port = ("https", 15671) if address.secure else ("http", 15672)
    host = f"[{address.host}]" if ":" in address.host else address.host
    return Management.parse(f"{scheme}://{host}:{port}", user=user, password=password)


def _unfit(vhosts: Vhosts, api: Management) -> str:
    """Why no virtual host can be made there; empty when one was made and is gone again."""
    place = f"the management API at {api.host}:{api.port}"
    try:
        if _ADMINISTRATOR not in api.tags():
            return f"{api.user} is no administrator"
        # Another server's API may listen there: then nobody is let in by this one.
        vhosts.isolate("trial")
        vhosts.remove_all()
    except (OSError, RefusedError) as error:
        return f"{place}: {getattr(error, 'strerror', None) or error}"
    except UnsuitableError:
        return f"{place} is another server's"
    return ""
