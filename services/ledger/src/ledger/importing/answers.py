"""What an import takes and answers."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from pydantic import Field

from kit import importing
from kit.fields import example

_ID = "0197c1c2-7e5a-7b3c-9d4e-5f60718293a4"
_HISTORY = {
    "card": "4821-0077-1930", "type": "stamp_earned", "at": "2026-09-01T08:30:00Z", "stamps": 1,
    "store_code": "gare", "reference": "old-1",
}  # fmt: skip


class ImportBody(importing.ImportBody):
    """Some of a file's rows, in its order."""

    model_config = example(merchant_id=_ID, rows=[_HISTORY], first_line=2)

    merchant_id: UUID = Field(description="Whose cards these are", examples=[_ID])
    rows: importing.Rows = Field(examples=[[_HISTORY]])


class RefusedLine(importing.RefusedLine):
    """Why one row was not taken."""

    model_config = importing.shown(
        field="points", code="insufficient-points", message="The card has too few points"
    )


class ImportAnswer(importing.ImportAnswer):
    """What became of the rows."""

    known: int = Field(description="Rows that were taken before", examples=[0])
    errors: Sequence[RefusedLine] = Field(description="Rows that were not taken", examples=[[]])
