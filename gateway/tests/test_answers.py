"""What every answer carries, what browsers of other origins may read, and the pages at the door."""

from __future__ import annotations

import re
import struct
from ipaddress import ip_network
from urllib.robotparser import RobotFileParser

import pytest

from contracts.problem import CODES, MalformedRequest, UpstreamUnavailable
from gateway.edge.addresses import Insiders

VENDOR = "/api/v1/vendor/loyalty"
KEY = "an-idempotency-key-1"
ORIGIN = "https://till.example"


# -- headers


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/nothing"),
        ("GET", f"{VENDOR}/program"),
        ("PUT", f"{VENDOR}/program"),
        ("POST", f"{VENDOR}/stamp"),
        ("POST", f"{VENDOR}/cards/lookup"),
        ("GET", "/"),
        ("GET", "/nothing"),
        ("POST", "/docs"),
        ("GET", "/problems/nothing"),
    ],
)
@pytest.mark.parametrize("known", [True, False])
async def test_every_answer_carries_ids_safety_and_no_store(house, method, path, known):
    house.ledger.answer("POST", f"{VENDOR}/stamp", (200, {}, {}))
    trace = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"
    headers = {"x_request_id": "mine-1", "traceparent": trace, "idempotency_key": KEY}

    async with house.as_till(**headers) if known else house.calls(**headers) as caller:
        answer = await caller.request(method, path)

    assert answer.headers["x-request-id"] == "mine-1"
    assert answer.headers["traceparent"] == trace
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "server" not in answer.headers
    assert "strict-transport-security" not in answer.headers
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["request_id"] == "mine-1"
        assert answer.json()["instance"] == path


async def test_what_is_not_even_a_request_gets_safety_headers_too(house):
    answer = house.service.app.broken(MalformedRequest(), None)

    headers = dict(answer.headers)
    assert headers[b"content-type"] == b"application/problem+json"
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert b"default-src 'none'" in headers[b"content-security-policy"]
    assert {b"x-request-id", b"traceparent", b"referrer-policy"} <= headers.keys()
    assert headers[b"connection"] == b"close"


async def test_ids_that_are_not_well_formed_are_replaced(house):
    async with house.calls(x_request_id="not ok!", traceparent="00-zz") as caller:
        answer = await caller.get("/")

    assert re.fullmatch(r"[0-9a-f-]{36}", answer.headers["x-request-id"])
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", answer.headers["traceparent"])


@pytest.mark.parametrize(
    ("base", "strict"),
    [("https://cards.example.com", True), ("http://127.0.0.1:8000", False), ("http://[::1]:8000", False)],
)
async def test_https_is_insisted_on_outside_this_machine(make_house, base, strict):
    house = make_house(public_base_url=base)

    async with house.calls() as caller:
        answer = await caller.get("/api/v1/nothing")

    assert ("strict-transport-security" in answer.headers) is strict
    assert answer.json()["type"] == f"{base}/problems/not-found"


async def test_a_bug_is_a_problem_too_and_says_nothing_of_itself(house, monkeypatch):
    async def broken(*_):
        raise ZeroDivisionError("secret words")

    monkeypatch.setattr("gateway.clients.Client.ask", broken)
    async with house.as_till(idempotency_key=KEY) as till:
        for answer in (await till.get(f"{VENDOR}/program"), await till.post(f"{VENDOR}/stamp", json={})):
            assert (answer.status_code, answer.json()["code"]) == (500, "internal-error")
            assert "secret words" not in answer.text


@pytest.mark.parametrize(
    ("given", "kept"), [("a" * 64, True), ("A-z09" * 3, True), ("a" * 65, False), ("é", False)]
)
async def test_a_request_id_of_up_to_64_letters_digits_and_dashes_is_taken(house, given, kept):
    async with house.as_till(x_request_id=given) as till:
        answer = await till.get(f"{VENDOR}/program")

    assert (answer.headers["x-request-id"] == given) is kept
    assert house.programs.asked[0].headers["x-request-id"] == answer.headers["x-request-id"]


async def test_a_service_has_two_seconds_and_five_for_a_report(make_house, monkeypatch):
    house, waited = make_house(), []

    async def never(self, *_, timeout_s=None, **__):
        waited.append(timeout_s or self._timeout_s)
        raise UpstreamUnavailable

    monkeypatch.setattr("gateway.clients.Client.ask", never)
    async with house.as_owner() as owner:
        answers = [await owner.get(f"{VENDOR}/program"), await owner.get(f"{VENDOR}/reports/activity")]

    assert waited == [2, 5]
    assert [(answer.status_code, answer.headers["retry-after"]) for answer in answers] == [(503, "1")] * 2


