from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.settings_answer_staff_pin_policy import (
    SettingsAnswerStaffPinPolicy,
    check_settings_answer_staff_pin_policy,
)

T = TypeVar("T", bound="SettingsAnswer")


@_attrs_define
class SettingsAnswer:
    allow_cross_location_redemption: bool
    """ Whether a card works at every store of the merchant """
    allow_self_enrollment: bool
    """ Whether people may join on the public page """
    allow_void: bool
    """ Whether transactions may be taken back """
    enrollment_confirmation: str
    """ `email`: who joins gets the card's link by mail only """
    log_ip_addresses: bool
    """ Whether callers' addresses are kept beside transactions """
    pin_lockout_attempts: int
    """ Wrong PINs until a staff code is locked """
    pin_lockout_minutes: int
    """ How long a staff code stays locked """
    recover_shortfall: bool
    """ Whether what a return could not take back is owed """
    require_order_reference: bool
    """ Whether earning points needs an order reference """
    staff_pin_policy: SettingsAnswerStaffPinPolicy
    """ `required` and `disabled` override the program's `require_staff_pin` """
    updated_at: datetime.datetime
    """ When it was changed last """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        allow_cross_location_redemption = self.allow_cross_location_redemption

        allow_self_enrollment = self.allow_self_enrollment

        allow_void = self.allow_void

        enrollment_confirmation = self.enrollment_confirmation

        log_ip_addresses = self.log_ip_addresses

        pin_lockout_attempts = self.pin_lockout_attempts

        pin_lockout_minutes = self.pin_lockout_minutes

        recover_shortfall = self.recover_shortfall

        require_order_reference = self.require_order_reference

        staff_pin_policy: str = self.staff_pin_policy

        updated_at = self.updated_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "allow_cross_location_redemption": allow_cross_location_redemption,
                "allow_self_enrollment": allow_self_enrollment,
                "allow_void": allow_void,
                "enrollment_confirmation": enrollment_confirmation,
                "log_ip_addresses": log_ip_addresses,
                "pin_lockout_attempts": pin_lockout_attempts,
                "pin_lockout_minutes": pin_lockout_minutes,
                "recover_shortfall": recover_shortfall,
                "require_order_reference": require_order_reference,
                "staff_pin_policy": staff_pin_policy,
                "updated_at": updated_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        allow_cross_location_redemption = d.pop("allow_cross_location_redemption")

        allow_self_enrollment = d.pop("allow_self_enrollment")

        allow_void = d.pop("allow_void")

        enrollment_confirmation = d.pop("enrollment_confirmation")

        log_ip_addresses = d.pop("log_ip_addresses")

        pin_lockout_attempts = d.pop("pin_lockout_attempts")

        pin_lockout_minutes = d.pop("pin_lockout_minutes")

        recover_shortfall = d.pop("recover_shortfall")

        require_order_reference = d.pop("require_order_reference")

        staff_pin_policy = check_settings_answer_staff_pin_policy(d.pop("staff_pin_policy"))

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        settings_answer = cls(
            allow_cross_location_redemption=allow_cross_location_redemption,
            allow_self_enrollment=allow_self_enrollment,
            allow_void=allow_void,
            enrollment_confirmation=enrollment_confirmation,
            log_ip_addresses=log_ip_addresses,
            pin_lockout_attempts=pin_lockout_attempts,
            pin_lockout_minutes=pin_lockout_minutes,
            recover_shortfall=recover_shortfall,
            require_order_reference=require_order_reference,
            staff_pin_policy=staff_pin_policy,
            updated_at=updated_at,
        )

        settings_answer.additional_properties = d
        return settings_answer

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
