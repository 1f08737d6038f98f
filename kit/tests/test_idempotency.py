"""A POST that is sent again has its first answer again, and one effect in all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from sqlalchemy import text

from contracts.problem import AlreadyExists, CardNotFound, IdempotencyKeyInvalid, IdempotencyKeyMissing
from kit.app import Service
from kit.fields import Body, Line
from kit.idempotency import Key, Made, check_key, hash_of_key, hash_of_request
from kit.testing import client
from kit.work import Tx

KEY = "0197c1c2-0000-7000-8000-000000000001"


class Parcel(Body):
    label: Annotated[str, Line(1, 20)]
    fragile: bool = False


class Sent(BaseModel):
    label: str
    receipt: str | None
    number: int


class Desk:
    """A service with one POST, whose effect counts itself in the database."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.may_end = asyncio.Event()
        self.may_end.set()
        self.begun = asyncio.Event()
        self.refusal: Exception | None = None
        router = APIRouter()

        @router.post("/parcels")
        async def send(request: Request, parcel: Parcel, key: Key, scope: str = "shop") -> Response:
            return await service.idempotency.once(
                request, key, scope, parcel, lambda tx: self.effect(tx, parcel)
            )

        service.include(router)

    async def effect(self, tx: Tx, parcel: Parcel) -> Made:
        row = await tx.conn.execute(
            text("INSERT INTO parcels (label) VALUES (:label) RETURNING id"), parcel.model_dump()
        )
        self.begun.set()
        await self.may_end.wait()
        if self.refusal is not None:
            raise self.refusal
        number = row.scalar_one()
        sent = Sent(label=parcel.label, receipt="shown once", number=number)
        return Made(201, sent, {"location": f"/parcels/{number}", "etag": '"1"'}, secrets=("receipt",))

    async def count(self) -> int:
        async with self.service.work.read() as conn:
            return int((await conn.execute(text("SELECT count(*) FROM parcels"))).scalar_one())


@pytest.fixture
async def desk(service_on: Callable[..., Service], plain_database: str) -> AsyncIterator[Desk]:
    made = Desk(service_on(plain_database, database_pool_size=60))
    async with made.service.work() as tx:
        await tx.conn.execute(text("CREATE TABLE parcels (id serial PRIMARY KEY, label text)"))
    yield made
    await made.service.engine.dispose()


@pytest.fixture
async def http(desk: Desk) -> AsyncIterator[httpx.AsyncClient]:
    async with client(desk.service.app) as made:
        yield made


async def send(
    http: httpx.AsyncClient, key: str | None = KEY, path: str = "/parcels", **body: Any
) -> httpx.Response:
    headers = {"idempotency-key": key} if key is not None else {}
    return await http.post(path, json={"label": "x", **body}, headers=headers)


async def test_the_second_answer_is_the_first_one_without_its_secret(desk: Desk, http: httpx.AsyncClient):
    first, second = await send(http), await send(http)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == {"label": "x", "receipt": "shown once", "number": 1}
    assert second.json() == {"label": "x", "receipt": None, "number": 1}
    assert (second.headers["location"], second.headers["etag"]) == ("/parcels/1", '"1"')
    assert second.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert await desk.count() == 1


async def test_a_secret_is_not_in_the_database(desk: Desk, http: httpx.AsyncClient):
    await send(http)

    async with desk.service.work.read() as conn:
        kept = (
            await conn.execute(text("SELECT idempotent_answers::text FROM idempotent_answers"))
        ).scalar_one()

    assert KEY not in kept
    assert b"shown once".hex() not in kept


async def test_the_same_request_is_the_same_value_after_defaults(desk: Desk, http: httpx.AsyncClient):
    first, second = await send(http), await send(http, fragile=False)

    assert second.headers["idempotency-replayed"] == "true"
    assert first.json()["number"] == second.json()["number"]


async def test_another_request_under_the_same_key_is_refused(desk: Desk, http: httpx.AsyncClient):
    await send(http)

    other = await send(http, label="y")

    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    assert await desk.count() == 1


async def test_the_same_key_of_somebody_else_is_another_key(desk: Desk, http: httpx.AsyncClient):
    first, second = await send(http), await send(http, path="/parcels?scope=other")

    assert (first.json()["number"], second.json()["number"]) == (1, 2)


async def test_fifty_at_once_have_one_effect_and_49_replays(desk: Desk, http: httpx.AsyncClient):
    answers = await asyncio.gather(*(send(http) for _ in range(50)))

    assert {answer.status_code for answer in answers} == {201}
    assert sum("idempotency-replayed" in answer.headers for answer in answers) == 49
    assert await desk.count() == 1


