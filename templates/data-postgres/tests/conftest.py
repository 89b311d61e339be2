"""One migrated database for the run, emptied after each test; one client of the service."""

from collections.abc import AsyncIterator, Iterator, Mapping

import pytest
from httpx2 import AsyncClient

from app.application import build_application
from app.database import Database, new_engine
from app.features import FEATURES, TABLES, Settings
from app.migrate import migrate
from shared.settings import environment_names, load_settings
from shared.testing import client, log_plainly, set_environment
from shared.testing.servers import server_urls
from tests.support import notes
from tests.support.databases import new_database
from tests.support.environment import API_KEY, variables

pytest_plugins = ["shared.testing.limits"]


@pytest.fixture(autouse=True)
def _tracebacks_are_plain() -> None:
    log_plainly()


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run asynchronous tests and fixtures on asyncio."""
    return "asyncio"


@pytest.fixture(scope="session")
def urls() -> Iterator[Mapping[str, str]]:
    """Yield the URL of each server that this variant of the service uses, by its variable."""
    with server_urls(*environment_names(Settings)) as found:
        yield found


@pytest.fixture(scope="session")
def server(urls: Mapping[str, str]) -> str:
    """Return the URL of a database on the server on which tests may make more."""
    return urls["DATABASE_URL"]


@pytest.fixture(scope="session")
async def settings(server: str, urls: Mapping[str, str]) -> AsyncIterator[Settings]:
    """Yield settings whose database is migrated; the environment says the same."""
    async with new_database(server) as url:
        with pytest.MonkeyPatch.context() as patch:
            set_environment(patch, Settings, **variables(url, urls.get("AMQP_URL", "")))
            loaded = load_settings(Settings)
            await migrate(loaded)
            engine = new_engine(loaded)
            async with engine.begin() as connection:
                await connection.run_sync(notes.Note.metadata.create_all)
            await engine.dispose()
            yield loaded


@pytest.fixture(scope="session")
async def filled_database(settings: Settings) -> AsyncIterator[Database]:
    """Yield the database; use `database`, which is emptied after each test."""
    engine = new_engine(settings)
    yield Database(engine)
    await engine.dispose()


@pytest.fixture
async def database(filled_database: Database) -> AsyncIterator[Database]:
    """Yield the database and empty it afterwards."""
    yield filled_database
    await empty(filled_database)


@pytest.fixture(scope="session")
async def shared_api(settings: Settings) -> AsyncIterator[AsyncClient]:
    """Yield a client of the service; use `api`."""
    app = build_application(settings, features=(*FEATURES, notes.feature))
    async with client(app, headers={"X-API-Key": API_KEY}) as connected:
        yield connected


@pytest.fixture
async def api(shared_api: AsyncClient, filled_database: Database) -> AsyncIterator[AsyncClient]:
    """Yield a client whose key may handle credentials, and empty the database afterwards."""
    yield shared_api
    await empty(filled_database)


async def empty(database: Database) -> None:
    """Delete all rows: commits in tests are real ones."""
    tables = (*reversed(TABLES.sorted_tables), *notes.Note.metadata.sorted_tables)
    async with database.engine.begin() as connection:
        for table in tables:
            await connection.execute(table.delete())
