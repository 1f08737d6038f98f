from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.actor import Actor
    from ..models.audit_row_after_type_0 import AuditRowAfterType0
    from ..models.audit_row_before_type_0 import AuditRowBeforeType0


T = TypeVar("T", bound="AuditRow")


@_attrs_define
class AuditRow:
    """One change of one thing by a user."""

    action: str
    """ What was done """
    actor: Actor
    """ Who did it. """
    after: AuditRowAfterType0 | None
    """ What they hold now; always null for customers """
    at: datetime.datetime
    """ When """
    before: AuditRowBeforeType0 | None
    """ What they held; null for what is new, and always for customers """
    changed: list[str]
    """ The fields that changed """
    id: UUID
    """ The row; ids are in the order of time """
    kind: str
    """ What kind of thing """
    merchant_id: UUID | None
    """ Whose it is; null for the platform's """
    request_id: str
    """ The request it came with """
    service: str
    """ Which service keeps it """
    thing_id: UUID
    """ The thing """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.audit_row_after_type_0 import AuditRowAfterType0
        from ..models.audit_row_before_type_0 import AuditRowBeforeType0

        action = self.action

        actor = self.actor.to_dict()

        after: dict[str, Any] | None
        if isinstance(self.after, AuditRowAfterType0):
            after = self.after.to_dict()
        else:
            after = self.after

        at = self.at.isoformat()

        before: dict[str, Any] | None
        if isinstance(self.before, AuditRowBeforeType0):
            before = self.before.to_dict()
        else:
            before = self.before

        changed = self.changed

        id = str(self.id)

        kind = self.kind

        merchant_id: str | None
        if isinstance(self.merchant_id, UUID):
            merchant_id = str(self.merchant_id)
        else:
            merchant_id = self.merchant_id

        request_id = self.request_id

        service = self.service

        thing_id = str(self.thing_id)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "action": action,
                "actor": actor,
                "after": after,
                "at": at,
                "before": before,
                "changed": changed,
                "id": id,
                "kind": kind,
                "merchant_id": merchant_id,
                "request_id": request_id,
                "service": service,
                "thing_id": thing_id,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.actor import Actor
        from ..models.audit_row_after_type_0 import AuditRowAfterType0
        from ..models.audit_row_before_type_0 import AuditRowBeforeType0

        d = dict(src_dict)
        action = d.pop("action")

        actor = Actor.from_dict(d.pop("actor"))

        def _parse_after(data: object) -> AuditRowAfterType0 | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                after_type_0 = AuditRowAfterType0.from_dict(data)

                return after_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(AuditRowAfterType0 | None, data)

        after = _parse_after(d.pop("after"))

        at = datetime.datetime.fromisoformat(d.pop("at"))

        def _parse_before(data: object) -> AuditRowBeforeType0 | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                before_type_0 = AuditRowBeforeType0.from_dict(data)

                return before_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(AuditRowBeforeType0 | None, data)

        before = _parse_before(d.pop("before"))

        changed = cast(list[str], d.pop("changed"))

        id = UUID(d.pop("id"))

        kind = d.pop("kind")

        def _parse_merchant_id(data: object) -> UUID | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                merchant_id_type_0 = UUID(data)

                return merchant_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        merchant_id = _parse_merchant_id(d.pop("merchant_id"))

        request_id = d.pop("request_id")

        service = d.pop("service")

        thing_id = UUID(d.pop("thing_id"))

        audit_row = cls(
            action=action,
            actor=actor,
            after=after,
            at=at,
            before=before,
            changed=changed,
            id=id,
            kind=kind,
            merchant_id=merchant_id,
            request_id=request_id,
            service=service,
            thing_id=thing_id,
        )

        audit_row.additional_properties = d
        return audit_row

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
