"""Field types of request bodies: strict numbers, clean normalised text; unknown fields are refused."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler, Strict
from pydantic_core import CoreSchema, PydanticCustomError, core_schema


class Body(BaseModel):
    """A request's body."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def example(**members: Any) -> ConfigDict:
    """`model_config = example(code="07")`: what the document shows of a body."""
    return ConfigDict(json_schema_extra={"examples": [members]})


Whole = Annotated[int, Strict()]
Flag = Annotated[bool, Strict()]


@dataclass(frozen=True)
class Line:
    """`Annotated[str, Line(1, 120)]`: NFC, no control characters, trimmed; then its length is counted."""

    shortest: int
    longest: int
    #: Signs below U+0020 that are allowed all the same.
    allowed: str = ""

    def clean(self, text: str) -> str:
        """The text as it is kept; PydanticCustomError with a stable code when it cannot be."""
        text = unicodedata.normalize("NFC", text)
        if self.allowed:
            text = text.replace("\r\n", "\n")
        if any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in self.allowed for sign in text):
            raise PydanticCustomError("bad-format", "control characters are not possible here")
        text = text.strip()
        if len(text) < self.shortest:
            raise PydanticCustomError("too-short", "at least {n} characters", {"n": self.shortest})
        if len(text) > self.longest:
            raise PydanticCustomError("too-long", "at most {n} characters", {"n": self.longest})
        return text

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.clean, core_schema.str_schema(strict=True))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "string", "minLength": self.shortest, "maxLength": self.longest}


def Paragraph(shortest: int, longest: int) -> Line:  # noqa: N802 - stands beside Line
    """`Annotated[str, Paragraph(0, 500)]`: as a line, with line feeds."""
    return Line(shortest, longest, allowed="\n")
