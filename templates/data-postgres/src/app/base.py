"""The declarative base: the naming convention, and the columns that every record has."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import DateTime, MetaData, Text, func, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
# Not now(): that stands still in a transaction, and rows made together would lose their order.
NOW = func.clock_timestamp()


class Base(DeclarativeBase):
    """The root of all tables. `uq_<table>_<field>` tells a caller which field is to blame."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map: ClassVar = {datetime: DateTime(timezone=True), str: Text}


class Record(Base):
    """A row with an id, two times and the version that guards it against lost updates."""

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(
        primary_key=True, server_default=func.gen_random_uuid(), sort_order=-1
    )
    created_at: Mapped[datetime] = mapped_column(server_default=NOW, sort_order=1)
    updated_at: Mapped[datetime] = mapped_column(server_default=NOW, sort_order=1)
    version: Mapped[int] = mapped_column(server_default=text("1"), sort_order=1)
