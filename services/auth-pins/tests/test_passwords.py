"""A forgotten password: the letter, its link, and what nobody learns from the answers."""

from __future__ import annotations

import asyncio
import re
from uuid import UUID

import pytest

from auth_pins.commands.passwords import Forgotten
from auth_pins.commands.upkeep import forget
from auth_pins.domain import RESET_LETTERS
from auth_pins.tokens import sha256_of
from kit.identity import Caller
from kit.ids import uuid7

from .conftest import ADMIN, AUTH, PASSWORD, code_of

NEW_PASSWORD = "eleven loud herons"
MATCH = {"if-match": '"1"'}


async def forgot(house, email="anna@example.com"):
    """Asked for, and worked off as the loop does."""
    answer = await house.anyone.post(f"{AUTH}/password/forgot", json={"email": email})
    while await house.service.http.state.forgotten.answer_one():
        pass
    return answer


async def letters(house):
    return await house.rows("SELECT recipient, subject, body, about FROM letters ORDER BY id")


async def tokens(house):
    """Those of the letters that wait, oldest first."""
    return [re.search(r"#token=(\S+)", letter.body)[1] for letter in await letters(house)]


async def reset(house, token, new=NEW_PASSWORD):
    return await house.anyone.post(f"{AUTH}/password/reset", json={"token": token, "new": new})


async def refresh(house, pair):
    return await house.anyone.post(f"{AUTH}/refresh", json={"refresh_token": pair["refresh_token"]})


async def test_a_letter_in_the_users_language_holds_a_link_with_the_token_in_its_fragment(open_house):
    house = await open_house(public_base_url="https://loyal.example")
    user = await house.new_user("Anna@example.com")
    await house.admin.patch(f"{ADMIN}/users/{user['id']}", json={"locale": "fr"}, headers=MATCH)

    answer = await forgot(house, "ANNA@example.com")

    (letter,) = await letters(house)
    assert (answer.status_code, answer.content) == (202, b"")
    assert (letter.recipient, letter.about) == ("Anna@example.com", UUID(user["id"]))
    assert letter.subject == "Choisissez un nouveau mot de passe pour Punchcard"
    (token,) = await tokens(house)
    assert f"\nhttps://loyal.example/reset-password#token={token}\n" in letter.body
    assert re.fullmatch(r"[0-9A-Za-z]{43}", token)


async def test_the_letter_leaves_by_the_folder_of_the_settings(open_house, tmp_path):
    house = await open_house(mail_folder=tmp_path / "mail")
    await house.new_user()

    await forgot(house)
    await house.desk.mail.send_due()

    assert len(list((tmp_path / "mail").glob("*.eml"))) == 1


async def test_a_token_is_kept_as_a_hash_only(house):
    await house.new_user()
    await forgot(house)

    (token,) = await tokens(house)

    assert [row.sha256 for row in await house.rows("SELECT sha256 FROM reset_tokens")] == [sha256_of(token)]


async def test_a_new_password_by_the_link_ends_all_sessions_and_the_link(house):
    await house.new_user()
    pairs = [(await house.sign_in()).json() for _ in range(2)]
    await forgot(house)
    (token,) = await tokens(house)

    first, again = await reset(house, token), await reset(house, token, "twelve slow badgers")

    assert (first.status_code, first.content) == (204, b"")
    assert (again.status_code, code_of(again)) == (403, "reset-token-invalid")
    assert [(await refresh(house, pair)).status_code for pair in pairs] == [401, 401]
    told = (await house.facts("user"))[-1]
    assert len(told["ended_sessions"]) == 2
    assert told["sessions_revoked_at"]
    assert (await house.sign_in()).status_code == 401
    assert (await house.sign_in(password=NEW_PASSWORD)).status_code == 200


