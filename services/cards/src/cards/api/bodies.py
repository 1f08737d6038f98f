"""Request bodies of the cards service: what is validated at the door."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from cards.contact import EMAIL_LONGEST, PHONE_LONGEST, read_email
from cards.domain import check_birthday
from contracts.problem import ValidationFailed, said
from kit.fields import Body, Flag, Line
from kit.ids import now


def _email(text: str) -> str:
    try:
        read_email(text)
    except ValidationFailed:
        raise PydanticCustomError("bad-format", "is not an e-mail address") from None
    return text


def _day(value: Any) -> Any:
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise PydanticCustomError("bad-format", "is not a day like 1990-12-31")
    if value is not None and not isinstance(value, str):
        raise PydanticCustomError("wrong-type", "is not a day like 1990-12-31")
    return value


def _birthday(day: date) -> date:
    if wrong := check_birthday(day, now().date()):
        raise PydanticCustomError(
            "too-small" if wrong == "too-small" else "too-large", "cannot be a birthday"
        )
    return day


Email = Annotated[str, Line(3, EMAIL_LONGEST), AfterValidator(_email)]
#: Whether it is a number depends on the merchant's country: it is read later.
Phone = Annotated[str, Line(3, PHONE_LONGEST)]
Name = Annotated[str, Line(1, 120)]
Birthday = Annotated[date, BeforeValidator(_day), AfterValidator(_birthday)]
Locale = Annotated[
    Literal["en", "fr", "de", "lb", "lu"], AfterValidator(lambda text: "lb" if text == "lu" else text)
]

_EMAIL_IS = "E-mail address; compared without case"
_PHONE_IS = "Phone number, international or as written in the merchant's country"
EMAIL = Field(description=_EMAIL_IS, examples=["ana.weber@example.com"])
PHONE = Field(description=_PHONE_IS, examples=["+352 621 123 456"])
#: Of somebody who joins: at least one of the two.
OWN_EMAIL = Field(
    description=f"{_EMAIL_IS}. Required without a phone number", examples=["ana.weber@example.com"]
)
OWN_PHONE = Field(
    description=f"{_PHONE_IS}. Required without an e-mail address", examples=["+352 621 123 456"]
)
STORE = Field(
    default=None,
    description="The store; a user names it where cards belong to one store, a till is at its own",
    examples=["0197c1c2-7e5a-7b3c-9d4e-5f60718293a4"],
)


def reachable(phone: str | None, info: ValidationInfo) -> str | None:
    # When the e-mail was wrong it is not in `data`: that is told already.
    if phone is None and info.data.get("email", "wrong") is None:
        raise PydanticCustomError("required", said("one of e-mail and phone is required"))
    return phone


class EnrolBody(Body):
    """Who joins. At least one of e-mail and phone."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"email": "ana.weber@example.com", "first_name": "Ana", "last_name": "Weber", "locale": "fr"}
            ]
        }
    )

    email: Annotated[Email | None, OWN_EMAIL] = None
    phone: Annotated[Phone | None, OWN_PHONE] = Field(default=None, validate_default=True)
    first_name: Annotated[Name, Field(description="First name", examples=["Ana"])]
    last_name: Annotated[Name, Field(description="Last name", examples=["Weber"])]
    birthday: Birthday | None = Field(default=None, description="Birthday", examples=["1990-12-31"])
    locale: Locale | None = Field(
        default=None, description="The customer's language; the merchant's when not given", examples=["fr"]
    )
    marketing_consent: Flag = Field(default=False, description="Whether news may be sent", examples=[False])
    store_id: UUID | None = STORE

    _reachable = field_validator("phone")(reachable)


class JoinBody(Body):
    """Somebody who joins by themselves. At least one of e-mail and phone."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "merchant_slug": "cafe-grund",
                    "email": "ana.weber@example.com",
                    "first_name": "Ana",
                    "last_name": "Weber",
                    "locale": "fr",
                    "marketing_consent": False,
                }
            ]
        }
    )

    merchant_slug: Annotated[str, Line(1, 50)] = Field(
        description="Names the merchant", examples=["cafe-grund"]
    )
    store_code: Annotated[str, Line(1, 120)] | None = Field(
        default=None, description="Names the store; required while cards belong to one store", examples=["G"]
    )
    email: Annotated[Email | None, OWN_EMAIL] = None
    phone: Annotated[Phone | None, OWN_PHONE] = Field(default=None, validate_default=True)
    first_name: Annotated[Name, Field(description="First name", examples=["Ana"])]
    last_name: Annotated[Name, Field(description="Last name", examples=["Weber"])]
    birthday: Birthday | None = Field(default=None, description="Birthday", examples=["1990-12-31"])
    locale: Locale = Field(description="The customer's language", examples=["fr"])
    marketing_consent: Flag = Field(description="Whether news may be sent", examples=[False])

    _reachable = field_validator("phone")(reachable)


class LookupBody(Body):
    """A card by exactly one of its QR code, its number, its customer's e-mail or phone."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"number": "4821-0077-1930"}]})

    qr: Annotated[str, Line(1, 512)] | None = Field(
        default=None, description="What was scanned", examples=["pXQk2v5m8y0b3e6h9k2n5q8t1w4z7C0F"]
    )
    number: Annotated[str, Line(1, 40)] | None = Field(
        default=None, description="The card's number, with or without dashes", examples=["4821-0077-1930"]
    )
    email: Annotated[Email | None, EMAIL] = None
    phone: Annotated[Phone | None, PHONE] = None
    store_id: UUID | None = STORE

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if sum(value is not None for value in (self.qr, self.number, self.email, self.phone)) != 1:
            raise PydanticCustomError("exactly-one", "exactly one of qr, number, email and phone")
        return self


def _absent() -> Any:
    """The default of a member that a change may leave out: it stands for nothing and is never read."""
    return None


class CustomerChange(Body):
    """The members that change; those left out stay. Null takes e-mail, phone or birthday away."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"phone": "+352 621 123 456", "locale": "de"}]})

    email: Annotated[Email | None, EMAIL] = Field(default_factory=_absent)
    phone: Annotated[Phone | None, PHONE] = Field(default_factory=_absent)
    first_name: Name = Field(default_factory=_absent, description="First name", examples=["Ana"])
    last_name: Name = Field(default_factory=_absent, description="Last name", examples=["Weber"])
    birthday: Birthday | None = Field(
        default_factory=_absent, description="Birthday", examples=["1990-12-31"]
    )
    locale: Locale = Field(default_factory=_absent, description="The customer's language", examples=["de"])
    marketing_consent: Flag = Field(
        default_factory=_absent, description="Whether news may be sent", examples=[True]
    )

    def changes(self) -> dict[str, Any]:
        """The members that were given."""
        return {name: getattr(self, name) for name in self.model_fields_set}
