"""The application every service is: its edge, its problems, its health, and how it starts and leaves."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, Depends, Response
from pydantic import Field

from contracts.problem import CardNotFound
from kit import telemetry
from kit.app import Answer, HotRequest, Service, openapi_of
from kit.fields import Body, Line, Whole
from kit.idempotency import Key
from kit.identity import Caller, allow
from kit.ids import uuid7
from kit.testing import Keys, client

router = APIRouter()


class Parcel(Body):
    label: Annotated[str, Line(1, 20)]
    weight_grams: Annotated[Whole, Field(ge=1, le=1000)]


@router.post("/parcels/{place}", operation_id="send")
async def send(
    place: int, parcel: Parcel, who: Annotated[Caller, Depends(allow("owner"))], key: Key
) -> dict[str, Any]:
    return {"place": place, "weight_grams": parcel.weight_grams, "key": key}


@router.post("/letters")
async def post_letter(parcel: Parcel) -> Parcel:
    return parcel


@router.get("/lost")
async def lost() -> None:
    raise CardNotFound


@router.get("/broken")
async def broken() -> None:
    raise RuntimeError("a bug")


@router.get("/cut-off")
async def cut_off() -> None:
    raise ConnectionResetError("the database went away")


@router.get("/kept")
async def kept() -> Response:
    return Response(b"{}", media_type="application/json", headers={"cache-control": "max-age=60"})


@router.get("/internal/states/{id}")
async def state(id: str) -> None:  # noqa: A002 - the name in the path
    raise CardNotFound


async def hot(request: HotRequest) -> Answer:
    if request.body == b'"broken"':
        raise RuntimeError("a hot bug")
    if request.body == b'"lost"':
        raise CardNotFound
    return Answer(200, request.body)


@pytest.fixture
def service(service_on: Callable[..., Service]) -> Service:
    made = service_on()
    made.include(router)
    made.hot["POST", "/hot"] = hot
    return made


@pytest.fixture
async def http(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(service.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as made:
        yield made


def problem(response: httpx.Response) -> tuple[int, str]:
    """Status and code, after looking at what every problem has."""
    body = response.json()
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["cache-control"] == "no-store"
    assert body["type"] == f"https://shop.example/problems/{body['code']}"
    assert body["status"] == response.status_code
    assert body["request_id"] == response.headers["x-request-id"]
    return response.status_code, body["code"]


JSON = {"content-type": "application/json"}


# -- problems


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not-found"),
        ("GET", "/lost/", 404, "not-found"),
        ("GET", "/hot", 404, "not-found"),
        ("DELETE", "/lost", 405, "method-not-allowed"),
        ("GET", "/lost", 404, "card-not-found"),
        ("GET", "/broken", 500, "internal-error"),
        ("GET", "/cut-off", 503, "upstream-unavailable"),
        ("GET", "/docs", 404, "not-found"),
        ("GET", "/openapi.json", 404, "not-found"),
    ],
)
async def test_everything_that_goes_wrong_is_a_problem(
    http: httpx.AsyncClient, method: str, path: str, status: int, code: str
):
    assert problem(await http.request(method, path)) == (status, code)


async def test_a_method_that_is_not_possible_is_told_which_are(http: httpx.AsyncClient):
    assert (await http.delete("/lost")).headers["allow"] == "GET"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{not json", 400, "malformed-request"),
        (b"\xff\xfe{}", 400, "malformed-request"),
        (b"[" * 60_000, 400, "malformed-request"),
        (b'{"label": "a", "weight_grams": ' + b"9" * 5000 + b"}", 422, "validation-failed"),
        (b'{"label": "a", "weight_grams": 1e99}', 422, "validation-failed"),
        (b'{"label": "a", "weight_grams": NaN}', 422, "validation-failed"),
        (b'{"label": "a\\u0000", "weight_grams": 1}', 422, "validation-failed"),
        (b'{"label": "\\ud800", "weight_grams": 1}', 422, "validation-failed"),
        (b'{"label": "a", "weight_grams": 1, "colour": 1}', 422, "validation-failed"),
        (b"null", 422, "validation-failed"),
        (b"[]", 422, "validation-failed"),
        (b"", 422, "validation-failed"),
        (b"x" * 70_000, 413, "body-too-large"),
    ],
    ids=lambda value: repr(value)[:30],
)
async def test_a_bad_body_is_a_problem_and_never_a_fault(
    http: httpx.AsyncClient, body: bytes, status: int, code: str
):
    assert problem(await http.post("/letters", content=body, headers=JSON)) == (status, code)


async def test_a_body_without_a_length_is_measured_as_it_comes(http: httpx.AsyncClient):
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 1000

    assert problem(await http.post("/hot", content=endless(), headers=JSON)) == (413, "body-too-large")


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded"])
async def test_a_body_that_is_not_called_json_is_refused(http: httpx.AsyncClient, kind: str | None):
    headers = {"content-type": kind} if kind else {}

    assert problem(await http.post("/letters", content=b"{}", headers=headers)) == (
        415,
        "unsupported-media-type",
    )


@pytest.mark.parametrize(
    "kind", ["application/json; charset=utf-8", "Application/JSON", "application/merge-patch+json"]
)
async def test_json_may_be_called_json_in_several_ways(http: httpx.AsyncClient, kind: str):
    body = b'{"label": "a", "weight_grams": 1}'

    assert (await http.post("/letters", content=body, headers={"content-type": kind})).status_code == 200


async def test_who_may_is_asked_before_the_body_and_the_key_is(http: httpx.AsyncClient, keys: Keys):
    body = {"label": "", "weight_grams": 0}
    manager = keys.bearer(Caller("manager", uuid7(), user_id=uuid7()))
    owner = keys.bearer(Caller("owner", uuid7(), user_id=uuid7()))

    assert problem(await http.post("/parcels/3", json=body)) == (401, "unauthenticated")
    assert problem(await http.post("/parcels/3", json=body, headers=manager)) == (403, "forbidden")
    assert problem(await http.post("/parcels/3", json=body, headers=owner)) == (
        400,
        "idempotency-key-missing",
    )
    key = {"idempotency-key": "0123456789abcdef"}
    assert problem(await http.post("/parcels/3", json=body, headers=owner | key)) == (
        422,
        "validation-failed",
    )


# -- hot routes


async def test_a_hot_route_answers_like_any_other(http: httpx.AsyncClient):
    good = await http.post("/hot", content=b'{"a": 1}', headers=JSON)

    assert (good.status_code, good.content) == (200, b'{"a": 1}')
    assert {"x-request-id", "traceparent", "cache-control", "content-length"} <= set(good.headers)
    assert problem(await http.post("/hot", content=b'"lost"', headers=JSON)) == (404, "card-not-found")
    assert problem(await http.post("/hot", content=b'"broken"', headers=JSON)) == (500, "internal-error")


async def test_half_a_request_is_none(service: Service):
    arrived: list[HotRequest] = []

    async def note(request: HotRequest) -> Answer:
        arrived.append(request)
        return Answer(200, b"{}")

    service.hot["POST", "/half"] = note
    messages = iter([{"type": "http.request", "body": b"{}", "more_body": True}, {"type": "http.disconnect"}])
    sent: list[Any] = []

    async def receive() -> Any:
        return next(messages)

    async def send_message(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "http_version": "1.1",
        "path": "/half",
        "raw_path": b"/half",
        "headers": [(b"host", b"toy"), (b"content-type", b"application/json")],
    }
    await service.app(scope, receive, send_message)

    assert (arrived, sent) == ([], [])


# -- ids, headers, lines, metrics


async def test_good_ids_are_taken_over_and_bad_ones_replaced(http: httpx.AsyncClient):
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    good = await http.get("/health/live", headers={"x-request-id": "till-7", "traceparent": parent})
    bad = await http.get("/health/live", headers={"x-request-id": "a b\x7f", "traceparent": "00-0-0-00"})

    assert (good.headers["x-request-id"], good.headers["traceparent"]) == ("till-7", parent)
    assert len(bad.headers["x-request-id"]) == 36
    assert len(bad.headers["traceparent"]) == 55


async def test_nothing_is_cached_unless_a_route_says_so(http: httpx.AsyncClient):
    assert (await http.get("/health/live")).headers["cache-control"] == "no-store"
    assert (await http.get("/kept")).headers["cache-control"] == "max-age=60"


async def test_a_line_holds_the_template_and_ids_but_no_path_query_or_body(
    http: httpx.AsyncClient, service: Service, keys: Keys, capsys: pytest.CaptureFixture[str]
):
    owner = Caller("owner", uuid7(), user_id=uuid7())
    ids = {"idempotency-key": "0123456789abcdef", "x-request-id": "till-7"}
    body = {"label": "for-robin", "weight_grams": 5}

    await http.post("/parcels/4711?to=robin", json=body, headers=keys.bearer(owner) | ids)
    service.lines.flush()

    written = capsys.readouterr().out
    line = json.loads(written)
    assert (line["route"], line["method"], line["status"]) == ("/parcels/{place}", "POST", 200)
    assert (line["request_id"], line["caller"]) == ("till-7", f"owner:{owner.user_id}")
    assert not [word for word in ("4711", "robin", "0123456789abcdef") if word in written]


async def test_an_unknown_path_is_not_written_down(
    http: httpx.AsyncClient, service: Service, capsys: pytest.CaptureFixture[str]
):
    await http.get("/secret-token-in-a-path")
    await http.post("/hot", content=b"{}", headers=JSON)
    service.lines.flush()

    routes = [json.loads(line)["route"] for line in capsys.readouterr().out.splitlines()]
    assert routes == ["unknown", "/hot"]


async def test_health_and_metrics_leave_no_lines(
    http: httpx.AsyncClient, service: Service, capsys: pytest.CaptureFixture[str]
):
    await http.get("/health/live")
    metrics = await http.get("/metrics")
    service.lines.flush()

    assert capsys.readouterr().out == ""
    assert 'http_requests_total{method="GET",route="/health/live",status="200"}' in metrics.text


async def test_a_fault_is_logged_with_its_place_but_without_the_values_it_came_with(
    http: httpx.AsyncClient, service: Service, caplog: pytest.LogCaptureFixture
):
    async def leaky(request: HotRequest) -> Answer:
        raise ValueError(words)

    words = "duplicate key\nDETAIL:  Key (email)=(robin@shop.example) exists"
    service.hot["POST", "/leaky"] = leaky
    with caplog.at_level(logging.ERROR, "punchcard"):
        await http.post("/leaky", content=b"{}", headers=JSON)

    (record,) = caplog.records
    line = telemetry._JsonLines("cards").format(record)
    assert "ValueError: duplicate key" in line
    assert "in leaky" in line
    assert "robin" not in line


# -- health


async def test_a_service_without_its_database_lives_but_is_not_ready(http: httpx.AsyncClient):
    live, ready = await http.get("/health/live"), await http.get("/health/ready")

    assert (live.status_code, ready.status_code) == (200, 503)
    assert ready.json() == {"status": "not ready", "database": "does not answer", "messages": "ok"}


async def test_a_service_is_ready_when_all_its_parts_are(
    service_on: Callable[..., Service], plain_database: str
):
    service, loaded = service_on(plain_database), False
    service.ready_when("projection", lambda: loaded)
    async with client(service.app) as http:
        assert (await http.get("/health/ready")).json()["projection"] == "not yet"

        loaded = True
        ready = await http.get("/health/ready")

    assert (ready.status_code, ready.json()["status"]) == (200, "ready")
    await service.engine.dispose()


# -- what it says of itself


async def test_the_events_of_a_service_are_described_by_it(http: httpx.AsyncClient):
    document = (await http.get("/asyncapi.json")).json()
    channel = document["channels"]["cards-events"]
    message = document["components"]["messages"]["cards.card-changed.v1"]

    schema = await http.get("/" + message["payload"]["schema"]["$ref"].removeprefix("../"))

    assert channel["address"] == "cards-events"
    assert schema.json()["$id"] == "/schemas/cards.card-changed.v1.json"
    assert problem(await http.get("/schemas/unheard-of.v1.json")) == (404, "not-found")
    assert problem(await http.get("/schemas/..%2Ftopics.yaml")) == (404, "not-found")
    assert problem(await http.get("/schemas/..")) == (404, "not-found")


def test_the_openapi_document_tells_who_may_call_and_hides_what_is_internal(service: Service):
    document = openapi_of(service)

    operation = document["paths"]["/parcels/{place}"]["post"]
    assert operation["x-callers"] == ["owner"]
    assert {"name": "idempotency-key", "required": True}.items() <= next(
        row for row in operation["parameters"] if row["in"] == "header"
    ).items()
    assert not [path for path in document["paths"] if path.startswith(("/internal", "/health", "/metrics"))]


# -- background work


async def test_work_that_fails_is_started_again(service: Service):
    tries = 0
    done = asyncio.Event()

    async def unlucky() -> None:
        nonlocal tries
        tries += 1
        if tries < 2:
            raise ConnectionError("not yet")
        done.set()

    task = asyncio.create_task(service._keep_going("unlucky", unlucky))
    await asyncio.wait_for(done.wait(), 3)
    await task

    assert tries == 2


async def test_what_cannot_be_closed_does_not_keep_the_rest_open(service_on: Callable[..., Service]):
    service = service_on(shutdown_grace_s=0.2)
    closed = []

    async def first() -> None:
        closed.append("first")

    async def failing() -> None:
        raise RuntimeError("cannot be closed")

    service.at_close(first)
    service.at_close(failing)
    async with service._lifespan(service.http):
        pass

    assert closed == ["first"]
