from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.card_answer import CardAnswer
    from ..models.cards_store_answer import CardsStoreAnswer


T = TypeVar("T", bound="EnrolAnswer")


@_attrs_define
class EnrolAnswer:
    """The card, new or known."""

    already_enrolled: bool
    """ True when the customer had it before """
    card: CardAnswer
    """ A card's identity; the gateway adds its balances. """
    card_url: str | None
    """ Address of the card's own page; shown this once, null for a known card and in a replay """
    stores: list[CardsStoreAnswer]
    """ The stores at which the card works """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        already_enrolled = self.already_enrolled

        card = self.card.to_dict()

        card_url: str | None
        card_url = self.card_url

        stores = []
        for stores_item_data in self.stores:
            stores_item = stores_item_data.to_dict()
            stores.append(stores_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "already_enrolled": already_enrolled,
                "card": card,
                "card_url": card_url,
                "stores": stores,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.card_answer import CardAnswer
        from ..models.cards_store_answer import CardsStoreAnswer

        d = dict(src_dict)
        already_enrolled = d.pop("already_enrolled")

        card = CardAnswer.from_dict(d.pop("card"))

        def _parse_card_url(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        card_url = _parse_card_url(d.pop("card_url"))

        stores = []
        _stores = d.pop("stores")
        for stores_item_data in _stores:
            stores_item = CardsStoreAnswer.from_dict(stores_item_data)

            stores.append(stores_item)

        enrol_answer = cls(
            already_enrolled=already_enrolled,
            card=card,
            card_url=card_url,
            stores=stores,
        )

        enrol_answer.additional_properties = d
        return enrol_answer

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