async def test_a_reset_leaves_the_etag_as_it_is(house):
    user = await house.new_user()
    await forgot(house)
    await reset(house, (await tokens(house))[0])

    assert (await house.admin.get(f"{ADMIN}/users/{user['id']}")).headers["etag"] == '"1"'


async def test_of_twenty_resets_with_one_token_at_once_one_counts(house):
    await house.new_user()
    await forgot(house)
    (token,) = await tokens(house)

    answers = await asyncio.gather(*(reset(house, token, f"{NEW_PASSWORD} {n}") for n in range(20)))

    assert sorted(answer.status_code for answer in answers) == [204] + [403] * 19
    won = next(n for n, answer in enumerate(answers) if answer.status_code == 204)
    assert (await house.sign_in(password=f"{NEW_PASSWORD} {won}")).status_code == 200


@pytest.mark.parametrize("token", ["x", "x" * 43, "é", "0" * 256])
async def test_a_token_that_was_never_given_is_refused(house, token):
    answer = await reset(house, token)

    assert (answer.status_code, code_of(answer)) == (403, "reset-token-invalid")


async def test_a_link_ends_after_an_hour_and_is_forgotten(house):
    await house.new_user()
    await forgot(house)
    (token,) = await tokens(house)
    await house.execute(
        "UPDATE reset_tokens SET made_at = made_at - interval '1 h', ends_at = ends_at - interval '1 h'"
    )

    assert code_of(await reset(house, token)) == "reset-token-invalid"
    await forget(house.desk)
    assert await house.rows("SELECT * FROM reset_tokens") == []


async def test_a_user_is_sent_a_few_letters_an_hour_used_ones_included(house):
    await house.new_user()
    await forgot(house)
    await reset(house, (await tokens(house))[0])

    answers = [await forgot(house) for _ in range(5)]

    assert {answer.status_code for answer in answers} == {202}
    made = await house.rows("SELECT made_at FROM reset_tokens")
    assert len(made) == RESET_LETTERS
    await house.execute(
        "UPDATE reset_tokens SET made_at = made_at - interval '1 h', ends_at = ends_at - interval '1 h'"
    )
    await forgot(house)
    assert len(await house.rows("SELECT 1 FROM reset_tokens")) == RESET_LETTERS + 1


async def test_one_used_link_ends_the_others(house):
    await house.new_user()
    await forgot(house)
    await forgot(house)
    first, second = await tokens(house)

    assert (await reset(house, second)).status_code == 204
    assert code_of(await reset(house, first)) == "reset-token-invalid"
    assert await letters(house) == []


@pytest.mark.parametrize("email", ["nobody@example.com", "off@example.com", "gone@example.com", "no e-mail"])
async def test_nobody_else_is_written_to_and_the_answer_is_the_same(house, email):
    off, gone = await house.new_user("off@example.com"), await house.new_user("gone@example.com")
    await house.new_user()
    await house.admin.patch(f"{ADMIN}/users/{off['id']}", json={"is_active": False}, headers=MATCH)
    await house.admin.delete(f"{ADMIN}/users/{gone['id']}", headers=MATCH)

    answer, known = await forgot(house, email), await forgot(house)

    assert (answer.status_code, answer.content) == (known.status_code, known.content) == (202, b"")
    assert answer.headers.keys() == known.headers.keys()
    assert [letter.recipient for letter in await letters(house)] == ["anna@example.com"]


async def test_until_it_is_answered_nothing_is_looked_up(house, monkeypatch):
    """The same statements for a user and for nobody: the time tells nothing."""
    await house.new_user()
    said = []

    async def note(self, email):
        said.append(await ask(self, email))

    ask = Forgotten.ask
    monkeypatch.setattr(Forgotten, "ask", note)
    for email in ("anna@example.com", "nobody@example.com"):
        await house.anyone.post(f"{AUTH}/password/forgot", json={"email": email})

    assert said == [None, None]
    rows = await house.rows("SELECT email_key FROM reset_requests ORDER BY id")
    assert [row.email_key for row in rows] == ["anna@example.com", "nobody@example.com"]
    assert await letters(house) == []


