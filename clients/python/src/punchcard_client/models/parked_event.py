from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.parked_event_state import ParkedEventState, check_parked_event_state

if TYPE_CHECKING:
    from ..models.parked_event_event_type_0 import ParkedEventEventType0


T = TypeVar("T", bound="ParkedEvent")


@_attrs_define
class ParkedEvent:
    """An event that a service could not apply, or one that waits behind such a one."""

    ended_at: datetime.datetime | None
    """ When it was done with """
    event: ParkedEventEventType0 | None
    """ The event itself; null when it can't be read or is very long """
    id: UUID
    """ Names it here; not the event's own id """
    key: str
    """ What it is about; later events of the key wait """
    parked_at: datetime.datetime
    """ Since when """
    reason: str
    """ Why it could not be applied """
    service: str
    """ Which service could not apply it """
    state: ParkedEventState
    """ `parked`; `behind` an earlier one of its key; told to `retry`; `done` or `discarded` """
    topic: str
    """ Where it was heard """
    tries: int
    """ How often it was tried again """
    type_: str | None
    """ Its type; null when it can't be read """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.parked_event_event_type_0 import ParkedEventEventType0

        ended_at: str | None
        if isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        event: dict[str, Any] | None
        if isinstance(self.event, ParkedEventEventType0):
            event = self.event.to_dict()
        else:
            event = self.event

        id = str(self.id)

        key = self.key

        parked_at = self.parked_at.isoformat()

        reason = self.reason

        service = self.service

        state: str = self.state

        topic = self.topic

        tries = self.tries

        type_: str | None
        type_ = self.type_

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "ended_at": ended_at,
                "event": event,
                "id": id,
                "key": key,
                "parked_at": parked_at,
                "reason": reason,
                "service": service,
                "state": state,
                "topic": topic,
                "tries": tries,
                "type": type_,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.parked_event_event_type_0 import ParkedEventEventType0

        d = dict(src_dict)

        def _parse_ended_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                ended_at_type_0 = datetime.datetime.fromisoformat(data)

                return ended_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        ended_at = _parse_ended_at(d.pop("ended_at"))

        def _parse_event(data: object) -> ParkedEventEventType0 | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                event_type_0 = ParkedEventEventType0.from_dict(data)

                return event_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ParkedEventEventType0, data)

        event = _parse_event(d.pop("event"))

        id = UUID(d.pop("id"))

        key = d.pop("key")

        parked_at = datetime.datetime.fromisoformat(d.pop("parked_at"))

        reason = d.pop("reason")

        service = d.pop("service")

        state = check_parked_event_state(d.pop("state"))

        topic = d.pop("topic")

        tries = d.pop("tries")

        def _parse_type_(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        type_ = _parse_type_(d.pop("type"))

        parked_event = cls(
            ended_at=ended_at,
            event=event,
            id=id,
            key=key,
            parked_at=parked_at,
            reason=reason,
            service=service,
            state=state,
            topic=topic,
            tries=tries,
            type_=type_,
        )

        parked_event.additional_properties = d
        return parked_event

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
