"""What an import takes and answers."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field

from kit.fields import Body, Flag, Whole, example
from ledger.importing.rows import ROWS_LIMIT

_ID = "0197c1c2-7e5a-7b3c-9d4e-5f60718293a4"
_HISTORY = {
    "card": "4821-0077-1930", "type": "stamp_earned", "at": "2026-09-01T08:30:00Z", "stamps": 1,
    "store_code": "gare", "reference": "old-1",
}  # fmt: skip


class ImportBody(Body):
    """Some of a file's rows, in its order."""

    model_config = example(merchant_id=_ID, rows=[_HISTORY], first_line=2)

    merchant_id: UUID = Field(description="Whose cards these are", examples=[_ID])
    rows: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=ROWS_LIMIT)] = Field(
        description="The rows, members as the file's columns", examples=[[_HISTORY]]
    )
    first_line: Annotated[Whole, Field(ge=1, le=10**9)] = Field(
        default=1, description="The line of the first row: errors count from it", examples=[2]
    )
    dry_run: Flag = Field(default=False, description="The same answer, nothing kept, the key not used")


class RefusedLine(BaseModel):
    """Why one row was not taken."""

    line: int = Field(description="Where it is in the file", examples=[7])
    field: str = Field(description="The member it is about", examples=["points"])
    code: str = Field(description="A stable code", examples=["insufficient-points"])
    message: str = Field(description="English words beside it", examples=["The card has too few points"])


class ImportAnswer(BaseModel):
    """What became of the rows."""

    taken: int = Field(description="Rows taken by this request", examples=[1])
    known: int = Field(description="Rows that were taken before", examples=[0])
    errors: list[RefusedLine] = Field(description="Rows that were not taken", examples=[[]])
    dry_run: bool = Field(description="Whether nothing was kept", examples=[False])
