"""A till made with the generated client: it enrols, looks up, stamps, earns, and reads refusals by type."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from punchcard_client import AuthenticatedClient, Client
from punchcard_client.api.cards import enrol, get_card, look_up_card
from punchcard_client.api.moves import add_stamp, earn_points, redeem_stamps, void_points
from punchcard_client.api.sign_in import sign_in
from punchcard_client.models import (
    CardAnswer,
    Credentials,
    EarnAnswer,
    EarnBody,
    EnrolAnswer,
    EnrolBody,
    LookupBody,
    Problem,
    RedeemStampsBody,
    StaffApproval,
    StampAnswer,
    StampBody,
    VoidPointsAnswer,
    VoidPointsBody,
)


@pytest.fixture(scope="module")
def shop(platform):
    return platform.open_shop(require_staff_pin=True, cooldown_minutes=15)


@pytest.fixture(scope="module")
def till(shop):
    client = AuthenticatedClient(base_url=shop.stack.gateway_url, token=shop.key)
    with client:
        yield client


def key() -> str:
    return str(uuid4())


def member(till, email: str) -> CardAnswer:
    body = EnrolBody(first_name="Anna", last_name="Muller", email=email)
    made = enrol.sync(client=till, body=body, idempotency_key=key())
    assert isinstance(made, EnrolAnswer), made
    assert made.already_enrolled is False
    return made.card


def test_a_member_is_enrolled_looked_up_stamped_and_rewarded(shop, till):
    card = member(till, f"typed-{shop.slug}@punchcard.example")
    approval = StaffApproval(code=shop.staff["code"], pin=shop.staff["pin"])

    found = look_up_card.sync(client=till, body=LookupBody(number=card.card_number))
    stamped = add_stamp.sync(
        client=till, body=StampBody(qr=card.qr_code, staff=approval), idempotency_key=key()
    )
    purchase = EarnBody(purchase_amount_cents=1250, currency="EUR", card_id=card.id, staff=approval)
    earned = earn_points.sync(client=till, body=purchase, idempotency_key=key())
    read = get_card.sync(card.id, client=till)

    assert isinstance(found, CardAnswer)
    assert (found.id, found.stamp_count, found.can_stamp) == (card.id, 0, True)
    assert isinstance(stamped, StampAnswer)
    assert (stamped.stamp_count, stamped.stamps_until_reward) == (1, 2)
    assert isinstance(stamped.transaction_id, UUID)
    assert isinstance(earned, EarnAnswer)
    assert (earned.points_earned, earned.tier) == (125, None)
    assert [reward.name for reward in earned.rewards_within_reach] == ["Mug"]
    assert isinstance(read, CardAnswer)
    assert (read.stamp_count, read.points_balance, read.can_stamp) == (1, 125, False)

    taken_back = void_points.sync(
        client=till,
        body=VoidPointsBody(transaction_id=earned.transaction_id, amount_cents=250, staff=approval),
        idempotency_key=key(),
    )
    assert isinstance(taken_back, VoidPointsAnswer)
    assert (taken_back.points_voided, taken_back.points_balance) == (25, 100)


def test_a_refusal_is_a_typed_problem(shop, till):
    card = member(till, f"refused-{shop.slug}@punchcard.example")
    approval = StaffApproval(code=shop.staff["code"], pin=shop.staff["pin"])
    body = StampBody(card_id=card.id, staff=approval)
    add_stamp.sync(client=till, body=body, idempotency_key=key())

    soon = add_stamp.sync_detailed(client=till, body=body, idempotency_key=key())
    poor = redeem_stamps.sync(
        client=till, body=RedeemStampsBody(card_id=card.id, staff=approval), idempotency_key=key()
    )
    alone = add_stamp.sync(client=till, body=StampBody(card_id=card.id), idempotency_key=key())
    nameless = add_stamp.sync(client=till, body=StampBody(), idempotency_key=key())
    keyless = add_stamp.sync(client=till, body=body)

    assert isinstance(soon.parsed, Problem)
    assert (soon.status_code, soon.parsed.code, soon.parsed.retryable) == (409, "stamp-cooldown", True)
    assert soon.parsed.retry_at
    assert isinstance(poor, Problem)
    assert (poor.code, poor.balance, poor.required) == ("insufficient-stamps", 1, 3)
    assert isinstance(alone, Problem)
    assert alone.code == "staff-approval-required"
    assert isinstance(nameless, Problem)
    assert [(error.field, error.code) for error in nameless.errors] == [("", "exactly-one")]
    assert isinstance(keyless, Problem)
    assert (keyless.status, keyless.code) == (400, "idempotency-key-missing")


def test_a_repeat_with_the_same_key_is_the_same_answer(shop, till):
    card = member(till, f"twice-{shop.slug}@punchcard.example")
    body = StampBody(card_id=card.id, staff=StaffApproval(code=shop.staff["code"], pin=shop.staff["pin"]))
    same = key()

    first = add_stamp.sync_detailed(client=till, body=body, idempotency_key=same)
    again = add_stamp.sync_detailed(client=till, body=body, idempotency_key=same)

    assert first.parsed == again.parsed
    assert again.headers["idempotency-replayed"] == "true"


def test_who_cannot_sign_in_is_told_so(shop):
    client = Client(base_url=shop.stack.gateway_url)

    answer = sign_in.sync(
        client=client, body=Credentials(email=f"nobody-{shop.slug}@punchcard.example", password=key())
    )

    assert isinstance(answer, Problem)
    assert answer.code == "unauthenticated"
