"""In the style of a full-stack template: sync sessions, endpoints in the thread pool, CORS.

It has uvicorn's own access log, and no API key, request id or metrics. SQLAlchemy stands for
SQLModel, which is a layer on top of it.
"""

import os
from collections.abc import Iterator
from typing import Annotated
from uuid import UUID

import uvicorn
from fastapi import APIRouter, Depends, FastAPI, HTTPException
from sqlalchemy.orm import Session
from starlette.middleware.cors import CORSMiddleware

from tests.benchmarks.peers.database import sync_engine
from tests.benchmarks.peers.minimal import UserCreate, UserRead
from tests.benchmarks.peers.orm import User

engine = sync_engine()
router = APIRouter(prefix="/users")


def get_session() -> Iterator[Session]:
    """One session for each request."""
    with Session(engine) as session:
        yield session


Database = Annotated[Session, Depends(get_session)]


@router.get("/{user_id}", response_model=UserRead)
def get_user(user_id: UUID, session: Database) -> User:
    """Read one user."""
    user = session.get(User, user_id)
    if user is None:
        raise HTTPException(404)
    return user


@router.post("", response_model=UserRead, status_code=201)
def create_user(body: UserCreate, session: Database) -> User:
    """Create a user."""
    user = User(**body.model_dump())
    session.add(user)
    session.commit()
    session.refresh(user)
    return user


api = APIRouter()
api.include_router(router)
app = FastAPI()
app.add_middleware(
    CORSMiddleware,
    allow_origins=["http://localhost:5173"],
    allow_credentials=True,
    allow_methods=["*"],
    allow_headers=["*"],
)
app.include_router(api, prefix="/api/v1")

if __name__ == "__main__":
    uvicorn.run(
        app, host="127.0.0.1", port=int(os.environ["PORT"]), loop="uvloop", http="httptools"
    )