async def test_a_request_outlives_its_process_and_is_answered_once_by_replicas(open_house):
    one, two = await open_house(), await open_house()
    await one.new_user()
    await one.anyone.post(f"{AUTH}/password/forgot", json={"email": "anna@example.com"})

    await asyncio.gather(*(h.service.http.state.forgotten.answer_one() for h in (one, two, one, two)))

    assert len(await letters(two)) == 1
    assert await one.rows("SELECT * FROM reset_requests") == []


async def test_the_loop_writes_the_letter_at_once(house):
    await house.new_user()
    running = asyncio.create_task(house.service.http.state.forgotten.run())
    await asyncio.sleep(0.1)
    await house.anyone.post(f"{AUTH}/password/forgot", json={"email": "anna@example.com"})

    async with asyncio.timeout(4):  # less than until it looks by itself
        while not await letters(house):  # noqa: ASYNC110 - what is waited for is in the database
            await asyncio.sleep(0.02)
    running.cancel()


async def changed_password(house, user):
    me = house.as_(Caller("owner", house.merchant.id, user_id=UUID(user["id"])))
    await me.post(f"{AUTH}/password", json={"current": PASSWORD, "new": "nine calm walruses"})


async def another_e_mail(house, user):
    body = {"email": "new@example.com"}
    await house.admin.patch(f"{ADMIN}/users/{user['id']}", json=body, headers=MATCH)


async def switched_off(house, user):
    await house.admin.patch(f"{ADMIN}/users/{user['id']}", json={"is_active": False}, headers=MATCH)


async def deleted(house, user):
    await house.admin.delete(f"{ADMIN}/users/{user['id']}", headers=MATCH)


@pytest.mark.parametrize("change", [changed_password, another_e_mail, switched_off, deleted])
async def test_a_link_ends_when_what_it_rests_on_changes(house, change):
    user = await house.new_user()
    await forgot(house)
    (token,) = await tokens(house)

    await change(house, user)

    assert code_of(await reset(house, token)) == "reset-token-invalid"
    if change is not switched_off:
        assert await letters(house) == []


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"token": "x", "new": "seven owls"}, "new", "too-short"),
        ({"token": "x", "new": "password1234"}, "new", "too-common"),
        ({"token": "x"}, "new", "required"),
        ({"token": "x\x00", "new": NEW_PASSWORD}, "token", "bad-format"),
        ({"token": "x", "new": NEW_PASSWORD, "user_id": str(uuid7())}, "user_id", "unknown-field"),
    ],
)
async def test_a_wrong_reset_is_refused_with_field_and_code_and_the_link_lives_on(house, body, field, code):
    await house.new_user()
    await forgot(house)
    (token,) = await tokens(house)

    answer = await house.anyone.post(f"{AUTH}/password/reset", json=body)

    assert (answer.status_code, code_of(answer)) == (422, "validation-failed")
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [(field, code)]
    assert (await reset(house, token)).status_code == 204


async def test_no_address_and_no_token_is_in_any_log_line(house, capsys, caplog):
    await house.new_user()
    await forgot(house)
    (token,) = await tokens(house)
    await reset(house, token, "seven owls")
    await reset(house, token)
    house.service.lines.flush()

    said = capsys.readouterr().out + caplog.text

    assert f"{AUTH}/password/reset" in said
    assert [secret for secret in (token, "anna@", NEW_PASSWORD, sha256_of(token)) if secret in said] == []


async def test_a_nul_in_a_token_is_refused_on_every_route_that_takes_one(house):
    paths = {"refresh": "refresh_token", "logout": "refresh_token"}

    for path, field in paths.items():
        answer = await house.anyone.post(f"{AUTH}/{path}", json={field: "a\x00b"})
        assert (answer.status_code, code_of(answer)) == (422, "validation-failed"), path
