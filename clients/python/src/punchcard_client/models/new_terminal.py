from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define

from ..models.new_terminal_environment import NewTerminalEnvironment, check_new_terminal_environment
from ..types import UNSET, Unset

T = TypeVar("T", bound="NewTerminal")


@_attrs_define
class NewTerminal:
    name: str
    """ What people call it """
    store_id: UUID
    """ The store where it stands """
    environment: NewTerminalEnvironment | Unset = "live"
    """ Goes into the key, so that a test key is seen as one """

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        store_id = str(self.store_id)

        environment: str | Unset = UNSET
        if not isinstance(self.environment, Unset):
            environment = self.environment

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "store_id": store_id,
            }
        )
        if environment is not UNSET:
            field_dict["environment"] = environment

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        store_id = UUID(d.pop("store_id"))

        _environment = d.pop("environment", UNSET)
        environment: NewTerminalEnvironment | Unset
        if isinstance(_environment, Unset):
            environment = UNSET
        else:
            environment = check_new_terminal_environment(_environment)

        new_terminal = cls(
            name=name,
            store_id=store_id,
            environment=environment,
        )

        return new_terminal
