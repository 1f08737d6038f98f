"""For anyone: joining by oneself."""

from __future__ import annotations

import asyncio
import time
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from cards import commands
from cards.api.answers import LinkAnswer
from cards.api.bodies import JoinBody
from cards.api.rooms import Gathered, TheLetters, TheService, TheTerms, locate
from cards.api.vendor import COMMON, KEYED
from cards.letters import say
from contracts.problem import EnrollmentClosed, ProgramInactive, ProgramNotFound, StoreNotFound
from kit.described import problems
from kit.idempotency import Key, Made
from kit.identity import Caller, allow
from kit.work import Tx

PREFIX = "/api/v1/loyalty"
#: Neutral answers leave at full steps of this: how long the work took tells nothing.
ALIKE_S = 0.25

router = APIRouter(prefix=PREFIX, tags=["public"])
Anybody = Annotated[Caller, Depends(allow("public"))]


class NeutralAnswer(BaseModel):
    """Says nothing about who is a member."""

    model_config = ConfigDict(frozen=True)

    message: str = Field(
        description="Neutral words, in the language that was given",
        examples=["If this is you, a link is on its way."],
    )


@router.post(
    "/enroll",
    operation_id="join",
    summary="Join a merchant's program",
    description="A new member gets the card's link at once, unless the merchant confirms by mail; everyone"
    " else the same neutral answer in the same time, and the link by mail to the address that is kept.",
    status_code=201,
    response_model=LinkAnswer,
    responses={
        202: {"model": NeutralAnswer, "description": "If this is you, a link is on its way"},
        **problems(*COMMON, *KEYED, EnrollmentClosed, ProgramNotFound, StoreNotFound, ProgramInactive),
    },
)
async def join(
    request: Request,
    caller: Anybody,
    key: Key,
    body: JoinBody,
    service: TheService,
    book: TheTerms,
    letters: TheLetters,
) -> Response:
    began = time.monotonic()
    merchant_id = await book.merchant_named(body.merchant_slug)
    gathered = await Gathered.to_join_at(book, merchant_id, body.store_code)
    tokens: list[str] = []

    async def effect(tx: Tx) -> Made:
        joining = commands.Joining(**body.model_dump(exclude={"merchant_slug", "store_code"}))
        token = await commands.join(tx, gathered.terms, joining, body.store_code, letters)
        if token is None:
            return Made(202, NeutralAnswer(message=say(body.locale, "neutral")))
        tokens.append(token)
        return Made(201, LinkAnswer(card_url=letters.card_url(token)), secrets=("card_url",))

    answer = locate(
        await service.idempotency.once(request, key, f"public/{merchant_id}", body, effect), tokens
    )
    if answer.status_code == 202:
        await asyncio.sleep(ALIKE_S - (time.monotonic() - began) % ALIKE_S)
    return answer
