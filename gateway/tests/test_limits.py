"""Limits at the door: whom they count, what they answer, in which order, and what replicas know."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import httpx
import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from gateway.edge.limits import Limits
from gateway.edge.limits.settling import Settling
from gateway.settings import GatewaySettings

VENDOR, PUBLIC, AUTH = "/api/v1/vendor/loyalty", "/api/v1/loyalty", "/api/v1/auth"
STAMP, LOOKUP, ENROL, TOKEN = f"{VENDOR}/stamp", f"{VENDOR}/cards/lookup", f"{PUBLIC}/enroll", f"{AUTH}/token"
PROXY = "127.0.0.1"
REPLAY = (200, {"transaction_id": "t"}, {"idempotency-replayed": "true"})
NEW = (200, {"transaction_id": "t"}, {})


async def stamp(
    house: Any, key: str = "an-idempotency-key-1", path: str = STAMP, **body: Any
) -> httpx.Response:
    async with house.as_till(idempotency_key=key) as till:
        return await till.post(path, json={"qr": "x", **body})


async def sign_in(house: Any, email: Any = "ana@shop.example", address: str = "192.0.2.1") -> httpx.Response:
    async with house.calls(x_forwarded_for=address) as somebody:
        return await somebody.post(TOKEN, json={"email": email, "password": "p"})


def is_limited(answer: httpx.Response) -> bool:
    return (answer.status_code, answer.json().get("code")) == (429, "rate-limited")


# -- at a till


async def test_the_last_move_of_a_minute_is_made_and_the_next_one_is_told_when_to_come_back(make_house):
    house = make_house(limit_stamps_per_minute=3)
    house.ledger.answer("POST", STAMP, NEW, NEW, NEW, (204, None, {}))

    answers = [await stamp(house) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["ratelimit-policy"] for answer in answers] == ['"stamps";q=3;w=60'] * 4
    assert [answer.headers["ratelimit"].split(";t=")[0] for answer in answers] == [
        f'"stamps";r={left}' for left in (2, 1, 0, 0)
    ]
    refused = answers[3]
    wait_s = int(refused.headers["retry-after"])
    assert 59 <= wait_s <= 60
    assert refused.json()["detail"] == f"Try again in {wait_s} seconds"
    assert refused.json()["retryable"] is True
    assert refused.headers["content-type"] == "application/problem+json"


async def test_stamps_points_and_look_ups_are_counted_apart_and_each_two_moves_together(make_house):
    house = make_house(limit_stamps_per_minute=2, limit_points_per_minute=2, limit_lookups_per_minute=1)
    for move in ("stamp", "stamp/redeem", "points/earn", "points/redeem"):
        house.ledger.answer("POST", f"{VENDOR}/{move}", NEW, (204, None, {}))
    house.cards.answer("POST", LOOKUP, (404, {"code": "card-not-found"}, {}))

    for kind in (("stamp", "stamp/redeem"), ("points/earn", "points/redeem")):
        for move in kind:
            assert (await stamp(house, path=f"{VENDOR}/{move}")).status_code == 200
        assert is_limited(await stamp(house, path=f"{VENDOR}/{kind[0]}"))
    assert (await stamp(house, path=LOOKUP)).status_code == 404
    assert is_limited(await stamp(house, path=LOOKUP))


async def test_each_caller_has_a_minute_of_their_own(make_house):
    house = make_house(limit_stamps_per_minute=1)
    house.ledger.answer("POST", STAMP, NEW, (204, None, {}), NEW)

    assert (await stamp(house)).status_code == 200
    assert is_limited(await stamp(house))
    async with house.as_owner(idempotency_key="an-idempotency-key-2") as owner:
        assert (await owner.post(STAMP, json={"qr": "x"})).status_code == 200


@pytest.mark.parametrize("status", [409, 404, 422, 423, 503])
async def test_refused_moves_count(make_house, status):
    house = make_house(limit_stamps_per_minute=1)
    house.ledger.answer("POST", STAMP, (status, {"code": "x"}, {}), (204, None, {}))

    assert (await stamp(house)).status_code == status
    assert is_limited(await stamp(house))


async def test_dry_runs_count_and_are_refused_alike(make_house):
    house = make_house(limit_stamps_per_minute=1)
    house.ledger.answer("POST", STAMP, NEW, (204, None, {}))

    assert (await stamp(house, dry_run=True)).status_code == 200
    assert is_limited(await stamp(house, dry_run=True))


async def test_what_comes_before_the_limit_does_not_count(make_house):
    house = make_house(limit_stamps_per_minute=1)
    house.ledger.answer("POST", STAMP, NEW)

    async with house.as_till(content_type="application/json") as till:
        assert (await till.post(STAMP, content=b"{")).status_code == 400
        assert (await till.post(STAMP, json={"qr": "x"})).json()["code"] == "idempotency-key-missing"
    assert (await stamp(house, staff={"code": "7"})).status_code == 422
    async with house.calls(authorization="Bearer pk_live_x", idempotency_key="k" * 16) as stranger:
        assert (await stranger.post(STAMP, json={"qr": "x"})).status_code == 401

    assert (await stamp(house)).status_code == 200


async def test_a_replay_is_answered_before_the_limit_and_takes_no_room(make_house):
    house = make_house(limit_stamps_per_minute=1)
    house.ledger.answer("POST", STAMP, REPLAY, NEW, REPLAY, (204, None, {}))

    first = await stamp(house)
    assert first.headers["ratelimit"].startswith('"stamps";r=1')
    assert (await stamp(house)).status_code == 200

    known = await stamp(house)
    assert (known.status_code, known.json()) == REPLAY[:2]
    assert is_limited(await stamp(house, key="an-idempotency-key-2"))
    assert ["x-probe" in seen.headers for seen in house.ledger.asked] == [False, False, True, True]


async def test_a_wrong_body_is_named_before_the_limit(make_house):
    house = make_house(limit_stamps_per_minute=1)
    house.ledger.answer("POST", STAMP, NEW, (422, {"code": "validation-failed"}, {}))

    await stamp(house)

    assert (await stamp(house)).json()["code"] == "validation-failed"


async def test_the_limit_comes_before_staff_approval(make_house):
    house = make_house(limit_stamps_per_minute=1)
    house.ledger.answer("POST", STAMP, NEW, (204, None, {}))

    await stamp(house)

    assert is_limited(await stamp(house, staff={"code": "07", "pin": "482913"}))
    assert house.auth_pins.asked == []


async def test_a_void_over_the_limit_is_put_as_a_question_too(make_house):
    house = make_house(limit_corrections_per_minute=1)
    path = f"{VENDOR}/points/void"
    house.ledger.answer("POST", path, NEW, (204, None, {}), REPLAY)

    answers = [await stamp(house, path=path) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 429, 200]
    assert answers[0].headers["ratelimit-policy"] == '"corrections";q=1;w=60'
    assert ["x-probe" in seen.headers for seen in house.ledger.asked] == [False, True, True]


@pytest.mark.parametrize("path", [STAMP, f"{VENDOR}/points/void", ENROL])
async def test_a_probe_is_ours_to_make_one_from_outside_goes_no_further(house, path):
    async with house.as_till(idempotency_key="k" * 16, x_probe="1") as till:
        assert (await till.post(path, json={})).status_code == 200

    (seen,) = [seen for stand_in in house.services.values() for seen in stand_in.asked]
    assert "x-probe" not in seen.headers


async def test_headers_come_with_refusals_of_our_own_too_and_with_no_other_route(make_house):
    house = make_house()
    await house.ledger.stop()

    assert "ratelimit" in (await stamp(house)).headers
    async with house.as_till() as till:
        assert "ratelimit" not in (await till.get(f"{VENDOR}/program")).headers


async def test_a_caller_has_room_again_when_the_minute_is_over(make_house, monkeypatch):
    house = make_house(limit_stamps_per_minute=1)
    house.ledger.answer("POST", STAMP, NEW, (204, None, {}), NEW)
    assert (await stamp(house)).status_code == 200
    assert is_limited(await stamp(house))

    shift = time.time() + 60
    limits = limits_of(house)
    monkeypatch.setattr(limits, "clock", lambda: shift)

    assert (await stamp(house)).status_code == 200


def limits_of(house: Any) -> Limits:
    """The one that this gateway's background work settles."""
    (run,) = [run for name, run in house.service._background if name == "limits"]
    return run.__self__._limits


