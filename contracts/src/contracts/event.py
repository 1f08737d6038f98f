"""The envelope of every event: CloudEvents 1.0, structured JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema


def instant_text(moment: datetime) -> str:
    """RFC 3339 in UTC, always with six decimals and `Z`."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.isoformat(timespec="microseconds")[:26] + "Z"


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a time needs its zone")
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


#: An instant: aware, UTC, written with six decimals and `Z`.
Instant = Annotated[
    datetime,
    AfterValidator(_in_utc),
    PlainSerializer(instant_text, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}, mode="serialization"),
]


class Fact(BaseModel):
    """The data of one event. Readers ignore members they don't know, so that a writer may add some."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    #: `<service>.<fact>.v<N>`
    type: ClassVar[str]
    topic: ClassVar[str]

    @classmethod
    def read(cls, data: bytes) -> Self:
        """The fact in an event's data. ValueError when it is none."""
        return cls.model_validate_json(data)

    def key(self) -> str:
        """The Kafka key and the subject: what this fact is about. Order is kept per key."""
        raise NotImplementedError

    def order(self) -> int:
        """Grows with every fact of one key: the state's version, or the card's sequence."""
        raise NotImplementedError


class State(Fact):
    """The whole state of one thing, on a compacted topic; deletion is a state, not a tombstone."""

    kind: ClassVar[str]

    id: UUID
    version: int = Field(ge=1, description="Goes up by one at every change of this thing")

    def key(self) -> str:
        return f"{self.kind}:{self.id}"

    def order(self) -> int:
        return self.version


class Envelope(BaseModel):
    """CloudEvents 1.0 in structured mode, with the extensions that Punchcard uses."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: Literal["1.0"] = "1.0"
    id: UUID = Field(description="UUIDv7; a consumer applies an id once")
    type: str = Field(pattern=r"^[a-z-]+\.[a-z-]+\.v[0-9]+$")
    source: str = Field(description="/punchcard/<service>")
    subject: str = Field(description="The Kafka key")
    time: Instant
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: str
    correlationid: str = Field(default="", description="The request id that began it all")
    causationid: str = Field(default="", description="The id of the event that caused this one, if any")
    traceparent: str = ""
    sequence: int = Field(description="Grows with every event of one subject")
    data: dict[str, Any]
