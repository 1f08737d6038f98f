from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.settings_changes_enrollment_confirmation import (
    SettingsChangesEnrollmentConfirmation,
    check_settings_changes_enrollment_confirmation,
)
from ..models.settings_changes_staff_pin_policy import (
    SettingsChangesStaffPinPolicy,
    check_settings_changes_staff_pin_policy,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="SettingsChanges")


@_attrs_define
class SettingsChanges:
    allow_cross_location_redemption: bool | Unset = UNSET
    """ Whether a card works at every store of the merchant """
    allow_self_enrollment: bool | Unset = UNSET
    """ Whether people may join on the public page """
    allow_void: bool | Unset = UNSET
    """ Whether transactions may be taken back """
    enrollment_confirmation: SettingsChangesEnrollmentConfirmation | Unset = UNSET
    """ `email`: who joins gets the card's link by mail only """
    log_ip_addresses: bool | Unset = UNSET
    """ Whether callers' addresses are kept beside transactions """
    pin_lockout_attempts: int | Unset = UNSET
    """ Wrong PINs until a staff code is locked """
    pin_lockout_minutes: int | Unset = UNSET
    """ How long a staff code stays locked """
    recover_shortfall: bool | Unset = UNSET
    """ Whether what a return could not take back is owed """
    require_order_reference: bool | Unset = UNSET
    """ Whether earning points needs an order reference """
    staff_pin_policy: SettingsChangesStaffPinPolicy | Unset = UNSET
    """ `required` and `disabled` override the program's `require_staff_pin` """

    def to_dict(self) -> dict[str, Any]:
        allow_cross_location_redemption = self.allow_cross_location_redemption

        allow_self_enrollment = self.allow_self_enrollment

        allow_void = self.allow_void

        enrollment_confirmation: str | Unset = UNSET
        if not isinstance(self.enrollment_confirmation, Unset):
            enrollment_confirmation = self.enrollment_confirmation

        log_ip_addresses = self.log_ip_addresses

        pin_lockout_attempts = self.pin_lockout_attempts

        pin_lockout_minutes = self.pin_lockout_minutes

        recover_shortfall = self.recover_shortfall

        require_order_reference = self.require_order_reference

        staff_pin_policy: str | Unset = UNSET
        if not isinstance(self.staff_pin_policy, Unset):
            staff_pin_policy = self.staff_pin_policy

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if allow_cross_location_redemption is not UNSET:
            field_dict["allow_cross_location_redemption"] = allow_cross_location_redemption
        if allow_self_enrollment is not UNSET:
            field_dict["allow_self_enrollment"] = allow_self_enrollment
        if allow_void is not UNSET:
            field_dict["allow_void"] = allow_void
        if enrollment_confirmation is not UNSET:
            field_dict["enrollment_confirmation"] = enrollment_confirmation
        if log_ip_addresses is not UNSET:
            field_dict["log_ip_addresses"] = log_ip_addresses
        if pin_lockout_attempts is not UNSET:
            field_dict["pin_lockout_attempts"] = pin_lockout_attempts
        if pin_lockout_minutes is not UNSET:
            field_dict["pin_lockout_minutes"] = pin_lockout_minutes
        if recover_shortfall is not UNSET:
            field_dict["recover_shortfall"] = recover_shortfall
        if require_order_reference is not UNSET:
            field_dict["require_order_reference"] = require_order_reference
        if staff_pin_policy is not UNSET:
            field_dict["staff_pin_policy"] = staff_pin_policy

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        allow_cross_location_redemption = d.pop("allow_cross_location_redemption", UNSET)

        allow_self_enrollment = d.pop("allow_self_enrollment", UNSET)

        allow_void = d.pop("allow_void", UNSET)

        _enrollment_confirmation = d.pop("enrollment_confirmation", UNSET)
        enrollment_confirmation: SettingsChangesEnrollmentConfirmation | Unset
        if isinstance(_enrollment_confirmation, Unset):
            enrollment_confirmation = UNSET
        else:
            enrollment_confirmation = check_settings_changes_enrollment_confirmation(_enrollment_confirmation)

        log_ip_addresses = d.pop("log_ip_addresses", UNSET)

        pin_lockout_attempts = d.pop("pin_lockout_attempts", UNSET)

        pin_lockout_minutes = d.pop("pin_lockout_minutes", UNSET)

        recover_shortfall = d.pop("recover_shortfall", UNSET)

        require_order_reference = d.pop("require_order_reference", UNSET)

        _staff_pin_policy = d.pop("staff_pin_policy", UNSET)
        staff_pin_policy: SettingsChangesStaffPinPolicy | Unset
        if isinstance(_staff_pin_policy, Unset):
            staff_pin_policy = UNSET
        else:
            staff_pin_policy = check_settings_changes_staff_pin_policy(_staff_pin_policy)

        settings_changes = cls(
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
        )

        return settings_changes
