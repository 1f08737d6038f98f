"""Rewards of a merchant's program, for the merchant itself."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request, Response

from contracts.problem import (
    PreconditionFailed,
    PreconditionRequired,
    ProgramNotFound,
    RewardNotFound,
)
from kit.idempotency import Key, Made
from kit.work import Tx
from programs import queries
from programs.api.answers import ReadReward, RewardAnswer, RewardList, gone, listed, made, shown
from programs.api.asked import Editor, IfMatch, Reader, TheService, VendorListing
from programs.api.bodies import NewReward, RewardChanges, given, whole
from programs.api.described import KEYED, problems
from programs.commands import rewards as commands
from programs.domain import Reward

router = APIRouter(prefix="/api/v1/vendor/loyalty/rewards", tags=["rewards"])

MATCHED = (PreconditionRequired, PreconditionFailed, RewardNotFound)


@router.get(
    "",
    operation_id="listRewards",
    summary="Rewards",
    response_model=RewardList,
    responses=problems(),
    openapi_extra={"x-compose": {"rewards": "items"}},
)
async def list_all(caller: Reader, listing: VendorListing, service: TheService) -> Response:
    """Those of the live program, newest first, switched off ones too."""
    async with service.work.read() as conn:
        return listed(await queries.page(conn, Reward, listing, merchant_id=caller.merchant), ReadReward)


@router.post(
    "",
    operation_id="createReward",
    summary="A new reward",
    status_code=201,
    response_model=RewardAnswer,
    responses=problems(*KEYED, ProgramNotFound, body=True),
)
async def create(
    request: Request, caller: Editor, key: Key, body: NewReward, service: TheService
) -> Response:
    """Something that points of the live program buy."""

    async def effect(tx: Tx) -> Made:
        reward = await commands.create_reward(tx, caller.merchant, whole(body))
        return made(reward, RewardAnswer, f"{router.prefix}/{reward.id}")

    return await service.idempotency.once(request, key, str(caller.merchant), body, effect)


@router.get(
    "/{reward_id}",
    operation_id="getReward",
    summary="A reward",
    response_model=ReadReward,
    responses=problems(RewardNotFound),
    openapi_extra={"x-compose": {"reward": ""}},
)
async def read(caller: Reader, reward_id: UUID, service: TheService) -> Response:
    """As it is offered."""
    async with service.work.read() as conn:
        reward = await queries.find(conn, Reward, reward_id, merchant_id=caller.merchant)
    if reward is None:
        raise RewardNotFound
    return shown(reward, ReadReward)


@router.patch(
    "/{reward_id}",
    operation_id="changeReward",
    summary="Change a reward",
    response_model=RewardAnswer,
    responses=problems(*MATCHED, body=True),
)
async def change(
    caller: Editor, reward_id: UUID, seen: IfMatch, body: RewardChanges, service: TheService
) -> Response:
    """Only what is sent changes; what was redeemed before stays as it was."""
    async with service.work() as tx:
        reward = await commands.change_reward(tx, caller.merchant, reward_id, seen, given(body))
    return shown(reward, RewardAnswer)


@router.delete(
    "/{reward_id}",
    operation_id="deleteReward",
    summary="Delete a reward",
    status_code=204,
    response_class=Response,
    responses=problems(*MATCHED),
)
async def delete(caller: Editor, reward_id: UUID, seen: IfMatch, service: TheService) -> Response:
    """It is offered no more; what was redeemed before stays."""
    async with service.work() as tx:
        await commands.delete_reward(tx, caller.merchant, reward_id, seen, caller.user_id)
    return gone()