# -- from an address


async def test_an_address_signs_in_ten_times_and_an_account_from_there_five_times(make_house):
    house = make_house(trusted_proxies=PROXY)

    for _ in range(5):
        answer = await sign_in(house)
        assert answer.status_code == 200
    assert answer.headers["ratelimit-policy"] == '"sign-ins";q=10;w=60, "account-sign-ins";q=5;w=60'
    assert answer.headers["ratelimit"].split(", ")[1].startswith('"account-sign-ins";r=0;t=')
    assert is_limited(await sign_in(house))
    assert is_limited(await sign_in(house, " ANA@shop.example "))
    for number in range(5):
        assert (await sign_in(house, f"other{number}@shop.example")).status_code == 200
    assert is_limited(await sign_in(house, "one-more@shop.example"))
    assert (await sign_in(house, address="192.0.2.2")).status_code == 200


async def test_an_account_alone_is_slowed_down_and_never_refused(make_house):
    house = make_house(trusted_proxies=PROXY, slow_sign_ins_per_minute=2)

    seconds = []
    for number in range(4):
        began = time.monotonic()
        assert (await sign_in(house, address=f"192.0.2.{number}")).status_code == 200
        seconds.append(time.monotonic() - began)

    assert max(seconds[:2]) < 0.2
    assert seconds[2] > 0.24
    assert seconds[3] > 0.49


