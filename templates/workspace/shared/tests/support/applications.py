"""An application whose routes fail in every way there is."""

from collections.abc import AsyncIterator

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from shared.errors import ConflictError, NotFoundError, UnavailableError
from shared.problem import problem_responses
from shared.settings import ServiceSettings
from shared.web import Feature, Service, create_app

router = APIRouter(prefix="/api/v1")


class Item(BaseModel):
    name: str
    size: int


@router.post("/items", responses=problem_responses(ConflictError))
async def create_item(item: Item) -> Item:
    return item


@router.get("/items/{number}")
async def read_item(number: int) -> int:
    return number


@router.put("/items/{number}")
async def replace_item(number: int, item: Item) -> Item:
    return item.model_copy(update={"size": number})


@router.get("/errors/{kind}")
async def fail(kind: str) -> None:
    secret = "hush"  # a local that no log may show
    match kind:
        case "missing":
            message = "no such item"
            raise NotFoundError(message, number=7, status=1)
        case "down":
            message = "not now"
            raise UnavailableError(message, retry_after=3)
        case "http":
            raise HTTPException(418, {"a": 1}, headers={"X-Own": "yes"})
        case "odd":
            raise HTTPException(499, "gone")
        case "unmodified":
            raise HTTPException(304)
    raise RuntimeError(kind[::-1] + str(len(secret)))


@router.get("/broken-stream")
async def stream() -> StreamingResponse:
    async def parts() -> AsyncIterator[str]:
        yield "first"
        message = "the source is gone"
        raise RuntimeError(message)

    return StreamingResponse(parts())


@router.post("/upload")
async def upload(request: Request) -> str:
    return str(len(await request.body()))


@router.put("/upload")
async def replace(request: Request) -> str:
    return await upload(request)


def failing_app(settings: ServiceSettings) -> Service:
    feature = Feature(name="failing", routers=(router,))
    return create_app(settings=settings, features=[feature])
