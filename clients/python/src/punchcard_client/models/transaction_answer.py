from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.transaction_answer_type import TransactionAnswerType, check_transaction_answer_type

T = TypeVar("T", bound="TransactionAnswer")


@_attrs_define
class TransactionAnswer:
    """One immutable row of the ledger."""

    card_id: UUID
    """ Its card """
    created_at: datetime.datetime
    """ When it was recorded """
    currency: str | None
    """ Of an earning: the purchase's currency """
    hash_: str
    """ Chains it to the card's row before it """
    id: UUID
    """ The transaction """
    merchant_id: UUID
    """ The merchant """
    notes: str | None
    """ What was noted """
    order_reference: str | None
    """ Of an earning: the order """
    owed_repaid: int | None
    """ Of an earning: what went into an earlier shortfall """
    points_balance_after: int
    """ Points after it """
    points_delta: int
    """ How the points changed """
    program_version: int
    """ The version of the program it was decided by """
    purchase_amount_cents: int | None
    """ Of an earning: the purchase """
    reward_description: str | None
    """ Of a redemption: what was given """
    reward_id: UUID | None
    """ Of a redemption of points: the reward """
    reward_value_cents: int | None
    """ Of a redemption: its value """
    sequence: int
    """ Its number among the card's, from 1 """
    shortfall: int | None
    """ Of a void: what could not be taken back, the balance being too small """
    staff_id: UUID | None
    """ Who approved it at the till """
    staff_name: str | None
    """ The staff member's name at that time """
    stamps_balance_after: int
    """ Stamps after it """
    stamps_delta: int
    """ How the stamps changed """
    store_id: UUID | None
    """ Where it was made; null for none """
    terminal_id: UUID | None
    """ At which till; null for none """
    transaction_at: datetime.datetime
    """ When it happened """
    type_: TransactionAnswerType
    """ What happened """
    user_id: UUID | None
    """ The owner or manager who made it """
    voided_amount_cents: int | None
    """ Of a void: how much of the purchase was returned """
    voids_transaction_id: UUID | None
    """ Of a void: what it takes back """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        card_id = str(self.card_id)

        created_at = self.created_at.isoformat()

        currency: str | None
        currency = self.currency

        hash_ = self.hash_

        id = str(self.id)

        merchant_id = str(self.merchant_id)

        notes: str | None
        notes = self.notes

        order_reference: str | None
        order_reference = self.order_reference

        owed_repaid: int | None
        owed_repaid = self.owed_repaid

        points_balance_after = self.points_balance_after

        points_delta = self.points_delta

        program_version = self.program_version

        purchase_amount_cents: int | None
        purchase_amount_cents = self.purchase_amount_cents

        reward_description: str | None
        reward_description = self.reward_description

        reward_id: str | None
        if isinstance(self.reward_id, UUID):
            reward_id = str(self.reward_id)
        else:
            reward_id = self.reward_id

        reward_value_cents: int | None
        reward_value_cents = self.reward_value_cents

        sequence = self.sequence

        shortfall: int | None
        shortfall = self.shortfall

        staff_id: str | None
        if isinstance(self.staff_id, UUID):
            staff_id = str(self.staff_id)
        else:
            staff_id = self.staff_id

        staff_name: str | None
        staff_name = self.staff_name

        stamps_balance_after = self.stamps_balance_after

        stamps_delta = self.stamps_delta

        store_id: str | None
        if isinstance(self.store_id, UUID):
            store_id = str(self.store_id)
        else:
            store_id = self.store_id

        terminal_id: str | None
        if isinstance(self.terminal_id, UUID):
            terminal_id = str(self.terminal_id)
        else:
            terminal_id = self.terminal_id

        transaction_at = self.transaction_at.isoformat()

        type_: str = self.type_

        user_id: str | None
        if isinstance(self.user_id, UUID):
            user_id = str(self.user_id)
        else:
            user_id = self.user_id

        voided_amount_cents: int | None
        voided_amount_cents = self.voided_amount_cents

        voids_transaction_id: str | None
        if isinstance(self.voids_transaction_id, UUID):
            voids_transaction_id = str(self.voids_transaction_id)
        else:
            voids_transaction_id = self.voids_transaction_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "card_id": card_id,
                "created_at": created_at,
                "currency": currency,
                "hash": hash_,
                "id": id,
                "merchant_id": merchant_id,
                "notes": notes,
                "order_reference": order_reference,
                "owed_repaid": owed_repaid,
                "points_balance_after": points_balance_after,
                "points_delta": points_delta,
                "program_version": program_version,
                "purchase_amount_cents": purchase_amount_cents,
                "reward_description": reward_description,
                "reward_id": reward_id,
                "reward_value_cents": reward_value_cents,
                "sequence": sequence,
                "shortfall": shortfall,
                "staff_id": staff_id,
                "staff_name": staff_name,
                "stamps_balance_after": stamps_balance_after,
                "stamps_delta": stamps_delta,
                "store_id": store_id,
                "terminal_id": terminal_id,
                "transaction_at": transaction_at,
                "type": type_,
                "user_id": user_id,
                "voided_amount_cents": voided_amount_cents,
                "voids_transaction_id": voids_transaction_id,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        card_id = UUID(d.pop("card_id"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_currency(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        currency = _parse_currency(d.pop("currency"))

        hash_ = d.pop("hash")

        id = UUID(d.pop("id"))

        merchant_id = UUID(d.pop("merchant_id"))

        def _parse_notes(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        notes = _parse_notes(d.pop("notes"))

        def _parse_order_reference(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        order_reference = _parse_order_reference(d.pop("order_reference"))

        def _parse_owed_repaid(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        owed_repaid = _parse_owed_repaid(d.pop("owed_repaid"))

        points_balance_after = d.pop("points_balance_after")

        points_delta = d.pop("points_delta")

        program_version = d.pop("program_version")

        def _parse_purchase_amount_cents(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        purchase_amount_cents = _parse_purchase_amount_cents(d.pop("purchase_amount_cents"))

        def _parse_reward_description(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        reward_description = _parse_reward_description(d.pop("reward_description"))

        def _parse_reward_id(data: object) -> UUID | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                reward_id_type_0 = UUID(data)

                return reward_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        reward_id = _parse_reward_id(d.pop("reward_id"))

        def _parse_reward_value_cents(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        reward_value_cents = _parse_reward_value_cents(d.pop("reward_value_cents"))

        sequence = d.pop("sequence")

        def _parse_shortfall(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        shortfall = _parse_shortfall(d.pop("shortfall"))

        def _parse_staff_id(data: object) -> UUID | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                staff_id_type_0 = UUID(data)

                return staff_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        staff_id = _parse_staff_id(d.pop("staff_id"))

        def _parse_staff_name(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        staff_name = _parse_staff_name(d.pop("staff_name"))

        stamps_balance_after = d.pop("stamps_balance_after")

        stamps_delta = d.pop("stamps_delta")

        def _parse_store_id(data: object) -> UUID | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                store_id_type_0 = UUID(data)

                return store_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        store_id = _parse_store_id(d.pop("store_id"))

        def _parse_terminal_id(data: object) -> UUID | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                terminal_id_type_0 = UUID(data)

                return terminal_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        terminal_id = _parse_terminal_id(d.pop("terminal_id"))

        transaction_at = datetime.datetime.fromisoformat(d.pop("transaction_at"))

        type_ = check_transaction_answer_type(d.pop("type"))

        def _parse_user_id(data: object) -> UUID | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                user_id_type_0 = UUID(data)

                return user_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        user_id = _parse_user_id(d.pop("user_id"))

        def _parse_voided_amount_cents(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        voided_amount_cents = _parse_voided_amount_cents(d.pop("voided_amount_cents"))

        def _parse_voids_transaction_id(data: object) -> UUID | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                voids_transaction_id_type_0 = UUID(data)

                return voids_transaction_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        voids_transaction_id = _parse_voids_transaction_id(d.pop("voids_transaction_id"))

        transaction_answer = cls(
            card_id=card_id,
            created_at=created_at,
            currency=currency,
            hash_=hash_,
            id=id,
            merchant_id=merchant_id,
            notes=notes,
            order_reference=order_reference,
            owed_repaid=owed_repaid,
            points_balance_after=points_balance_after,
            points_delta=points_delta,
            program_version=program_version,
            purchase_amount_cents=purchase_amount_cents,
            reward_description=reward_description,
            reward_id=reward_id,
            reward_value_cents=reward_value_cents,
            sequence=sequence,
            shortfall=shortfall,
            staff_id=staff_id,
            staff_name=staff_name,
            stamps_balance_after=stamps_balance_after,
            stamps_delta=stamps_delta,
            store_id=store_id,
            terminal_id=terminal_id,
            transaction_at=transaction_at,
            type_=type_,
            user_id=user_id,
            voided_amount_cents=voided_amount_cents,
            voids_transaction_id=voids_transaction_id,
        )

        transaction_answer.additional_properties = d
        return transaction_answer

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