@pytest.mark.parametrize("email", [None, 7, {"a": 1}])
async def test_a_sign_in_that_names_no_account_counts_for_its_address(make_house, email):
    house = make_house(limit_sign_ins_per_minute=1)

    assert (await sign_in(house, email)).status_code == 200
    assert is_limited(await sign_in(house, email))


async def test_addresses_are_those_of_the_connection_unless_a_proxy_is_trusted(make_house):
    house = make_house(limit_sign_ins_per_minute=1)

    assert (await sign_in(house, address="192.0.2.1")).status_code == 200
    assert is_limited(await sign_in(house, "other@shop.example", address="192.0.2.2"))


async def test_an_ipv6_network_counts_as_one_address(make_house):
    house = make_house(trusted_proxies=PROXY, limit_sign_ins_per_minute=1)

    assert (await sign_in(house, "a@x.example", "2001:db8:1:2::1")).status_code == 200
    assert is_limited(await sign_in(house, "b@x.example", "2001:db8:1:2:ffff::9"))
    assert (await sign_in(house, "c@x.example", "2001:db8:1:3::1")).status_code == 200
    assert (await sign_in(house, "d@x.example", "::ffff:192.0.2.7")).status_code == 200
    assert is_limited(await sign_in(house, "e@x.example", "192.0.2.7"))


