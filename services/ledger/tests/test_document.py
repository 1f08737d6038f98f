"""The document says what the moves answer: every real answer is held against it, member by member."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from jsonschema import Draft202012Validator, ValidationError

from contracts import documents
from kit.app import openapi_of
from kit.identity import Caller
from kit.ids import uuid7
from ledger.bodies import MOVES

PREFIX = "/api/v1/vendor/loyalty"
CARD = PREFIX + "/cards/{card_id}"


def document() -> dict[str, Any]:
    content = documents.document("openapi/ledger.json")
    assert content is not None
    loaded: dict[str, Any] = json.loads(content)
    return loaded


def closed(value: Any) -> Any:
    """The same schema, taking no member that it does not name."""
    if isinstance(value, dict):
        more = {"additionalProperties": False} if "properties" in value else {}
        return {name: closed(part) for name, part in value.items()} | more
    return [closed(part) for part in value] if isinstance(value, list) else value


def hold(answer: Any, path: str, status: str = "200") -> None:
    """An answer of this path is as the document says, and nothing more."""
    whole = closed(document())
    schema = whole["paths"][path]["post"]["responses"][status]["content"]["application/json"]["schema"]
    Draft202012Validator({**schema, "components": whole["components"]}).validate(answer)


class Till:
    """Asks each move twice, first dry, and holds both answers against the document."""

    def __init__(self, world: Any) -> None:
        self.world = world

    async def move(self, path: str, caller: Caller | None = None, **body: Any) -> Any:
        answers = []
        async with self.world.http(caller) as http:
            for dry in (True, False):
                answer = await http.post(
                    PREFIX + path, json={**body, "dry_run": dry}, headers={"idempotency-key": str(uuid7())}
                )
                assert answer.status_code == 200, answer.text
                hold(answer.json(), PREFIX + path)
                answers.append(answer.json())
        dry, real = answers
        assert dry.pop("dry_run") is True
        assert dry["transaction_id"] is None
        assert UUID(real["transaction_id"])
        assert dry.keys() == real.keys()
        return real


@pytest.fixture
async def till(world: Any) -> Till:
    tiers = [
        {"name": "bronze", "from_points": 0, "multiplier_percent": 100},
        {"name": "silver", "from_points": 50, "multiplier_percent": 125},
    ]
    await world.program(
        tiers=tiers, stamps_target=2, max_daily_stamps=9, cooldown_minutes=0, stamps_reward_value_cents=320
    )
    return Till(world)


async def test_stamps_answer_as_the_document_says(world: Any, till: Till) -> None:
    card = {"card_id": str((await world.card()).id)}
    owner = Caller("owner", world.merchant_id, user_id=uuid7())
    at_store = {**card, "store_id": str(world.store_id)}

    await till.move("/stamp", **card)
    await till.move("/stamp", **card)
    taken = await till.move("/stamp/redeem", **card)
    await till.move("/stamp/void", transaction_id=taken["transaction_id"])
    await till.move("/stamp/void", **card, stamps=2)
    await till.move("/stamp/adjust", owner, **at_store, stamps_delta=3, notes="an error")


async def test_points_answer_as_the_document_says(world: Any, till: Till) -> None:
    mug = await world.reward(points_required=60, value_cents=900)
    card = {"card_id": str((await world.card()).id)}
    owner = Caller("owner", world.merchant_id, user_id=uuid7())
    at_store = {**card, "store_id": str(world.store_id)}

    purchase = {"purchase_amount_cents": 1000, "currency": "EUR"}
    earned = await till.move("/points/earn", **card, **purchase)
    taken = await till.move("/points/redeem", **card, reward_id=str(mug.id))
    await till.move("/points/void", transaction_id=taken["transaction_id"])
    await till.move("/points/void", transaction_id=earned["transaction_id"], amount_cents=400)
    await till.move("/points/adjust", owner, **at_store, points_delta=7, notes="an error")


async def test_a_plain_program_answers_as_the_document_says(world: Any, till: Till) -> None:
    # no tiers, no limit, a cooldown: what may be null is null, and what was null is there
    await world.program(cooldown_minutes=15, max_daily_stamps=None)
    card = {"card_id": str((await world.card()).id)}

    stamped = await till.move("/stamp", **card)
    earned = await till.move("/points/earn", **card, purchase_amount_cents=1, currency="EUR")

    assert stamped["next_stamp_available_at"]
    assert stamped["stamps_remaining_today"] is None
    assert earned["tier"] is None


async def test_switching_a_card_answers_as_the_document_says(world: Any, till: Till) -> None:
    await world.reward(points_required=60)
    card = await world.card()
    await world.earn(card, 1000)
    owner = Caller("owner", world.merchant_id, user_id=uuid7())

    async with world.http(owner) as http:
        off = await http.post(f"{PREFIX}/cards/{card.id}/deactivate")
        on = await http.post(f"{PREFIX}/cards/{card.id}/reactivate")

    hold(off.json(), CARD + "/deactivate")
    hold(on.json(), CARD + "/reactivate")
    assert on.json()["available_rewards"]
    assert on.json()["tier"]["next"] is None
    with pytest.raises(ValidationError, match="secret"):
        hold({**on.json(), "secret": 1}, CARD + "/reactivate")


@pytest.mark.parametrize("path", MOVES)
def test_every_example_of_a_move_is_a_body_that_it_takes(path: str) -> None:
    content = document()["paths"][PREFIX + path]["post"]["requestBody"]["content"]["application/json"]
    kind = MOVES[path][0]

    # The gateway takes the approval out before the ledger sees the body.
    body = {name: value for name, value in content["example"].items() if name != "staff"}

    assert kind.model_validate(body).command()


async def test_every_refusal_is_one_that_the_document_names(world: Any) -> None:
    # given one refusal of each kind that a till meets without trying hard
    await world.program(cooldown_minutes=15, stamps_target=3, minimum_purchase_cents=500)
    card = await world.card()
    named = {"card_id": str(card.id)}
    earning = {**named, "purchase_amount_cents": 1000, "currency": "EUR", "order_reference": "A-1"}
    await world.stamp(card)
    earned = (await world.ask("/points/earn", earning)).json()
    void = {"transaction_id": earned["transaction_id"]}
    await world.ask("/points/void", void)
    asked = [
        ("/stamp", named), ("/stamp", {"card_id": str(uuid7())}), ("/stamp", {}), ("/stamp/redeem", named),
        ("/stamp/void", void), ("/stamp/void", {"transaction_id": str(uuid7())}),
        ("/stamp/adjust", {**named, "stamps_delta": 1, "notes": "x"}),
        ("/points/earn", {**earning, "currency": "USD"}),
        ("/points/earn", {**earning, "purchase_amount_cents": 1}),
        ("/points/void", void), ("/points/redeem", {**named, "reward_id": str(uuid7())}),
        ("/points/adjust", {**named, "points_delta": 1, "notes": "x"}),
    ]  # fmt: skip

    answers = [(path, await world.ask(path, body)) for path, body in asked]

    seen = {(path, answer.status_code, answer.json()["code"]) for path, answer in answers}
    responses = {path: document()["paths"][PREFIX + path]["post"]["responses"] for path, _ in asked}
    assert len({code for _, _, code in seen}) >= 9
    for path, status, code in seen:
        assert f"`{code}`" in responses[path][str(status)]["description"], (path, status, code)


def test_the_committed_document_is_the_one_of_this_code(world: Any) -> None:
    # so that what was held against the file was held against the code
    live = json.loads(json.dumps(openapi_of(world.service)))

    assert {path: live["paths"][PREFIX + path] for path in MOVES} == {
        path: document()["paths"][PREFIX + path] for path in MOVES
    }
