"""The rules of every program, put together from the states of program, merchant, settings and rewards."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from contracts.auth_pins import StaffChanged
from contracts.event import State
from contracts.money import minor_per_unit
from contracts.problem import MerchantNotFound, StoreNotFound, UpstreamUnavailable
from contracts.programs import MerchantChanged, ProgramChanged, RewardChanged, SettingsChanged, StoreChanged
from kit.projection import Projection
from ledger.domain import Reward, Rules, Tier


class Rulebook:
    """Rules by program, kept until one of the states they are made of changes."""

    def __init__(self, states: Projection) -> None:
        self._states = states
        self._kept: dict[UUID, Rules] = {}
        self._programs_of: dict[UUID, set[UUID]] = {}
        states.watchers.append(self._changed)

    def get(self, program_id: UUID) -> Rules | None:
        """The rules as they stand, or None when a state they need has not been heard of."""
        kept = self._kept.get(program_id)
        if kept is None and (kept := self._make(program_id)) is not None:
            self._kept[program_id] = kept
        return kept

    async def learn(self, program_id: UUID) -> Rules | None:
        """Ask programs for what is missing; None when there is no such program."""
        program = await self._states.load(ProgramChanged, program_id)
        if program is None:
            return None
        await self._states.load(MerchantChanged, program.merchant_id)
        await self._states.load(SettingsChanged, program.merchant_id)
        return self.get(program_id)

    async def learn_reward(self, reward_id: UUID) -> None:
        """Ask programs for a reward that was not heard of."""
        await self._states.load(RewardChanged, reward_id)

    def has_reward(self, reward_id: UUID) -> bool:
        return self._states.get(RewardChanged, reward_id) is not None

    async def store_of(self, merchant_id: UUID, store_id: UUID) -> StoreChanged:
        """A live store of this merchant. StoreNotFound when there is none."""
        store = await self._states.load(StoreChanged, store_id)
        if store is None or store.merchant_id != merchant_id or store.deleted_at is not None:
            raise StoreNotFound
        return store

    async def zone_of(self, merchant_id: UUID) -> ZoneInfo:
        """Where the merchant's days begin and end. MerchantNotFound."""
        merchant = await self._states.load(MerchantChanged, merchant_id)
        if merchant is None:
            raise MerchantNotFound
        return ZoneInfo(merchant.timezone)

    async def is_revoked(self, staff_id: UUID, issued_at: float, at: datetime | None = None) -> bool:
        """Whether a staff member's session from then has been revoked since, until `at` if that is given.

        Sessions already issued go on while auth-pins is away.
        """
        staff = self._states.get(StaffChanged, staff_id)
        if staff is None:
            try:
                staff = await self._states.load(StaffChanged, staff_id)
            except UpstreamUnavailable:
                return False
        if staff is None:
            return True
        revoked_at = staff.sessions_revoked_at
        if at is not None and revoked_at is not None and at < revoked_at:
            return False
        if not staff.is_active or staff.deleted_at is not None:
            return True
        return revoked_at is not None and issued_at < revoked_at.timestamp()

    def is_manager(self, staff_id: UUID, role: str) -> bool:
        """Whether a staff member is a manager: by the session's role, and by what was told of them since."""
        staff = self._states.get(StaffChanged, staff_id)
        return role == "manager" and (staff is None or staff.role == "manager")

    def _changed(self, state: State) -> None:
        if isinstance(state, ProgramChanged):
            self._kept.pop(state.id, None)
        elif isinstance(state, RewardChanged):
            self._kept.pop(state.program_id, None)
        elif isinstance(state, (MerchantChanged, SettingsChanged)):
            for program_id in self._programs_of.get(state.id, ()):
                self._kept.pop(program_id, None)

    def _make(self, program_id: UUID) -> Rules | None:
        program = self._states.get(ProgramChanged, program_id)
        merchant = self._states.get(MerchantChanged, program.merchant_id) if program else None
        settings = self._states.get(SettingsChanged, program.merchant_id) if program else None
        if program is None or merchant is None or settings is None:
            return None
        self._programs_of.setdefault(merchant.id, set()).add(program_id)
        policy = settings.staff_pin_policy
        return Rules(
            program_id=program_id,
            version=program.version,
            loyalty_type=program.loyalty_type,
            is_active=program.is_active,
            zone=ZoneInfo(merchant.timezone),
            currency=merchant.currency,
            minor_per_unit=minor_per_unit(merchant.currency),
            stamps_target=program.stamps_target,
            stamps_reward_description=program.stamps_reward_description,
            stamps_reward_value_cents=program.stamps_reward_value_cents,
            points_per_unit=program.points_per_euro,
            welcome_bonus_points=program.welcome_bonus_points,
            minimum_redemption_points=program.minimum_redemption_points,
            points_expiration_days=program.points_expiration_days,
            minimum_purchase_cents=program.minimum_purchase_cents,
            tiers=tuple(Tier(t.name, t.from_points, t.multiplier_percent) for t in program.tiers),
            cooldown_minutes=program.cooldown_minutes,
            max_daily_stamps=program.max_daily_stamps,
            staff_required=policy == "required" or (policy == "optional" and program.require_staff_pin),
            cross_location=settings.allow_cross_location_redemption,
            order_reference_required=settings.require_order_reference,
            log_ip_addresses=settings.log_ip_addresses,
            allow_void=settings.allow_void,
            recover_shortfall=settings.recover_shortfall,
            redeem_until=program.redeem_until,
            is_gone=program.deleted_at is not None or merchant.deleted_at is not None,
            rewards=tuple(_reward(state) for state in self._states.of(RewardChanged, program_id)),
        )


def _reward(state: RewardChanged) -> Reward:
    return Reward(
        id=state.id,
        name=state.name,
        points_required=state.points_required,
        value_cents=state.value_cents,
        is_active=state.is_active,
        is_gone=state.deleted_at is not None,
        stock=state.stock,
        max_per_card=state.max_per_card,
        valid_from=state.valid_from,
        valid_until=state.valid_until,
    )