async def test_a_twin_waits_a_second_and_is_told_to_come_back(desk: Desk, http: httpx.AsyncClient):
    desk.may_end.clear()
    first = asyncio.create_task(send(http))
    await desk.begun.wait()

    twin = await send(http)
    desk.may_end.set()

    assert (twin.status_code, twin.json()["code"]) == (409, "idempotency-key-in-use")
    assert twin.headers["retry-after"] == "1"
    assert (await first).status_code == 201
    assert (await send(http)).headers["idempotency-replayed"] == "true"


async def test_a_conflict_is_kept_with_its_request_id_and_its_effect_is_not(
    desk: Desk, http: httpx.AsyncClient
):
    desk.refusal = AlreadyExists("there is one")
    first = await send(http)
    desk.refusal = None

    second = await send(http)

    assert (first.status_code, first.content) == (409, second.content)
    assert second.headers["content-type"] == "application/problem+json"
    assert second.headers["idempotency-replayed"] == "true"
    assert await desk.count() == 0


async def test_a_probe_tells_whether_a_key_is_known_and_runs_nothing(desk: Desk, http: httpx.AsyncClient):
    headers = {"idempotency-key": KEY, "x-probe": "1"}

    async def probe(label: str = "x") -> httpx.Response:
        return await http.post("/parcels", json={"label": label}, headers=headers)

    new = [await probe() for _ in range(2)]
    done = await send(http)
    known, other = await probe(), await probe("other")

    assert [(answer.status_code, answer.content) for answer in new] == [(204, b"")] * 2
    assert (known.status_code, known.headers["idempotency-replayed"]) == (done.status_code, "true")
    assert known.json() == {**done.json(), "receipt": None}
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    assert await desk.count() == 1


async def test_a_probe_is_answered_with_the_conflict_that_is_kept(desk: Desk, http: httpx.AsyncClient):
    desk.refusal = AlreadyExists("there is one")
    first = await send(http)

    known = await http.post("/parcels", json={"label": "x"}, headers={"idempotency-key": KEY, "x-probe": "1"})

    assert (known.status_code, known.content) == (409, first.content)
    assert known.headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize("refusal", [CardNotFound(), RuntimeError("a bug")])
async def test_nothing_else_is_kept_so_that_it_can_be_tried_again(
    desk: Desk, http: httpx.AsyncClient, refusal: Exception
):
    desk.refusal = refusal
    try:
        first = (await send(http)).status_code
    except RuntimeError:
        first = 500
    desk.refusal = None

    second = await send(http)

    assert first in (404, 500)
    assert (second.status_code, await desk.count()) == (201, 1)


async def test_a_caller_that_goes_away_before_the_commit_leaves_nothing(desk: Desk, http: httpx.AsyncClient):
    desk.may_end.clear()
    gone = asyncio.create_task(send(http))
    await desk.begun.wait()

    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    desk.may_end.set()

    assert (await send(http)).headers.get("idempotency-replayed") is None
    assert await desk.count() == 1


async def test_after_30_days_the_answer_is_forgotten_but_not_that_the_key_was_used(
    desk: Desk, http: httpx.AsyncClient
):
    await send(http)
    async with desk.service.work() as tx:
        await tx.conn.execute(text("UPDATE idempotent_answers SET created_at = now() - interval '31 days'"))

    forgetting = asyncio.create_task(desk.service.idempotency.forget_old())
    for _ in range(100):
        await asyncio.sleep(0.02)
        answer = await send(http)
        if answer.status_code == 409:
            break
    forgetting.cancel()

    assert answer.json()["code"] == "idempotency-key-expired"
    assert await desk.count() == 1


@pytest.mark.parametrize("key", ["0123456789abcdef", "x" * 255, " " * 16, "~!@#$%^&*()_+{}|"])
def test_a_key_is_16_to_255_printable_ascii_characters(key: str):
    assert check_key(key) == key


@pytest.mark.parametrize(
    "key", ["", "x" * 15, "x" * 256, "0123456789abcdé", "0123456789abcde\t", "0123456789abcdef\x7f"]
)
def test_any_other_key_is_refused(key: str):
    with pytest.raises(IdempotencyKeyInvalid):
        check_key(key)


def test_no_key_is_missing():
    with pytest.raises(IdempotencyKeyMissing):
        check_key(None)


def test_the_order_of_members_does_not_make_another_request():
    one = hash_of_request(b"secret", "POST", "/parcels", {"a": 1, "b": [1, 2]})

    assert one == hash_of_request(b"secret", "POST", "/parcels", {"b": [1, 2], "a": 1})
    assert one != hash_of_request(b"secret", "POST", "/parcels", {"a": 1, "b": [2, 1]})
    assert one != hash_of_request(b"secret", "POST", "/letters", {"a": 1, "b": [1, 2]})
    assert one != hash_of_request(b"another", "POST", "/parcels", {"a": 1, "b": [1, 2]})


def test_a_scope_and_a_key_cannot_be_read_as_another_scope_and_key():
    assert hash_of_key("shop", "a" * 16) != hash_of_key("shopa", "a" * 15)
    assert len(hash_of_key("shop", "a" * 16)) == 16
