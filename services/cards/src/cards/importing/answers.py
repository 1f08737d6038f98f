"""What an import takes and answers."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from pydantic import Field

from kit import importing
from kit.fields import example

_ID = "0197c1c2-7e5a-7b3c-9d4e-5f60718293a4"
_ROW = {
    "email": "ana.weber@example.com", "first_name": "Ana", "last_name": "Weber", "locale": "fr",
    "store_code": "gare", "enrolled_at": "2026-09-01T08:30:00Z", "reference": "old-7",
}  # fmt: skip


class ImportBody(importing.ImportBody):
    """Some of a file's rows, in its order."""

    model_config = example(merchant_id=_ID, rows=[_ROW], first_line=2)

    merchant_id: UUID = Field(description="Whose customers these are", examples=[_ID])
    rows: importing.Rows = Field(examples=[[_ROW]])


class RefusedLine(importing.RefusedLine):
    """Why one row was not taken."""

    model_config = importing.shown(field="email", code="bad-format", message="is not an e-mail address")


class ImportAnswer(importing.ImportAnswer):
    """What became of the rows."""

    known: int = Field(description="Rows of people who had a card", examples=[0])
    errors: Sequence[RefusedLine] = Field(description="Rows that were not taken", examples=[[]])
