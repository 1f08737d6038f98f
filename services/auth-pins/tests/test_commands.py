"""Commands on a real database: what is counted when, what runs side by side, what is told."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID

import bcrypt
import pytest

from auth_pins.commands import upkeep
from auth_pins.commands.users import ensure_first_admin
from auth_pins.domain import weakness_of_pin
from auth_pins.hashing import Hashing, Seat
from auth_pins.store import users
from auth_pins.tokens import api_key, new_secret, sha256_of
from contracts.auth_pins import SIGNING_KEYS_ID
from kit.identity import Caller, public_x
from kit.ids import now, uuid7

from .conftest import AUTH, PASSWORD, PIN, VENDOR, WRONG_PIN, Till, code_of, post

NOBODYS_CODE = "99"


def statuses(answers: list) -> Counter[tuple[int, str]]:
    return Counter((a.status_code, a.json().get("code", "")) for a in answers)


# -- attempts


async def test_a_wrong_pin_counts_before_it_is_hashed(house, till, monkeypatch):
    await house.new_staff()
    seen = []

    async def look(self: Seat, pin: str, kept: str | None) -> bool:
        row = await house.rows("SELECT counted FROM pin_attempts")
        tries = await house.rows("SELECT is_wrong FROM pin_tries")
        seen.append(([r.counted for r in row], [r.is_wrong for r in tries]))
        return False

    monkeypatch.setattr(Seat, "is_pin", look)
    await till.enter(pin=WRONG_PIN)
    await till.enter(pin=WRONG_PIN)

    assert seen == [([1], [False]), ([2], [True, False])]


async def test_an_attempt_stays_counted_when_the_process_ends_while_it_is_hashed(house, till, monkeypatch):
    await house.new_staff()

    async def die(self: Seat, pin: str, kept: str | None) -> bool:
        raise asyncio.CancelledError

    monkeypatch.setattr(Seat, "is_pin", die)
    for _ in range(5):
        with pytest.raises(asyncio.CancelledError):
            await till.enter(pin=WRONG_PIN)
    monkeypatch.undo()

    assert code_of(await till.enter()) == "staff-locked"


async def test_no_row_is_held_while_a_pin_is_hashed(house, till, monkeypatch):
    await house.new_staff()

    async def look(self: Seat, pin: str, kept: str | None) -> bool:
        for table in ("pin_entries", "pin_attempts", "staff", "terminals"):
            await house.execute(f"SELECT * FROM {table} FOR UPDATE NOWAIT")
        return True

    monkeypatch.setattr(Seat, "is_pin", look)

    assert (await till.enter()).status_code == 200


@pytest.mark.parametrize("code", ["07", NOBODYS_CODE])
async def test_fifty_wrong_pins_at_once_get_no_more_looks_than_the_limit(open_house, monkeypatch, code):
    house = await open_house()
    till = await house.new_till()
    await house.new_staff()
    looks = []
    look = Seat.is_pin

    async def counted(self: Seat, pin: str, kept: str | None) -> bool:
        looks.append(pin)
        return await look(self, pin, kept)

    monkeypatch.setattr(Seat, "is_pin", counted)
    answers = await asyncio.gather(*(till.enter(code, WRONG_PIN) for _ in range(50)))

    assert statuses(answers) == {(403, "staff-approval-invalid"): 4, (423, "staff-locked"): 46}
    assert len(looks) == 5


async def test_wrong_pins_at_several_terminals_and_replicas_share_one_count(open_house):
    one, two = await open_house(), await open_house()
    two.merchant, two.stores = one.merchant, one.stores
    two.owner = one.owner
    tills = [await one.new_till(), await one.new_till(1), await one.new_till()]
    places = zip((0, 1, 0), tills, strict=True)
    twins = [Till(two.as_(_caller(two, t, store)), t.id, t.api_key) for store, t in places]

    answers = await asyncio.gather(*(t.enter("07", WRONG_PIN) for _ in range(5) for t in (*tills, *twins)))

    assert statuses(answers) == {(403, "staff-approval-invalid"): 4, (423, "staff-locked"): 26}


def _caller(house, till, store):
    return Caller("terminal", house.merchant.id, house.stores[store].id, till.id)


async def test_wrong_pins_of_many_codes_at_once_lock_the_terminal_at_the_tenth(house, till):
    codes = [f"C{n}" for n in range(40)]

    answers = await asyncio.gather(*(till.enter(code, WRONG_PIN) for code in codes))

    assert statuses(answers) == {(403, "staff-approval-invalid"): 9, (423, "terminal-locked"): 31}
    assert (await house.rows("SELECT count(*) AS n FROM pin_attempts WHERE counted > 0"))[0].n == 10


async def test_right_pins_at_once_are_all_accepted_although_they_reach_the_limit(house):
    house.change_settings(pin_lockout_attempts=3)
    tills = [await house.new_till() for _ in range(3)]
    await house.new_staff()

    answers = await asyncio.gather(*(till.enter() for till in tills))

    assert [answer.status_code for answer in answers] == [200, 200, 200]


async def test_a_right_pin_among_wrong_ones_is_never_lost_and_leaves_no_lock_behind(house, till):
    await house.new_staff()
    other = await house.new_till()

    for _ in range(4):
        assert code_of(await till.enter(pin=WRONG_PIN)) == "staff-approval-invalid"
    right = await other.enter()
    again = [await other.enter(pin=WRONG_PIN) for _ in range(4)]

    assert right.status_code == 200
    assert statuses(again) == {(403, "staff-approval-invalid"): 4}


async def test_right_pins_at_one_till_at_once_are_all_accepted(open_house):
    house = await open_house()
    till = await house.new_till()
    await house.new_staff()

    answers = await asyncio.gather(*(till.enter() for _ in range(20)))

    assert [answer.status_code for answer in answers] == [200] * 20


async def test_terminals_and_codes_that_cross_do_not_deadlock(house):
    house.change_settings(pin_lockout_attempts=20)
    tills = [await house.new_till() for _ in range(4)]
    codes = ["07", "08", "09"]
    for code in codes:
        await house.new_staff(code)

    async def work(till, code, pin):
        return await till.enter(code, pin)

    answers = await asyncio.gather(
        *(work(till, code, pin) for pin in (PIN, WRONG_PIN) for till in tills for code in codes)
    )

    assert statuses(answers)[200, ""] == 12
    assert statuses(answers)[403, "staff-approval-invalid"] == 12


async def test_resets_and_approvals_at_once_do_not_deadlock(house, till):
    house.change_settings(pin_lockout_attempts=20)
    member = await house.new_staff()

    async def reset():
        return await post(house.owner, f"{VENDOR}/pins/{member['id']}/reset", {"pin": PIN})

    answers = await asyncio.gather(*(call() for _ in range(8) for call in (till.enter, reset)))

    assert {answer.status_code for answer in answers[1::2]} == {204}
    assert {answer.status_code for answer in answers[::2]} <= {200, 403, 423}


async def test_a_pin_that_is_reset_while_it_is_hashed_buys_nothing(house, till, monkeypatch):
    member = await house.new_staff()
    look = Seat.is_pin

    async def slow(self: Seat, pin: str, kept: str | None) -> bool:
        right = await look(self, pin, kept)
        monkeypatch.undo()
        await post(house.owner, f"{VENDOR}/pins/{member['id']}/reset", {"pin": "975310"})
        return right

    monkeypatch.setattr(Seat, "is_pin", slow)

    assert code_of(await till.enter()) == "staff-approval-invalid"
    assert (await till.enter(pin="975310")).status_code == 200


async def test_an_unknown_code_costs_the_same_hash_as_a_known_one(house, till, monkeypatch):
    await house.new_staff()
    await house.new_user()
    costs = []
    check = bcrypt.checkpw

    def noted(text: bytes, kept: bytes) -> bool:
        costs.append(kept[:7])
        return check(text, kept)

    monkeypatch.setattr(bcrypt, "checkpw", noted)
    answers = [await till.enter(code, WRONG_PIN) for code in ("07", NOBODYS_CODE)]
    sign_ins = [await house.sign_in(email, "wrong") for email in ("anna@example.com", "nobody@example.com")]

    assert costs == [b"$2b$04$"] * 4
    for pair in (answers, sign_ins):
        known, unknown = ({**answer.json(), "request_id": ""} for answer in pair)
        assert known == unknown


# -- hashing


async def test_beyond_the_queue_nothing_is_hashed_and_nothing_counts(open_house, monkeypatch):
    house = await open_house(hash_queue_limit=2, hash_wait_ms=100)
    tills = [await house.new_till() for _ in range(3)]
    await house.new_staff()
    gate, looked = asyncio.Event(), asyncio.Barrier(3)

    async def slow(self: Seat, pin: str, kept: str | None) -> bool:
        await looked.wait()
        await gate.wait()
        return False

    monkeypatch.setattr(Seat, "is_pin", slow)
    waiting = [
        asyncio.create_task(tills[0].enter("07", WRONG_PIN)),
        asyncio.create_task(tills[1].enter("08", WRONG_PIN)),
    ]
    await looked.wait()
    beyond = await tills[2].enter("09", WRONG_PIN)
    gate.set()
    await asyncio.gather(*waiting)

    assert code_of(beyond) == "upstream-unavailable"
    assert beyond.headers["retry-after"] == "1"
    assert {row.code_key for row in await house.rows("SELECT code_key FROM pin_attempts")} == {"07", "08"}


async def test_a_seat_that_becomes_free_goes_to_who_waits(house):
    hashing = Hashing(house.desk.settings.model_copy(update={"hash_queue_limit": 1, "hash_wait_ms": 5000}))
    order = []

    async def sit(name: str) -> None:
        async with hashing.seat():
            order.append(name)
            await asyncio.sleep(0.01)

    await asyncio.gather(*(sit(name) for name in "abc"))

    assert order == ["a", "b", "c"]


@pytest.mark.skipif(sys.platform != "linux", reason="threads have a priority of their own on Linux only")
async def test_who_hashes_goes_behind_whoever_waits_for_an_answer(house):
    def niceness() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    assert await house.desk.hashing.run(niceness) > niceness()


async def test_a_password_and_a_pin_of_the_same_signs_have_different_hashes(house):
    async with house.desk.hashing.seat() as seat:
        kept = await seat.hash_pin(PIN)

        assert await seat.is_pin(PIN, kept)
        assert not await seat.is_pin(WRONG_PIN, kept)
        assert not await seat.is_password(PIN, kept)
        assert not await seat.is_pin(PIN, None)


async def test_without_the_pepper_the_hashes_are_worth_nothing(open_house):
    house, other = await open_house(), await open_house(pin_pepper="another")
    async with house.desk.hashing.seat() as seat:
        kept = await seat.hash_pin(PIN)

    async with other.desk.hashing.seat() as seat:
        assert not await seat.is_pin(PIN, kept)


# -- secrets


def test_an_api_key_names_its_terminal_and_ends_with_43_signs():
    terminal_id, secret = uuid7(), new_secret()

    prefix, environment, named, shown = api_key("test", terminal_id, secret).split("_")

    assert (prefix, environment, UUID(named)) == ("pk", "test", terminal_id)
    assert len(shown) == 43
    assert shown.isalnum()
    assert len(sha256_of(shown)) == 64


# -- the start


async def test_the_first_admin_is_made_once_by_replicas_that_start_together(open_house):
    first = {"bootstrap_admin_email": "root@example.com", "bootstrap_admin_password": PASSWORD}
    houses = [await open_house(**first), await open_house(**first)]

    await asyncio.gather(*(ensure_first_admin(house.desk) for house in houses for _ in range(2)))

    assert [u["role"] for u in await houses[0].facts("user")] == ["admin"]
    assert (await houses[1].sign_in("root@example.com")).status_code == 200


async def test_no_first_admin_is_made_beside_another(open_house):
    house = await open_house(bootstrap_admin_email="other@example.com", bootstrap_admin_password=PASSWORD)
    await house.new_admin()

    await ensure_first_admin(house.desk)

    assert (await house.sign_in("other@example.com")).status_code == 401


async def test_the_signing_key_is_told_once(house):
    await asyncio.gather(*(upkeep.tell_signing_keys(house.desk) for _ in range(3)))

    (told,) = await house.facts("signing-keys")
    mine = {"kid": house.desk.signer.kid, "x": public_x(house.desk.signer.public_key)}
    assert (told["id"], told["version"], told["keys"]) == (str(SIGNING_KEYS_ID), 1, [mine])


async def test_a_new_signing_key_is_told_beside_the_one_before_for_an_hour(house, open_house, tmp_path):
    await upkeep.tell_signing_keys(house.desk)
    other_key = house.keys.file("wallet")
    rotated = await open_house(signing_key_file=other_key)

    await upkeep.tell_signing_keys(rotated.desk)
    await house.execute("UPDATE signing_keys SET ends_at = now() WHERE ends_at IS NOT NULL")
    await upkeep.tell_signing_keys(rotated.desk)

    told = await house.facts("signing-keys")
    assert [fact["version"] for fact in told] == [1, 2, 3]
    kids = [[key["kid"] for key in fact["keys"]] for fact in told]
    old, new = house.desk.signer.kid, rotated.desk.signer.kid
    assert kids == [[old], [old, new], [new]]


async def test_what_is_over_is_forgotten_and_the_rest_is_kept(house, till):
    await house.new_user()
    old, live = (await house.sign_in()).json(), (await house.sign_in()).json()
    await house.new_staff()
    await till.enter("07", WRONG_PIN)
    await till.enter("08", WRONG_PIN)
    oldest = (await house.rows("SELECT id FROM pin_tries ORDER BY id"))[0].id
    await house.execute("UPDATE pin_tries SET tried_at = now() - interval '16 min' WHERE id = :id", id=oldest)
    await house.execute("UPDATE pin_attempts SET changed_at = now() - interval '31 d' WHERE code_key = '08'")
    await house.execute(
        "UPDATE sessions SET ended_at = now() - interval '2 days' WHERE id ="
        " (SELECT session_id FROM refresh_tokens WHERE sha256 = :sha256)",
        sha256=sha256_of(old["refresh_token"]),
    )

    await upkeep.forget(house.desk)

    assert (await house.rows("SELECT count(*) AS n FROM pin_tries"))[0].n == 1
    assert [row.code_key for row in await house.rows("SELECT code_key FROM pin_attempts")] == ["07"]
    kept = [row.sha256 for row in await house.rows("SELECT sha256 FROM refresh_tokens")]
    assert kept == [sha256_of(live["refresh_token"])]


async def test_upkeep_says_when_the_first_round_is_done(house):
    work = upkeep.Upkeep(house.desk)
    running = asyncio.create_task(work.run())

    await asyncio.wait_for(work.first_round.wait(), 5)
    running.cancel()

    assert await house.facts("signing-keys")


# -- sessions


async def test_more_sign_ins_than_a_user_may_have_end_the_oldest(house, monkeypatch):
    monkeypatch.setattr("auth_pins.commands.sign_in.SESSIONS_LIVE", 2)
    await house.new_user()

    pairs = [(await house.sign_in()).json() for _ in range(3)]

    refreshed = [
        await house.anyone.post(f"{AUTH}/refresh", json={"refresh_token": pair["refresh_token"]})
        for pair in pairs
    ]
    assert [answer.status_code for answer in refreshed] == [401, 200, 200]
    assert len((await house.facts("user"))[-1]["ended_sessions"]) == 1


async def test_an_ended_session_is_told_until_its_access_tokens_are_over(house):
    user = await house.new_user()
    pair = (await house.sign_in()).json()
    await house.anyone.post("/api/v1/auth/logout", json={"refresh_token": pair["refresh_token"]})

    (ended,) = (await house.facts("user"))[-1]["ended_sessions"]
    ends_at = datetime.fromisoformat(ended["ends_at"])
    assert timedelta(minutes=15) < ends_at - now() < timedelta(minutes=16)

    await house.execute("UPDATE sessions SET refreshed_at = now() - interval '20 minutes'")
    async with house.service.work.read() as conn:
        row = await users.find(conn, UUID(user["id"]))
        assert (await users.state(conn, row, datetime.now(UTC))).ended_sessions == ()


async def test_the_last_two_admins_cannot_both_go(house):
    ids = [await house.new_admin(f"root{n}@example.com") for n in range(2)]

    answers = await asyncio.gather(
        *(
            house.admin.delete(f"/api/v1/admin/loyalty/users/{user}", headers={"if-match": '"1"'})
            for user in ids
        )
    )

    assert sorted(answer.status_code for answer in answers) == [204, 409]


async def test_a_deletion_has_an_id_and_names_who_did_it(house, till):
    await house.owner.delete(f"{VENDOR}/terminals/{till.id}")

    (row,) = await house.rows("SELECT * FROM terminals")
    assert row.deletion_id is not None
    assert row.deleted_by is not None


async def test_neither_pin_nor_password_nor_key_is_anywhere_in_the_database(house, till):
    await house.new_staff()
    await house.new_user()
    pair = (await house.sign_in()).json()
    secrets = [PIN, PASSWORD, till.api_key.rsplit("_", 1)[1], pair["refresh_token"], pair["access_token"]]

    kept = ""
    for table in await house.rows("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'"):
        for row in await house.rows(f"SELECT * FROM {table.name}"):
            kept += str([bytes(value) if isinstance(value, memoryview) else value for value in row])

    assert weakness_of_pin(PIN) is None
    assert till.id.hex in kept.replace("-", "")
    assert [secret for secret in secrets if secret in kept] == []
