"""The fields of requests: what each means, how long or large it may be, how it is written."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, Strict
from pydantic_core import PydanticCustomError

from contracts.money import CURRENCIES
from kit.fields import Flag, Line, Paragraph, Whole
from programs.countries import COUNTRIES

# -- how things are written

_EMAIL = re.compile(r"[^\s@,;:<>()\[\]\"\\]{1,64}@[^\s@.,;:<>()\[\]\"\\]+(\.[^\s@.,;:<>()\[\]\"\\]+)+")
_HTTPS = re.compile(r"https://[^\s/?#@\\<>\"]+([/?#][^\s\\<>\"]*)?")
_OLDEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


def _email(text: str) -> str:
    if not _EMAIL.fullmatch(text):
        raise PydanticCustomError("bad-format", "an e-mail address is needed")
    return text


def _https(text: str) -> str:
    try:
        good = _HTTPS.fullmatch(text) is not None and bool(urlsplit(text).hostname)
    except ValueError:  # a host in brackets that is no address
        good = False
    if not good:
        raise PydanticCustomError("bad-format", "an https address is needed")
    return text


def _country(code: str) -> str:
    if code not in COUNTRIES:
        raise PydanticCustomError("not-allowed", "two capital letters of ISO 3166 are needed")
    return code


def _currency(code: str) -> str:
    if code not in CURRENCIES:
        raise PydanticCustomError("not-allowed", "a currency of ISO 4217 is needed")
    return code


@cache
def _zones() -> frozenset[str]:
    # These two name no place: one is the machine's own zone, the other says that none was chosen.
    return frozenset(available_timezones() - {"localtime", "Factory"})


def _zone(name: str) -> str:
    if name not in _zones():
        raise PydanticCustomError("not-allowed", "an IANA time zone is needed, such as Europe/Luxembourg")
    return name


def _language(value: object) -> object:
    """`lu` is how some call Luxembourgish."""
    return "lb" if value == "lu" else value


def _text_only(value: object) -> object:
    if not isinstance(value, str):
        raise PydanticCustomError("wrong-type", "a time in RFC 3339 is needed")
    return value


def _in_range(moment: datetime) -> datetime:
    if moment < _OLDEST:
        raise PydanticCustomError("too-small", "before 1970")
    if moment >= _LATEST:
        raise PydanticCustomError("too-large", "after 9998")
    return moment.astimezone(UTC)


def _or_none(text: str) -> str | None:
    return text or None


def absent() -> Any:
    """The default of a field that a change may leave out: it stands for nothing and is never read."""
    return None


Url = Annotated[str, Line(9, 2048), AfterValidator(_https)]
Color = Annotated[str, Strict(), Field(pattern=r"^#[0-9A-Fa-f]{6}$", examples=["#4F46E5"])]
Moment = Annotated[AwareDatetime, BeforeValidator(_text_only), AfterValidator(_in_range)]
Cents = Annotated[Whole, Field(ge=0, le=100_000_000)]
ProviderId = Annotated[str, Line(1, 120)]

# -- merchants and stores

Name = Annotated[str, Line(1, 120), Field(description="The name that people see")]
Slug = Annotated[
    str,
    Strict(),
    Field(pattern=r"^[a-z0-9-]{3,50}$", description="In addresses of the merchant's pages; unique"),
]
Country = Annotated[str, Strict(), AfterValidator(_country), Field(description="ISO 3166-1 alpha-2")]
Currency = Annotated[
    str,
    Strict(),
    AfterValidator(_currency),
    Field(description="ISO 4217; stays as it is once the program has been activated"),
]
Timezone = Annotated[
    str,
    Strict(),
    AfterValidator(_zone),
    Field(
        description="IANA time zone; the merchant's days. Stays as it is once the program has been activated"
    ),
]
Locale = Annotated[
    Literal["en", "fr", "de", "lb"], BeforeValidator(_language), Field(description="`lu` is taken for `lb`")
]
ContactEmail = Annotated[
    str, Line(3, 254), AfterValidator(_email), Field(description="Where the platform reaches the merchant")
]
MerchantId = Annotated[UUID, Field(description="The merchant's id")]
StoreCode = Annotated[
    str,
    Strict(),
    Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$", description="Unique among the merchant's stores"),
]
Address = Annotated[
    Annotated[str, Line(0, 500)] | None, Field(description="Street and number, as people write it")
]
City = Annotated[Annotated[str, Line(0, 120)] | None, Field(description="The town")]
StoreCountry = Annotated[
    Annotated[str, Strict(), AfterValidator(_country)] | None, Field(description="ISO 3166-1 alpha-2")
]
Latitude = Annotated[
    Annotated[float, Strict(), Field(ge=-90, le=90)] | None,
    Field(description="Degrees north; only with a longitude"),
]
Longitude = Annotated[
    Annotated[float, Strict(), Field(ge=-180, le=180)] | None,
    Field(description="Degrees east; only with a latitude"),
]
StoreTimezone = Annotated[
    Annotated[str, Strict(), AfterValidator(_zone)] | None, Field(description="IANA time zone, for display")
]

# -- settings

PinPolicy = Annotated[
    Literal["required", "optional", "disabled"],
    Field(description="`required` and `disabled` override the program's `require_staff_pin`"),
]
LockoutAttempts = Annotated[Whole, Field(ge=3, le=20, description="Wrong PINs until a staff code is locked")]
LockoutMinutes = Annotated[Whole, Field(ge=1, le=1440, description="How long a staff code stays locked")]
SelfEnrollment = Annotated[Flag, Field(description="Whether people may join on the public page")]
EnrollmentConfirmation = Annotated[
    Literal["none", "email"], Field(description="`email`: who joins gets the card's link by mail only")
]
AllowVoid = Annotated[Flag, Field(description="Whether transactions may be taken back")]
CrossLocation = Annotated[Flag, Field(description="Whether a card works at every store of the merchant")]
OrderReferenceRequired = Annotated[Flag, Field(description="Whether earning points needs an order reference")]
RecoverShortfall = Annotated[Flag, Field(description="Whether what a return could not take back is owed")]
LogAddresses = Annotated[Flag, Field(description="Whether callers' addresses are kept beside transactions")]

# -- the program

LoyaltyType = Annotated[Literal["stamps", "points", "hybrid"], Field(description="What is collected")]
StampsTarget = Annotated[Whole, Field(ge=1, le=100, description="Stamps for one stamp reward")]
StampsRewardDescription = Annotated[str, Paragraph(1, 500), Field(description="What full cards get")]
StampsRewardValue = Annotated[
    Cents | None, Field(description="What the stamp reward is worth, in minor units")
]
PointsPerEuro = Annotated[Whole, Field(ge=0, le=1000, description="Points per whole currency unit spent")]
ExpirationDays = Annotated[
    Annotated[Whole, Field(ge=1, le=3650)] | None,
    Field(description="Points are lost after so many days without activity; null: never"),
]
WelcomeBonus = Annotated[Whole, Field(ge=0, le=100_000, description="Points for a new member")]
MinimumRedemption = Annotated[
    Whole, Field(ge=0, le=100_000_000, description="The least points that a redemption may take")
]
MinimumPurchase = Annotated[Cents, Field(description="Smaller purchases earn nothing, in minor units")]
CooldownMinutes = Annotated[
    Whole, Field(ge=0, le=10_080, description="Between two stamps of a card; 0: none")
]
MaxDailyStamps = Annotated[
    Annotated[Whole, Field(ge=1, le=100)] | None,
    Field(description="Stamps of a card on one of the merchant's days; null: no limit"),
]
RequireStaffPin = Annotated[Flag, Field(description="Whether a staff member approves at the till")]
CardName = Annotated[
    Annotated[str, Line(0, 120), AfterValidator(_or_none)] | None,
    Field(description='What the card is called; "Loyalty Card" when empty'),
]
CardColor = Annotated[Color, Field(description="The card's colour, #RRGGBB")]
SecondaryColor = Annotated[Color | None, Field(description="The card's second colour, #RRGGBB")]
LogoUrl = Annotated[Url | None, Field(description="The logo; https")]
HeroImageUrl = Annotated[Url | None, Field(description="The wide image; https")]
GoogleIssuerId = Annotated[ProviderId | None, Field(description="Google Wallet's issuer id")]
GoogleClassId = Annotated[ProviderId | None, Field(description="Google Wallet's class id")]
ApplePassTypeId = Annotated[ProviderId | None, Field(description="Apple Wallet's pass type id")]
TermsText = Annotated[Annotated[str, Paragraph(0, 20_000)] | None, Field(description="The program's terms")]
PrivacyUrl = Annotated[Url | None, Field(description="The privacy notice; https")]
TierName = Annotated[str, Line(1, 120), Field(description="The tier's name")]
TierFrom = Annotated[Whole, Field(ge=0, le=2**31 - 1, description="Tier points from which it holds")]
Multiplier = Annotated[Whole, Field(ge=1, le=1000, description="Percent of the program's points")]

# -- rewards

RewardDescription = Annotated[str, Paragraph(0, 500), Field(description="What it is")]
PointsRequired = Annotated[Whole, Field(ge=1, le=10_000_000, description="What it costs")]
RewardValue = Annotated[Cents | None, Field(description="What it is worth, in minor units")]
RewardActive = Annotated[Flag, Field(description="Whether it is offered")]
Stock = Annotated[
    Annotated[Whole, Field(ge=0, le=10_000_000)] | None,
    Field(description="How many are offered in all; null: no limit"),
]
MaxPerCard = Annotated[
    Annotated[Whole, Field(ge=1, le=10_000)] | None,
    Field(description="How many one card may take; null: no limit"),
]
ValidFrom = Annotated[Moment | None, Field(description="From this instant on")]
ValidUntil = Annotated[Moment | None, Field(description="Before this instant")]
ImageUrl = Annotated[Url | None, Field(description="A picture; https")]
SortOrder = Annotated[Whole, Field(ge=-1_000_000, le=1_000_000, description="Smaller ones are shown first")]
