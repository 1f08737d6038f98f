"""HTTP in: the way to a save link, and Google's callbacks."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from contracts.problem import (
    CardNotFound,
    MalformedRequest,
    Unauthenticated,
    UpstreamUnavailable,
    ValidationFailed,
    WalletNotAvailable,
)
from kit.described import problems
from kit.identity import Caller, allow
from wallet.google import rules
from wallet.google.saving import GoogleDoors
from wallet.links import Links

Anybody = Annotated[Caller, Depends(allow("public"))]
NO_STORE = {"cache-control": "no-store"}
TEXT_MAX = 20_000


_CALLBACK: dict[str, JsonValue] = {
    "protocolVersion": "ECv2SigningOnly",
    "signature": "MEUCIQD…",
    "intermediateSigningKey": {
        "signedKey": '{"keyExpiration": "1795168800000", "keyValue": "MFkwEwYH…"}',
        "signatures": ["MEYCIQC…"],
    },
    "signedMessage": '{"classId": "3388.program", "objectId": "3388.card", "eventType": "save",'
    ' "expTimeMillis": 1795168800000, "count": 1, "nonce": "a-nonce"}',
}


class IntermediateSigningKey(BaseModel):
    """A key of Google's, signed by a root key of Google's."""

    model_config = ConfigDict(extra="allow")

    signedKey: str = Field(max_length=TEXT_MAX, description="The key and until when it is good, as JSON")  # noqa: N815
    signatures: list[str] = Field(max_length=20, description="Its signatures, Base64")


class SignedCallback(BaseModel):
    """As Google sends it; members that we do not know are left alone."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": [_CALLBACK]})

    protocolVersion: str = Field(  # noqa: N815
        max_length=100, description="How it is signed", examples=["ECv2SigningOnly"]
    )
    signature: str = Field(max_length=TEXT_MAX, description="The message's signature, Base64")
    intermediateSigningKey: IntermediateSigningKey = Field(description="The key that signed it")  # noqa: N815
    signedMessage: str = Field(  # noqa: N815
        max_length=TEXT_MAX, description="What happened to which object, as JSON"
    )


_REDIRECT: dict[int | str, dict[str, Any]] = {
    302: {
        "description": "To Google's page, which saves the card",
        "headers": {"Location": {"description": "The save link", "schema": {"type": "string"}}},
    }
}


def routes(links: Links, doors: GoogleDoors) -> APIRouter:
    router = APIRouter(tags=["public"])

    @router.get(
        "/api/v1/loyalty/cards/{link_token}/google",
        operation_id="saveToGoogleWallet",
        summary="Add one's own card to Google Wallet",
        description="Leads to Google's page with a link that is made for this once. A link that ended, a"
        " deleted card and a deleted merchant are answered alike.",
        status_code=302,
        response_class=Response,
        responses={
            **_REDIRECT,
            **problems(CardNotFound, ValidationFailed, WalletNotAvailable, UpstreamUnavailable),
        },
    )
    async def save_to_google_wallet(link_token: str, _: Anybody) -> Response:
        card_id = await links.card_of(link_token)
        return Response(status_code=302, headers={**NO_STORE, "location": await doors.save_link(card_id)})

    @router.post(
        rules.CALLBACK_PATH,
        operation_id="takeGoogleCallback",
        summary="Take Google's notice that a card was saved or deleted",
        description="Signed by Google (`ECv2SigningOnly`); each is taken once.",
        status_code=200,
        response_class=Response,
        responses={
            200: {"description": "Taken"},
            **problems(
                MalformedRequest,
                Unauthenticated,
                CardNotFound,
                ValidationFailed,
                WalletNotAvailable,
                UpstreamUnavailable,
            ),
        },
    )
    async def take_google_callback(message: SignedCallback, _: Anybody) -> Response:
        await doors.callback(message.model_dump())
        return Response(status_code=200, headers=NO_STORE)

    return router