async def test_enrolments_are_counted_by_the_hour_and_a_known_key_is_answered_still(make_house):
    house = make_house(limit_enrolments_per_hour=1)
    house.cards.answer("POST", ENROL, (201, {}, {}), REPLAY, (204, None, {}))

    async with house.calls(idempotency_key="k" * 16) as somebody:
        answers = [await somebody.post(ENROL, json={}) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [201, 200, 429]
    assert answers[0].headers["ratelimit-policy"] == '"enrolments";q=1;w=3600'
    assert 3500 < int(answers[2].headers["retry-after"]) <= 3600


async def test_links_are_read_so_often_from_an_address_whatever_card_they_show(make_house):
    house = make_house(limit_link_reads_per_minute=2)

    async with house.calls() as somebody:
        answers = [await somebody.get(f"{PUBLIC}/cards/token{number}") for number in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].headers["ratelimit-policy"] == '"link-reads";q=2;w=60'


async def test_each_device_and_each_pass_has_a_limit_of_its_own(make_house):
    house = make_house(limit_device_calls_per_minute=2)
    apple = f"{PUBLIC}/apple/v1"
    registering = [f"{apple}/devices/d1/registrations/t/{number}" for number in range(3)]

    async with house.calls() as somebody:
        registered = [await somebody.post(path, json={}) for path in registering]
        listed = await somebody.get(f"{apple}/devices/d1/registrations/t")
        other = await somebody.get(f"{apple}/devices/d2/registrations/t")
        fetched = [await somebody.get(f"{apple}/passes/t/s1") for _ in range(3)]
        another = await somebody.get(f"{apple}/passes/t/d1")
        told = [await somebody.post(f"{apple}/log", json={}) for _ in range(3)]

    assert [answer.status_code for answer in registered] == [200, 200, 429]
    assert (listed.status_code, other.status_code) == (429, 200)
    assert [answer.status_code for answer in fetched] == [200, 200, 429]
    assert another.status_code == 200
    assert [answer.status_code for answer in told] == [200, 200, 429]
    assert told[2].headers["ratelimit-policy"] == '"device-calls";q=2;w=60'


# -- replicas


def settled(house: Any) -> Settling:
    return Settling(limits_of(house), house.service.engine, every_ms=10)


async def test_replicas_learn_what_the_others_counted(make_house):
    one, two = make_house(limit_stamps_per_minute=3), make_house(limit_stamps_per_minute=3)
    two.terminal = one.terminal
    for house in (one, two):
        house.ledger.answer("POST", STAMP, NEW)
    await stamp(one)
    await stamp(one)
    await stamp(two)

    await settled(one).settle()
    await settled(two).settle()

    one.ledger.answer("POST", STAMP, (204, None, {}))
    assert is_limited(await stamp(two))


async def test_no_address_account_or_terminal_can_be_read_in_the_database(make_house, database):
    house = make_house(trusted_proxies=PROXY)
    await sign_in(house)
    await settled(house).settle()

    with psycopg.connect(database("gateway").app_url) as connection:
        rows = connection.execute("SELECT who, times, gone_at FROM limit_counts").fetchall()

    assert len(rows) >= 3
    assert all(len(who) == 16 and times > 0 and gone_at > time.time() + 50 for who, times, gone_at in rows)


async def test_without_the_database_each_replica_counts_and_tells_later(make_house, monkeypatch):
    house = make_house(limit_stamps_per_minute=2)
    house.ledger.answer("POST", STAMP, NEW, NEW, (204, None, {}))
    settling = settled(house)

    async def away(*_):
        raise OperationalError("connect", {}, Exception("away"))

    with monkeypatch.context() as patch:
        patch.setattr(settling, "_exchange", away)
        await stamp(house)
        with pytest.raises(OperationalError):
            await settling.settle()
        await stamp(house)
    assert is_limited(await stamp(house))

    (count,) = limits_of(house).touched.values()
    await settling.settle()
    assert limits_of(house).touched == {}
    assert count.total == 2


async def test_what_is_over_is_forgotten_here_and_in_the_database(make_house, monkeypatch, database):
    house = make_house()
    house.ledger.answer("POST", STAMP, NEW)
    await stamp(house)
    settling, limits = settled(house), limits_of(house)
    await settling.settle()
    later = time.time() + 4000
    monkeypatch.setattr(limits, "clock", lambda: later)

    limits.forget_old()
    await settling._forget()

    assert not any(limits._counts.values())
    with psycopg.connect(database("gateway").app_url) as connection:
        assert connection.execute("SELECT count(*) FROM limit_counts").fetchone() == (0,)


async def test_memory_is_bounded_also_while_nothing_can_be_told_and_addresses_push_no_till_out(
    make_house, monkeypatch
):
    house = make_house(trusted_proxies=PROXY)
    monkeypatch.setattr("gateway.edge.limits.COUNTS_KEPT", 3)
    house.ledger.answer("POST", STAMP, NEW)
    await stamp(house)
    for number in range(8):
        await sign_in(house, None, address=f"192.0.2.{number}")

    limits = limits_of(house)
    assert {name: len(counts) for name, counts in limits._counts.items()} == {"stamps": 1, "sign-ins": 3}
    assert len(limits.touched) == 4
    later = time.time() + 61
    monkeypatch.setattr(limits, "clock", lambda: later)
    limits.forget_old()
    assert limits.touched == {}


async def test_many_callers_are_settled_in_turns(make_house, monkeypatch, database):
    monkeypatch.setattr("gateway.edge.limits.settling.SETTLED_AT_ONCE", 3)
    with psycopg.connect(database("gateway").app_url) as connection:
        connection.execute("DELETE FROM limit_counts")
    house = make_house(trusted_proxies=PROXY)
    for number in range(5):
        await sign_in(house, None, address=f"192.0.2.{number}")
    settling = settled(house)

    await settling.settle()
    assert len(limits_of(house).touched) == 2
    await settling.settle()

    assert limits_of(house).touched == {}
    with psycopg.connect(database("gateway").app_url) as connection:
        assert connection.execute("SELECT count(*) FROM limit_counts").fetchone() == (5,)


# -- two processes


@pytest.fixture
def processes(house: Any, services: Any, database: Any) -> Iterator[list[str]]:
    """Two gateways as they are run, on one database, with three stamps a minute."""
    urls, children = [], []
    names = {f"{name.replace('-', '_')}_url": f"unix:{s.socket}" for name, s in services.items()}
    given = house.keys.settings("gateway", database("gateway").app_url, **names)
    for _ in range(2):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        env = {name.upper(): str(value) for name, value in given.items()}
        env |= {"HTTP_PORT": str(port), "LIMIT_STAMPS_PER_MINUTE": "3", "LIMITS_SETTLE_MS": "50"}
        env |= {"PATH": os.environ["PATH"], "SHUTDOWN_GRACE_S": "0"}
        children.append(
            subprocess.Popen([sys.executable, "-m", "gateway.main"], env=env, stdout=subprocess.DEVNULL)
        )
        urls.append(f"http://127.0.0.1:{port}")
    yield urls
    for child in children:
        child.terminate()
    for child in children:
        child.wait(timeout=15)


async def test_two_processes_share_a_tills_minute(house, processes):
    headers = {"authorization": f"Bearer {house.api_key()}", "idempotency-key": "k" * 16}
    async with httpx.AsyncClient(headers=headers, timeout=10) as till:
        for url in processes:
            await _answers(till, url)
        house.ledger.answer("POST", STAMP, (204, None, {}))  # to a stamp as to a question
        statuses = []
        for number in range(8):
            answer = await till.post(f"{processes[number % 2]}{STAMP}", json={"qr": "x"})
            statuses.append(answer.status_code)
            await asyncio.sleep(0.3)

    # Each knows what the other counted until it was last called itself: at most one goes through too much.
    assert statuses.count(204) in (3, 4)
    assert statuses[4:] == [429] * 4


async def _answers(till: httpx.AsyncClient, url: str) -> None:
    for _ in range(200):
        try:
            await till.get(f"{url}/health/live")
            return
        except httpx.TransportError:
            await asyncio.sleep(0.1)
    raise AssertionError(f"{url} does not answer")


# -- settings


def test_the_limits_are_those_of_the_api():
    fields = GatewaySettings.model_fields

    defaults = {name: field.default for name, field in fields.items() if name.startswith("limit_")}
    assert defaults == {
        "limit_stamps_per_minute": 60,
        "limit_points_per_minute": 60,
        "limit_corrections_per_minute": 20,
        "limit_lookups_per_minute": 120,
        "limit_staff_sessions_per_minute": 20,
        "limit_enrolments_per_hour": 10,
        "limit_sign_ins_per_minute": 10,
        "limit_link_reads_per_minute": 60,
        "limit_device_calls_per_minute": 300,
        "limit_account_sign_ins_per_minute": 5,
    }
