"""Imports: what a chunk of a file's rows is asked with, and how a row that is not good is answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from contracts.problem import Refusal
from kit.fields import Body, Flag, Whole

ROWS_LIMIT = 500
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
