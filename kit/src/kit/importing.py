"""Imports: what a chunk of a file's rows is asked with, how it is taken, and how a bad row is answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any, NamedTuple
from uuid import UUID

from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict, Field

from contracts.problem import Refusal, UpstreamUnavailable
from kit import audit
from kit.app import Service
from kit.fields import Body, Flag, Whole
from kit.idempotency import Made
from kit.work import Tx

ROWS_LIMIT = 500
MOST_TRIES = 3
#: Rows as they are in the file; each service reads its own.
Rows = Annotated[
    list[dict[str, Any]],
    Field(min_length=1, max_length=ROWS_LIMIT, description="The rows, members as the file's columns"),
]


class ImportBody(Body):
    """Some of a file's rows, in its order."""

    rows: Rows
    first_line: Annotated[Whole, Field(ge=1, le=10**9)] = Field(
        default=1, description="The line of the first row: errors count from it", examples=[2]
    )
    dry_run: Flag = Field(default=False, description="The same answer, nothing kept, the key not used")


class LineError(NamedTuple):
    """Why a row was not taken."""

    line: int
    field: str
    code: str
    message: str


def of_refusal(line: int, field: str, refusal: Refusal) -> LineError:
    """The same for what stands against a row that is good in itself."""
    return LineError(line, field, refusal.code, str(refusal))


class RefusedLine(BaseModel):
    """Why one row was not taken."""

    line: int = Field(description="Where it is in the file", examples=[7])
    field: str = Field(description="The member it is about")
    code: str = Field(description="A stable code")
    message: str = Field(description="English words beside it")


def shown(**examples: str) -> ConfigDict:
    """`model_config = shown(field="points")`: what a service's document shows of these members."""

    def add(schema: dict[str, Any]) -> None:
        for name, value in examples.items():
            schema["properties"][name]["examples"] = [value]

    return ConfigDict(json_schema_extra=add)


class ImportAnswer(BaseModel):
    """What became of the rows."""

    taken: int = Field(description="Rows taken by this request", examples=[1])
    known: int
    errors: Sequence[RefusedLine] = Field(description="Rows that were not taken", examples=[[]])
    dry_run: bool = Field(description="Whether nothing was kept", examples=[False])


class Taken(NamedTuple):
    """How many rows were taken now, how many had been before, and why the others were not."""

    taken: int
    known: int
    errors: Sequence[LineError]


class Import(NamedTuple):
    """A chunk as a service takes it: `take` decides and writes, unless the rows are only tried."""

    kind: str
    whose: UUID
    body: ImportBody
    bad: Sequence[LineError]
    take: Callable[[Tx], Awaitable[Taken]]
    answer: type[ImportAnswer]

    async def effect(self, tx: Tx) -> Made:
        return Made(200, await self.answered(tx))

    async def answered(self, tx: Tx) -> ImportAnswer:
        """Written in one transaction: the rows, and who brought them."""
        taken = await self.take(tx)
        if taken.taken and not self.body.dry_run:
            counts = {"taken": taken.taken, "known": taken.known, "refused": len(taken.errors)}
            await audit.record(tx, audit.of_many("imported", self.kind, self.whose, counts))
        errors = [error._asdict() for error in sorted([*taken.errors, *self.bad])]
        given = {**taken._asdict(), "errors": errors, "dry_run": self.body.dry_run}
        return self.answer.model_validate(given)


async def once(
    service: Service, request: Request, key: str, brought: Import, overtaken: tuple[type[Exception], ...]
) -> Response:
    """Take the chunk once under its key; `overtaken`: somebody was first with a name, so it is taken anew."""
    for tries in range(1, MOST_TRIES + 1):
        try:
            if brought.body.dry_run:
                return await _tried(service, brought)
            return await service.idempotency.once(request, key, "platform", brought.body, brought.effect)
        except overtaken:
            if tries == MOST_TRIES:
                raise UpstreamUnavailable from None
    raise AssertionError("the last try answers or raises")


async def _tried(service: Service, brought: Import) -> Response:
    async with service.work.engine.connect() as conn:
        answer = await brought.answered(Tx(conn, service.work.service))
        await conn.rollback()
    return Response(answer.model_dump_json(), 200, media_type="application/json")