# -- metrics


@pytest.mark.parametrize(
    ("networks", "headers", "status"),
    [
        ("127.0.0.0/8,::1", {}, 200),
        ("", {}, 404),
        ("192.0.2.0/24", {}, 404),
        ("127.0.0.0/8", {"x_forwarded_for": "127.0.0.1"}, 404),
        ("127.0.0.0/8", {"forwarded": "for=127.0.0.1"}, 404),
        ("127.0.0.0/8", {"via": "1.1 proxy"}, 404),
        ("127.0.0.0/8", {"x_real_ip": "127.0.0.1"}, 404),
    ],
)
async def test_metrics_are_for_those_who_connect_from_the_networks_of_the_setting(
    make_house, networks, headers, status
):
    house = make_house(metrics_networks=networks)

    async with house.calls(**headers) as somebody:
        for answer in (await somebody.get("/metrics"), await somebody.head("/metrics")):
            assert answer.status_code == status
    assert Insiders(())({"headers": [], "client": None}), "a unix socket is inside"


@pytest.mark.parametrize(
    ("address", "inside"),
    [("127.0.0.1", True), ("::ffff:127.0.0.1", True), ("::1", False), ("192.0.2.1", False), ("x", False)],
)
def test_an_address_is_compared_as_what_it_is(address, inside):
    insiders = Insiders((ip_network("127.0.0.0/8"),))

    assert insiders({"headers": [], "client": (address, 5)}) is inside


# -- other origins


@pytest.fixture
def browsed(make_house):
    """A gateway that pages of one origin may call."""
    return make_house(cors_origins=f"{ORIGIN},https://shop.example")


async def test_a_page_of_a_known_origin_may_ask_first(browsed):
    asks = {"origin": ORIGIN, "access_control_request_method": "PATCH"}

    async with browsed.calls(**asks) as page:
        answer = await page.options(f"{VENDOR}/program")

    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert answer.headers["access-control-allow-methods"] == "GET, PATCH"
    assert set(answer.headers["access-control-allow-headers"].split(", ")) == {
        *("accept-language", "authorization", "content-type", "idempotency-key", "if-match"),
        *("last-event-id", "traceparent", "x-request-id"),
    }
    assert (answer.headers["access-control-max-age"], answer.headers["vary"]) == ("600", "Origin")
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize("path", [f"{VENDOR}/program", "/api/v1/nothing", "/"])
async def test_a_page_of_a_known_origin_may_read_answers_and_refusals(browsed, path):
    async with browsed.calls(origin=ORIGIN) as page:
        answer = await page.get(path)

    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert "retry-after" in answer.headers["access-control-expose-headers"]
    assert answer.headers["vary"] == "Origin"


async def test_a_page_of_a_known_origin_may_read_all_that_an_answer_tells_in_headers(browsed):
    async with browsed.calls(origin=ORIGIN, authorization="Bearer pk_live_x") as page:
        answer = await page.post(f"{VENDOR}/stamp", json={})

    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (401, ORIGIN)
    assert set(answer.headers["access-control-expose-headers"].split(", ")) == {
        *("content-disposition", "etag", "idempotency-replayed", "location", "ratelimit", "ratelimit-policy"),
        *("retry-after", "traceparent", "www-authenticate", "x-request-id"),
    }


async def test_an_unknown_address_is_unknown_to_a_browser_that_asks_too(browsed):
    async with browsed.calls(origin=ORIGIN, access_control_request_method="GET") as page:
        assert (await page.options("/api/v1/nothing")).status_code == 404


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://till.example", f"{ORIGIN}.evil.example"]
)
async def test_a_page_of_another_origin_may_not(browsed, origin):
    async with browsed.calls(origin=origin, access_control_request_method="PATCH") as page:
        asked, read = await page.options(f"{VENDOR}/program"), await page.get(f"{VENDOR}/program")

    assert asked.status_code == 405
    for answer in (asked, read):
        assert "access-control-allow-origin" not in answer.headers


async def test_without_origins_in_the_settings_nothing_is_said_of_them(house):
    async with house.calls(origin=ORIGIN) as page:
        answer = await page.get("/")

    assert not {"access-control-allow-origin", "vary"} & answer.headers.keys()


# -- pages


@pytest.mark.parametrize("code", sorted(CODES))
async def test_each_problem_has_a_page_that_says_what_to_do(house, code):
    async with house.calls() as anybody:
        answer = await anybody.get(f"/problems/{code}")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert f"<code>{code}</code>" in answer.text
    assert "What to do" in answer.text
    assert "<script" not in answer.text


