from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.staff_approval import StaffApproval


T = TypeVar("T", bound="AdjustPointsBody")


@_attrs_define
class AdjustPointsBody:
    notes: str
    """ Why """
    points_delta: int
    """ How many more, or below zero how many less """
    card_id: Unset | UUID | None = UNSET
    """ The card's id. Exactly one of `card_id`, `qr` and `number` names the card; a void that names a transaction
    needs none """
    dry_run: bool | Unset = False
    """ The same answer, but nothing is kept; needs no key """
    number: str | Unset | None = UNSET
    """ The card's number, 12 digits with or without dashes. Exactly one of `card_id`, `qr` and `number` names the
    card; a void that names a transaction needs none """
    qr: str | Unset | None = UNSET
    """ The content of the card's QR code. Exactly one of `card_id`, `qr` and `number` names the card; a void that
    names a transaction needs none """
    staff: StaffApproval | Unset | None = UNSET
    """ The staff member's approval; give this or `staff_session`, where one is needed """
    staff_session: str | Unset | None = UNSET
    """ A staff session from before; give this or `staff`, where an approval is needed """
    store_id: Unset | UUID | None = UNSET
    """ Where it happens; required of users, a till has its own """

    def to_dict(self) -> dict[str, Any]:
        from ..models.staff_approval import StaffApproval

        notes = self.notes

        points_delta = self.points_delta

        card_id: str | Unset | None
        if isinstance(self.card_id, Unset):
            card_id = UNSET
        elif isinstance(self.card_id, UUID):
            card_id = str(self.card_id)
        else:
            card_id = self.card_id

        dry_run = self.dry_run

        number: str | Unset | None
        if isinstance(self.number, Unset):
            number = UNSET
        else:
            number = self.number

        qr: str | Unset | None
        if isinstance(self.qr, Unset):
            qr = UNSET
        else:
            qr = self.qr

        staff: dict[str, Any] | Unset | None
        if isinstance(self.staff, Unset):
            staff = UNSET
        elif isinstance(self.staff, StaffApproval):
            staff = self.staff.to_dict()
        else:
            staff = self.staff

        staff_session: str | Unset | None
        if isinstance(self.staff_session, Unset):
            staff_session = UNSET
        else:
            staff_session = self.staff_session

        store_id: str | Unset | None
        if isinstance(self.store_id, Unset):
            store_id = UNSET
        elif isinstance(self.store_id, UUID):
            store_id = str(self.store_id)
        else:
            store_id = self.store_id

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "notes": notes,
                "points_delta": points_delta,
            }
        )
        if card_id is not UNSET:
            field_dict["card_id"] = card_id
        if dry_run is not UNSET:
            field_dict["dry_run"] = dry_run
        if number is not UNSET:
            field_dict["number"] = number
        if qr is not UNSET:
            field_dict["qr"] = qr
        if staff is not UNSET:
            field_dict["staff"] = staff
        if staff_session is not UNSET:
            field_dict["staff_session"] = staff_session
        if store_id is not UNSET:
            field_dict["store_id"] = store_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.staff_approval import StaffApproval

        d = dict(src_dict)
        notes = d.pop("notes")

        points_delta = d.pop("points_delta")

        def _parse_card_id(data: object) -> Unset | UUID | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                card_id_type_0 = UUID(data)

                return card_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        card_id = _parse_card_id(d.pop("card_id", UNSET))

        dry_run = d.pop("dry_run", UNSET)

        def _parse_number(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        number = _parse_number(d.pop("number", UNSET))

        def _parse_qr(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        qr = _parse_qr(d.pop("qr", UNSET))

        def _parse_staff(data: object) -> StaffApproval | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                staff_type_0 = StaffApproval.from_dict(data)

                return staff_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | StaffApproval | Unset, data)

        staff = _parse_staff(d.pop("staff", UNSET))

        def _parse_staff_session(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        staff_session = _parse_staff_session(d.pop("staff_session", UNSET))

        def _parse_store_id(data: object) -> Unset | UUID | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                store_id_type_0 = UUID(data)

                return store_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        store_id = _parse_store_id(d.pop("store_id", UNSET))

        adjust_points_body = cls(
            notes=notes,
            points_delta=points_delta,
            card_id=card_id,
            dry_run=dry_run,
            number=number,
            qr=qr,
            staff=staff,
            staff_session=staff_session,
            store_id=store_id,
        )

        return adjust_points_body
