"""Nothing of one merchant is visible to another: theirs is answered as what does not exist, byte for byte."""

from __future__ import annotations

import pytest

from kit.ids import uuid7

VENDOR = "/api/v1/vendor/loyalty"
SAME = {"x_request_id": "0197c1c2-asked-twice", "accept_language": "fr"}


@pytest.fixture(scope="module")
def theirs(platform):
    """Merchant A, with a card that has stamps and points."""
    shop = platform.open_shop()
    shop.card = shop.enrol()
    shop.move("stamp", {"card_id": shop.card["id"]})
    shop.move("points/earn", {"card_id": shop.card["id"], "purchase_amount_cents": 5000, "currency": "EUR"})
    return shop


@pytest.fixture(scope="module")
def ours(platform):
    return platform.open_shop()


def looks(answer):
    """All of an answer that somebody could compare."""
    passing = ("date", "traceparent", "ratelimit")
    headers = {name: value for name, value in answer.headers.items() if name not in passing}
    return answer.status_code, headers, answer.content


@pytest.mark.parametrize("move", ["stamp", "stamp/redeem", "points/earn", "points/redeem"])
@pytest.mark.parametrize("name", ["card_id", "qr", "number"])
def test_a_move_on_their_card_is_one_on_no_card(theirs, ours, move, name):
    real = {"card_id": theirs.card["id"], "qr": theirs.card["qr_code"], "number": theirs.card["card_number"]}
    unreal = {"card_id": str(uuid7()), "qr": "x" * len(real["qr"]), "number": "0000-0000-0000"}
    more = {
        "points/earn": {"purchase_amount_cents": 100, "currency": "EUR"},
        "points/redeem": {"reward_id": ours.reward["id"]},
    }.get(move, {})
    before = theirs.transactions(theirs.card["id"])

    of_theirs = ours.ask(move, {name: real[name], **more}, **SAME)
    of_none = ours.ask(move, {name: unreal[name], **more}, **SAME)

    assert (of_theirs.status_code, of_theirs.json()["code"]) == (404, "card-not-found")
    assert looks(of_theirs) == looks(of_none)
    assert theirs.transactions(theirs.card["id"]) == before


@pytest.mark.parametrize("who", ["key", "owner"])
@pytest.mark.parametrize("what", ["", "/passes", "/customer"])
def test_their_card_is_read_as_none(platform, theirs, ours, who, what):
    token, unreal = getattr(ours, who), str(uuid7())

    of_theirs = platform.get(token, f"{VENDOR}/cards/{theirs.card['id']}{what}", **SAME)
    of_none = platform.get(token, f"{VENDOR}/cards/{unreal}{what}", **SAME)

    assert of_theirs.status_code == (403 if (who, what) == ("key", "/customer") else 404)
    status, headers, content = looks(of_none)
    assert looks(of_theirs) == (status, headers, content.replace(unreal.encode(), theirs.card["id"].encode()))


def test_their_card_is_not_looked_up(theirs, ours):
    for name, unreal in (
        ({"qr": theirs.card["qr_code"]}, {"qr": "x" * len(theirs.card["qr_code"])}),
        ({"number": theirs.card["card_number"]}, {"number": "0000-0000-0000"}),
    ):
        of_theirs, of_none = (ours.ask("cards/lookup", asked, **SAME) for asked in (name, unreal))

        assert of_theirs.status_code == 404
        assert looks(of_theirs) == looks(of_none)


def test_their_reward_buys_nothing(theirs, ours):
    card = ours.enrol()["id"]
    ours.move("points/earn", {"card_id": card, "purchase_amount_cents": 5000, "currency": "EUR"})

    of_theirs, of_none = (
        ours.ask("points/redeem", {"card_id": card, "reward_id": reward}, **SAME)
        for reward in (theirs.reward["id"], str(uuid7()))
    )

    assert (of_theirs.status_code, of_theirs.json()["code"]) == (404, "reward-not-found")
    assert looks(of_theirs) == looks(of_none)


def test_their_things_are_not_ours_to_read_or_change(platform, theirs, ours):
    for path in (f"rewards/{theirs.reward['id']}", f"terminals/{theirs.till['id']}"):
        assert platform.get(ours.owner, f"{VENDOR}/{path}").status_code == 404
        deleted = platform.http.delete(
            f"{VENDOR}/{path}", headers={"authorization": f"Bearer {ours.owner}", "if-match": '"1"'}
        )
        assert deleted.status_code == 404
    assert theirs.ask("stamp", {"card_id": theirs.card["id"]}).status_code == 200, "their till still works"


def test_their_staff_session_approves_nothing_here(platform):
    first, second = (platform.open_shop(require_staff_pin=True) for _ in range(2))
    card = second.enrol()["id"]

    refused = second.ask("stamp", {"card_id": card, "staff_session": first.staff_session()})

    assert (refused.status_code, refused.json()["code"]) == (403, "staff-approval-invalid")
