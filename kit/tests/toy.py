"""A service for the tests of the kit, as a process of its own: `python toy.py`."""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated, ClassVar

from fastapi import APIRouter
from pydantic import Field

from kit.app import Answer, HotRequest, Service
from kit.fields import Body, Line, Whole
from kit.serving import serve
from kit.settings import ServiceSettings

router = APIRouter()


class ToySettings(ServiceSettings):
    service: ClassVar[str] = "cards"


class Parcel(Body):
    label: Annotated[str, Line(1, 20)]
    weight_grams: Annotated[Whole, Field(ge=1, le=1000)]


@router.post("/parcels/{place}")
async def send_parcel(place: int, parcel: Parcel) -> dict[str, int]:
    return {"place": place, "weight_grams": parcel.weight_grams}


@router.get("/slow")
async def slow() -> dict[str, str]:
    sys.stdout.write("slow began\n")
    sys.stdout.flush()
    await asyncio.sleep(0.5)
    return {"slow": "done"}


@router.get("/broken")
async def broken() -> None:
    raise RuntimeError("a bug")


async def hot(request: HotRequest) -> Answer:
    return Answer(200, request.body or b"{}")


async def who(request: HotRequest) -> Answer:
    return Answer(200, request.headers.get(b"x-who", b"nobody") + b" " + request.body)


def build(settings: ServiceSettings) -> Service:
    service = Service(settings, title="Toy", listens=False)
    service.include(router)
    service.hot["POST", "/hot"] = hot
    service.hot["POST", "/who"] = who
    return service


if __name__ == "__main__":
    serve(build(ToySettings.load()))
