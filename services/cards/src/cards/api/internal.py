"""Cards for the other services: whole states, by id, QR code, number or link."""

from __future__ import annotations

import re
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import Field

from cards import store
from cards.api.rooms import TheService
from contracts.event import instant_text
from contracts.problem import CardNotFound
from kit.app import Service
from kit.fields import Body
from kit.identity import Caller, allow
from kit.importing import ROWS_LIMIT

HOLDERS_LIMIT = 500

router = APIRouter(prefix="/internal", include_in_schema=False)
AService = Annotated[Caller, Depends(allow("service"))]


@router.get("/states/card/{card_id}")
async def state_of_card(card_id: UUID, _: AService, service: TheService) -> dict[str, Any]:
    """The card, also when it is deleted: deletion is a state."""
    return await _state(service, id=card_id)


@router.get("/cards/by-qr/{qr}")
async def card_by_qr(qr: str, _: AService, service: TheService) -> dict[str, Any]:
    if not re.fullmatch(r"[A-Za-z0-9_-]{32}", qr):
        raise CardNotFound
    return await _state(service, qr_code=qr)


@router.get("/cards/by-number/{number}")
async def card_by_number(number: str, _: AService, service: TheService) -> dict[str, Any]:
    """`number` is twelve digits without dashes."""
    if not re.fullmatch("[0-9]{12}", number):
        raise CardNotFound
    return await _state(service, card_number=number)


class Numbers(Body):
    """Twelve digits each, without dashes."""

    numbers: Annotated[list[Annotated[str, Field(pattern="^[0-9]{12}$")]], Field(max_length=ROWS_LIMIT)]


@router.post("/cards/by-numbers")
async def cards_by_numbers(asked: Numbers, _: AService, service: TheService) -> list[dict[str, Any]]:
    """Those of these cards that there are, deleted ones too."""
    async with service.work.read() as conn:
        found = await store.cards_by_numbers(conn, asked.numbers)
    return [store.state_of(held).model_dump(mode="json") for held in found]


class Tokens(Body):
    """SHA-256 of tokens, in hexadecimal digits."""

    tokens: Annotated[list[Annotated[str, Field(pattern="^[0-9a-f]{64}$")]], Field(max_length=ROWS_LIMIT)]


@router.post("/cards/by-links")
async def cards_by_links(asked: Tokens, _: AService, service: TheService) -> dict[str, UUID]:
    """The cards that these links show; links that ended and cards that are gone are left out."""
    async with service.work.read() as conn:
        found = await store.cards_by_links(conn, [bytes.fromhex(token) for token in asked.tokens])
    return {token.hex(): card_id for token, card_id in found.items()}


class Asked(Body):
    card_ids: Annotated[list[UUID], Field(max_length=HOLDERS_LIMIT)]


@router.post("/holders")
async def holders(asked: Asked, _: AService, service: TheService) -> dict[UUID, dict[str, str]]:
    """Who holds these cards, and since when; cards that are not there are left out."""
    async with service.work.read() as conn:
        found = await store.live_cards(conn, asked.card_ids)
    return {
        held.card.id: {
            "first_name": held.customer.first_name,
            "last_name": held.customer.last_name,
            "enrolled_at": instant_text(held.card.created_at),
        }
        for held in found
    }


async def _state(service: Service, **named: Any) -> dict[str, Any]:
    async with service.work.read() as conn:
        held = await store.card_by(conn, **named)
    if held is None:
        raise CardNotFound
    return store.state_of(held).model_dump(mode="json")
