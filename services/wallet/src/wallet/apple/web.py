"""Apple's web service: the five calls that devices make about passes. Apple says what they are called."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from contracts.problem import Unauthenticated, UpstreamUnavailable, ValidationFailed
from kit.described import problems
from kit.identity import Caller, allow
from kit.telemetry import log
from wallet.apple import rules
from wallet.apple.devices import Devices, Files, Owned

MEDIA_TYPE = "application/vnd.apple.pkpass"
#: What passes name as `webServiceURL`, after the platform's address; devices append `/v1` themselves.
PREFIX = "/api/v1/loyalty/apple"
#: The gateway hands on the device's `Authorization` as this: its own says who the gateway is.
TOKEN_HEADER = "x-pass-authorization"  # noqa: S105 - the name of a header
_TAKES_TOKEN = {"x-hands-on-authorization": True}
_SERIAL = "5f6c2f0e-6a0e-4b0a-9a52-0c5f3f1f8a11"

Anybody = Annotated[Caller, Depends(allow("public"))]
Device = Annotated[
    str,
    Path(
        description="What the device calls itself; whoever knows it may ask which of its passes changed",
        min_length=1,
        max_length=512,
        # What is no UTF-8 arrives with U+FFFD in its place: two devices would be one.
        pattern="^[^\\x00-\\x1f\\x7f\\ufffd]+$",
    ),
]
PassType = Annotated[str, Path(description="The pass type identifier")]
Serial = Annotated[str, Path(description="The pass's serial number")]


class PushToken(BaseModel):
    """Where a device is told; members that Apple may add are left aside."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"pushToken": "9f86d081884c7d65" * 4}]})

    push_token: str = Field(
        alias="pushToken",
        strict=True,
        pattern="^[0-9A-Za-z+/=_-]{1,256}$",
        description="The device's address at Apple's push service",
    )


class Told(BaseModel):
    """What a device tells, mostly about what went wrong."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"logs": ["Could not fetch the pass"]}]})

    logs: list[Annotated[str, Field(strict=True, pattern=r"^[^\x00]*$")]] = Field(
        description="Lines; 4 KiB of them are kept"
    )


class ChangedPasses(BaseModel):
    """The device's passes that changed."""

    serial_numbers: list[str] = Field(
        serialization_alias="serialNumbers",
        description="Their serial numbers; with more than about 500, the others by asking again",
        examples=[[_SERIAL]],
    )
    last_updated: str = Field(
        serialization_alias="lastUpdated",
        description="Ask with it as `passesUpdatedSince` the next time",
        examples=["1742"],
    )


_COMMON = (ValidationFailed, UpstreamUnavailable)
_OWNED = (Unauthenticated, *_COMMON)


def routes(devices: Devices, files: Files | None) -> APIRouter:
    """`files` is None where Apple is not configured: then no pass is anybody's."""
    router = APIRouter(prefix=f"{PREFIX}/v1", tags=["apple"])

    async def owned(
        caller: Anybody,
        pass_type: PassType,
        serial: Serial,
        authorization: Annotated[str | None, Header(alias=TOKEN_HEADER, include_in_schema=False)] = None,
    ) -> Owned:
        return await devices.owned(pass_type, serial, authorization)

    whose = Depends(owned)
    _registrations(router, devices, whose)
    _passes(router, files, whose)
    _questions(router, devices)
    return router


def _registrations(router: APIRouter, devices: Devices, whose: Any) -> None:
    path = "/devices/{device}/registrations/{pass_type}/{serial}"

    @router.post(
        path,
        operation_id="registerDevice",
        summary="Be told of a pass's changes",
        description="A device that added a pass registers for it, with the pass's token (`Authorization:"
        " ApplePass …`). A new push token replaces the old one. A wrong token and a serial number that there"
        " is not are answered alike.",
        responses={
            200: {"description": "The device is known"},
            201: {"description": "The device is new"},
            **problems(*_OWNED),
        },
        response_class=Response,
        openapi_extra=_TAKES_TOKEN,
    )
    async def register(caller: Anybody, device: Device, body: PushToken, found: Owned = whose) -> Response:
        is_new = await devices.register(found.held, device, body.push_token)
        return Response(status_code=201 if is_new else 200)

    @router.delete(
        path,
        operation_id="unregisterDevice",
        summary="Be told of a pass no more",
        description="The pass was removed from the device, or its updates were switched off.",
        responses={200: {"description": "The device is told no more"}, **problems(*_OWNED)},
        response_class=Response,
        openapi_extra=_TAKES_TOKEN,
    )
    async def unregister(caller: Anybody, device: Device, found: Owned = whose) -> Response:
        await devices.unregister(found.held, device)
        return Response()


def _passes(router: APIRouter, files: Files | None, whose: Any) -> None:
    @router.get(
        "/passes/{pass_type}/{serial}",
        operation_id="fetchPass",
        summary="Fetch a pass as it is now",
        description="For a device that has the pass's token (`Authorization: ApplePass …`).",
        responses={
            200: {
                "description": "The pass",
                "content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
                "headers": {"Last-Modified": {"schema": {"type": "string"}, "description": "Ask with it"}},
            },
            304: {"description": "The device has it as it is"},
            **problems(*_OWNED),
        },
        response_class=Response,
        openapi_extra=_TAKES_TOKEN,
    )
    async def fetch(
        caller: Anybody,
        if_modified_since: Annotated[
            str | None, Header(description="`Last-Modified` of the answer that the device has")
        ] = None,
        found: Owned = whose,
    ) -> Response:
        if files is None:
            raise Unauthenticated
        fresh = found.freshness(if_modified_since)
        headers = {
            "last-modified": rules.http_date(fresh.last_modified),
            "cache-control": "private, no-cache",
        }
        if fresh.not_modified:
            return Response(status_code=304, headers=headers)
        return Response((await files.of(found.held)).content, media_type=MEDIA_TYPE, headers=headers)


def _questions(router: APIRouter, devices: Devices) -> None:
    @router.get(
        "/devices/{device}/registrations/{pass_type}",
        operation_id="listChangedPasses",
        summary="Which of a device's passes changed",
        description="Those that changed after the tag, or all. The tag is a number of ours that only grows.",
        response_model=ChangedPasses,
        responses={204: {"description": "None did, or no such device is known"}, **problems(*_COMMON)},
    )
    async def list_changed(
        caller: Anybody,
        device: Device,
        pass_type: PassType,
        tag: Annotated[
            str | None,
            Query(
                alias="passesUpdatedSince",
                description="`lastUpdated` of the last answer",
                pattern="^[0-9]{0,19}$",
            ),
        ] = None,
    ) -> Response | ChangedPasses:
        changed = await devices.changed(device, pass_type, tag)
        if changed is None:
            return Response(status_code=204)
        return ChangedPasses(serial_numbers=changed.serial_numbers, last_updated=changed.tag)

    @router.post(
        "/log",
        operation_id="tellLog",
        summary="Tell what went wrong on a device",
        description="Written to the log, capped at 4 KiB, without tokens or numbers.",
        responses={200: {"description": "Noted"}, **problems(*_COMMON)},
        response_class=Response,
    )
    async def tell(caller: Anybody, body: Told) -> Response:
        if words := rules.log_text(body.logs):
            log.warning("a device tells: %s", words)
        return Response()
