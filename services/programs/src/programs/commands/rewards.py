"""Rewards of a merchant's live program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from contracts.problem import MerchantNotFound, ProgramNotFound, RewardNotFound
from kit.ids import now, uuid7
from kit.work import Tx
from programs import domain, store
from programs.commands.keeping import begin, keep, live_merchant
from programs.domain import Reward, Seen


async def create_reward(tx: Tx, merchant_id: UUID, fields: Mapping[str, Any]) -> Reward:
    """ProgramNotFound when the merchant has no live program."""
    await live_merchant(tx, merchant_id)
    program_id = await store.live_program_id(tx.conn, merchant_id)
    if program_id is None:
        raise ProgramNotFound
    moment = now()
    reward = Reward(
        id=uuid7(),
        program_id=program_id,
        merchant_id=merchant_id,
        created_at=moment,
        updated_at=moment,
        **fields,
    )
    domain.check(reward)
    await begin(tx, reward)
    return reward


async def change_reward(
    tx: Tx, merchant_id: UUID, reward_id: UUID, seen: Seen, changes: Mapping[str, Any]
) -> Reward:
    reward = await _held(tx, merchant_id, reward_id)
    domain.check_seen(reward, seen)
    return await keep(tx, reward, domain.change(reward, changes, now()))


async def delete_reward(tx: Tx, merchant_id: UUID, reward_id: UUID, seen: Seen, by: UUID | None) -> Reward:
    reward = await _held(tx, merchant_id, reward_id)
    domain.check_seen(reward, seen)
    return await keep(tx, reward, domain.delete(reward, by, uuid7(), now()))


async def _held(tx: Tx, merchant_id: UUID, reward_id: UUID) -> Reward:
    """The reward, held; RewardNotFound unless it is live and of this merchant's live program."""
    try:
        await live_merchant(tx, merchant_id)
    except MerchantNotFound:
        raise RewardNotFound from None
    program_id = await store.live_program_id(tx.conn, merchant_id)
    reward = await store.hold(tx.conn, Reward, reward_id, merchant_id)
    if reward is None or reward.deleted_at or reward.program_id != program_id:
        raise RewardNotFound
    return reward
