"""For whoever has a card's link: the card with its balances, and what happened to it. It moves nothing."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from cards import store
from cards.api.rooms import TheLedger, TheService, TheTerms
from cards.api.vendor import COMMON
from cards.commands import link_hash
from cards.domain import Card, Held, shown_number
from cards.terms import Shown, TermsBook
from contracts.event import Instant
from contracts.problem import CardNotFound, MerchantNotFound
from contracts.programs import ProgramChanged, StoreChanged
from kit.app import Service
from kit.described import problems
from kit.identity import Caller, allow

CARD_NAME = "Loyalty Card"
_AT = "2026-11-20T10:00:00.000000Z"

router = APIRouter(prefix="/api/v1/loyalty/cards/{link_token}", tags=["public"])
Anybody = Annotated[Caller, Depends(allow("public"))]


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class OwnStore(_Answer):
    name: str = Field(description="Its name", examples=["Grund"])
    address: str | None = Field(description="Street and number", examples=["1, rue Münster"])
    city: str | None = Field(description="City", examples=["Luxembourg"])


class OwnMerchant(_Answer):
    slug: str = Field(description="Names the merchant", examples=["cafe-grund"])
    name: str = Field(description="Its name", examples=["Café Grund"])
    currency: str = Field(description="Its currency", examples=["EUR"])
    timezone: str = Field(description="Its time zone", examples=["Europe/Luxembourg"])


class OwnProgram(_Answer):
    """The rules of the card's program, and how it looks."""

    loyalty_type: Literal["stamps", "points", "hybrid"] = Field(
        description="How it rewards", examples=["stamps"]
    )
    is_active: bool = Field(description="Whether anything can be earned now", examples=[True])
    redeem_until: Instant | None = Field(
        description="Until when rewards are given after it was switched off", examples=[None]
    )
    card_name: str = Field(description="What the card is called", examples=["Loyalty Card"])
    card_color: str = Field(description="The card's colour", examples=["#4F46E5"])
    card_secondary_color: str | None = Field(description="Its second colour", examples=[None])
    logo_url: str | None = Field(description="The logo", examples=[None])
    hero_image_url: str | None = Field(description="The picture on the card", examples=[None])
    stamps_reward_description: str = Field(description="What a full card buys", examples=["Free item"])
    minimum_redemption_points: int = Field(description="Rewards begin at so many points", examples=[100])
    points_expiration_days: int | None = Field(
        description="Points are lost after so many days without activity; null: never", examples=[None]
    )
    terms_text: str | None = Field(description="The terms", examples=[None])
    privacy_url: str | None = Field(description="The privacy notice", examples=[None])

    @classmethod
    def of(cls, program: ProgramChanged) -> Self:
        told = {name: getattr(program, name) for name in cls.model_fields}
        return cls(**{**told, "card_name": program.card_name or CARD_NAME})


class OwnTier(_Answer):
    name: str = Field(description="Its name", examples=["silver"])
    multiplier_percent: int = Field(description="What it makes of points", examples=[125])
    next: dict[str, Any] | None = Field(
        description="The next tier's `name` and `points_to_go`; null at the top",
        examples=[{"name": "gold", "points_to_go": 1200}],
    )


class OwnReward(_Answer):
    name: str = Field(description="Its name", examples=["Mug"])
    points_required: int = Field(description="What it costs", examples=[100])