async def test_all_problems_are_listed_by_their_code(house):
    async with house.calls(accept_language="de") as reader:
        answer = await reader.get("/problems")

    assert answer.status_code == 200
    assert "<h1>Alle Probleme</h1>" in answer.text
    assert [code for code in CODES if f'href="/problems/{code}?lang=de"' not in answer.text] == []


async def test_what_broke_on_our_side_may_work_the_next_time(house):
    async with house.calls() as reader:
        broken = await reader.get("/problems/internal-error")
        paused = await reader.get("/problems/program-inactive")

    assert "The same request may succeed later." in broken.text
    assert "for as long as what stands in its way is as it is" in paused.text


async def test_a_title_names_the_product_once(house):
    async with house.calls() as reader:
        assert "<title>Punchcard API</title>" in (await reader.get("/docs")).text
        assert "· Punchcard</title>" in (await reader.get("/problems")).text


async def test_the_api_is_described_for_tools_and_for_people(house):
    async with house.calls() as anybody:
        document = (await anybody.get("/openapi.json")).json()
        page = await anybody.get("/docs")
        style = await anybody.get("/style.css")

    assert document["openapi"].startswith("3.1")
    assert f"{VENDOR}/stamp" in document["paths"]
    assert f"<code>{VENDOR}/cards/{{card_id}}</code>" in page.text
    assert "<script" not in page.text
    assert "style=" not in page.text
    assert style.headers["content-type"].startswith("text/css")


async def test_googles_robot_may_reach_its_callback_and_no_robot_the_cards(house):
    async with house.calls() as anybody:
        rules = RobotFileParser()
        rules.parse((await anybody.get("/robots.txt")).text.splitlines())

    for robot in ("Googlebot", "AnyBot"):
        assert rules.can_fetch(robot, "/api/v1/loyalty/google/callback")
        assert rules.can_fetch(robot, "/logo.png")
        assert not rules.can_fetch(robot, "/api/v1/loyalty/cards/abc/google")


async def test_there_is_a_logo_for_programs_that_have_none(house):
    async with house.calls() as anybody:
        answer = await anybody.get("/logo.png")

    assert answer.headers["content-type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", answer.content[16:24]) == (660, 660)


async def test_the_description_can_be_switched_off(make_house):
    house = make_house(docs_enabled=False)

    async with house.calls() as anybody:
        assert [(await anybody.get(path)).status_code for path in ("/openapi.json", "/docs")] == [404, 404]
        assert (await anybody.get("/")).json()["name"] == "Punchcard"


async def test_the_front_door_answers_get_and_head(house):
    async with house.calls() as anybody:
        assert (await anybody.get("/")).json()["docs"] == "/docs"
        assert (await anybody.head("/")).content == b""


# -- languages


@pytest.mark.parametrize(
    ("wished", "title"),
    [
        ("fr-LU, de;q=0.5", "Il n’y a rien à cette adresse"),
        ("de", "Unter dieser Adresse gibt es nichts"),
        ("lu", "Op dëser Adress gëtt et näischt"),
        ("pt", "There is nothing at this address"),
    ],
)
@pytest.mark.parametrize("path", ["/nothing", "/api/v1/nothing"])
async def test_a_problem_is_told_in_the_language_of_the_caller(house, wished, title, path):
    async with house.calls(accept_language=wished) as caller:
        assert (await caller.get(path)).json()["title"] == title


async def test_the_services_are_told_the_language_that_was_asked_for(house):
    async with house.as_till(accept_language="lb, fr;q=0.5") as till:
        await till.get(f"{VENDOR}/program")

    assert house.programs.asked[0].headers["accept-language"] == "lb, fr;q=0.5"


@pytest.mark.parametrize(
    ("asked", "wished", "language", "words"),
    [
        ("", "fr", "fr", "Que faire"),
        ("", "lb-LU", "lb", "Wat ze maachen ass"),
        ("?lang=de", "fr", "de", "Was zu tun ist"),
        ("?lang=lu", "fr", "lb", "Wat ze maachen ass"),
        ("?lang=tlh", "fr", "en", "What to do"),
        ("", "", "en", "What to do"),
    ],
)
async def test_the_page_of_a_problem_is_in_the_readers_language(house, asked, wished, language, words):
    async with house.calls(accept_language=wished) as reader:
        answer = await reader.get(f"/problems/stamp-cooldown{asked}")

    assert answer.headers["content-language"] == language
    assert answer.headers["vary"] == "Accept-Language"
    assert f'<html lang="{language}">' in answer.text
    assert words in answer.text