class OwnCard(_Answer):
    """One's own card as it stands now."""

    card_number: str = Field(description="Number as printed", examples=["4821-0077-1930"])
    qr_code: str = Field(description="What its QR code holds", examples=["pXQk2v5m8y0b3e6h9k2n5q8t1w4z7C0F"])
    status: Literal["active", "inactive"] = Field(
        description="Inactive: nothing can be earned", examples=["active"]
    )
    first_name: str = Field(description="Whose it is", examples=["Ana"])
    locale: Literal["en", "fr", "de", "lb"] = Field(description="The customer's language", examples=["fr"])
    created_at: Instant = Field(description="When it was made", examples=[_AT])
    stamp_count: int = Field(description="Stamps on the card now", examples=[7])
    stamps_target: int = Field(description="Stamps that make a reward", examples=[10])
    stamps_until_reward: int = Field(description="How many are missing", examples=[3])
    can_redeem_stamps: bool = Field(description="Whether the stamp reward is due", examples=[False])
    total_stamps_earned: int = Field(description="Stamps earned ever", examples=[27])
    stamps_redeemed: int = Field(description="Stamp rewards taken", examples=[2])
    points_balance: int = Field(description="Points now", examples=[340])
    total_points_earned: int = Field(
        description="Points of purchases ever; the welcome bonus and corrections are not in it",
        examples=[1240],
    )
    points_redeemed: int = Field(description="Points spent ever", examples=[900])
    tier: OwnTier | None = Field(description="The tier in force; null without tiers", examples=[None])
    available_rewards: list[OwnReward] = Field(description="Rewards within the balance, valid now")
    merchant: OwnMerchant = Field(description="Whose program it is")
    program: OwnProgram = Field(description="The program")
    stores: list[OwnStore] = Field(description="The stores at which it works, by name")

    @classmethod
    def of(cls, held: Held, shown: Shown, view: dict[str, Any]) -> Self:
        own = {
            "card_number": shown_number(held.card.card_number),
            "qr_code": held.card.qr_code,
            "first_name": held.customer.first_name,
            "locale": held.customer.locale,
            "created_at": held.card.created_at,
            "merchant": OwnMerchant.model_validate(shown.merchant, from_attributes=True),
            "program": OwnProgram.of(shown.program),
            "stores": [
                OwnStore.model_validate(one, from_attributes=True) for one in _stores(held.card, shown)
            ],
            "stamps_until_reward": max(0, view["stamps_target"] - view["stamp_count"]),
        }
        balances = {name: view[name] for name in cls.model_fields if name in view and name not in own}
        return cls.model_validate({**balances, **own})


def _stores(card: Card, shown: Shown) -> list[StoreChanged]:
    by_id = {one.id: one for one in shown.stores}
    return [by_id[one.id] for one in shown.terms.stores_of(card)]


class OwnTransaction(_Answer):
    """What happened, once."""

    type: str = Field(description="What it was", examples=["stamp_earned"])
    store_name: str | None = Field(description="Where; null where it was at no store", examples=["Grund"])
    stamps_delta: int = Field(description="Stamps given, or taken", examples=[1])
    points_delta: int = Field(description="Points given, or taken", examples=[0])
    stamps_balance_after: int = Field(description="Stamps after it", examples=[7])
    points_balance_after: int = Field(description="Points after it", examples=[340])
    reward_description: str | None = Field(description="The reward, if it was one", examples=[None])
    transaction_at: Instant = Field(description="When", examples=[_AT])


class OwnHistory(_Answer):
    items: list[OwnTransaction] = Field(description="Newest first")
    next_cursor: str | None = Field(description="Asks for the next page; null at the end", examples=[None])


@router.get(
    "",
    operation_id="getOwnCard",
    summary="See one's own card",
    description="The card that the link shows, as it stands now. A link that ended, a deleted card and a"
    " deleted merchant are answered alike.",
    responses=problems(*COMMON, CardNotFound),
)
async def get_own_card(
    link_token: str, caller: Anybody, service: TheService, book: TheTerms, ledger: TheLedger
) -> OwnCard:
    held, shown = await _linked(service, book, link_token)
    return OwnCard.of(held, shown, dict(await ledger.view(held.card)))


@router.get(
    "/transactions",
    operation_id="listOwnTransactions",
    summary="See what happened to one's own card",
    description="Newest first.",
    responses=problems(*COMMON, CardNotFound),
)
async def list_own_transactions(
    link_token: str,
    caller: Anybody,
    service: TheService,
    book: TheTerms,
    ledger: TheLedger,
    cursor: Annotated[
        str | None, Query(description="`next_cursor` of the page before", pattern="^[A-Za-z0-9_-]{11}$")
    ] = None,
    limit: Annotated[int, Query(description="How many at most", ge=1, le=100)] = 50,
) -> OwnHistory:
    held, shown = await _linked(service, book, link_token)
    page = await ledger.history(held.card, cursor, limit)
    names = {str(one.id): one.name for one in shown.stores}
    rows = [{**row, "store_name": names.get(row["store_id"])} for row in page["items"]]
    return OwnHistory(
        items=[OwnTransaction.model_validate(row) for row in rows], next_cursor=page["next_cursor"]
    )


async def _linked(service: Service, book: TermsBook, token: str) -> tuple[Held, Shown]:
    """The card of this link with what its merchant tells; CardNotFound, whatever the reason."""
    async with service.work.read() as conn:
        held = await store.card_by_link(conn, link_hash(token))
    if held is None:
        raise CardNotFound
    try:
        shown = await book.shown(held.card.merchant_id)
    except MerchantNotFound:
        raise CardNotFound from None
    if shown is None or shown.program.id != held.card.program_id:
        raise CardNotFound
    return held, shown
