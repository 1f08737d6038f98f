from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.archive_answer_passes_type_0_item import ArchiveAnswerPassesType0Item
    from ..models.archive_answer_transactions_type_0_item import ArchiveAnswerTransactionsType0Item
    from ..models.archived_card import ArchivedCard
    from ..models.customer_whole import CustomerWhole
    from ..models.missing_part import MissingPart


T = TypeVar("T", bound="ArchiveAnswer")


@_attrs_define
class ArchiveAnswer:
    """All that the platform keeps of a customer; a part that is missing is null, and named in `missing`."""

    cards: list[ArchivedCard]
    """ All cards, deleted ones included """
    customer: CustomerWhole
    """ A customer as owner and manager see one. """
    exported_at: datetime.datetime
    """ When it was put together """
    missing: list[MissingPart]
    """ Parts whose service did not answer; ask again for these """
    passes: list[ArchiveAnswerPassesType0Item] | None
    """ What the wallets show of these cards """
    transactions: list[ArchiveAnswerTransactionsType0Item] | None
    """ The ledger's rows of these cards, oldest first, with what is kept beside them """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        cards = []
        for cards_item_data in self.cards:
            cards_item = cards_item_data.to_dict()
            cards.append(cards_item)

        customer = self.customer.to_dict()

        exported_at = self.exported_at.isoformat()

        missing = []
        for missing_item_data in self.missing:
            missing_item = missing_item_data.to_dict()
            missing.append(missing_item)

        passes: list[dict[str, Any]] | None
        if isinstance(self.passes, list):
            passes = []
            for passes_type_0_item_data in self.passes:
                passes_type_0_item = passes_type_0_item_data.to_dict()
                passes.append(passes_type_0_item)

        else:
            passes = self.passes

        transactions: list[dict[str, Any]] | None
        if isinstance(self.transactions, list):
            transactions = []
            for transactions_type_0_item_data in self.transactions:
                transactions_type_0_item = transactions_type_0_item_data.to_dict()
                transactions.append(transactions_type_0_item)

        else:
            transactions = self.transactions

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "cards": cards,
                "customer": customer,
                "exported_at": exported_at,
                "missing": missing,
                "passes": passes,
                "transactions": transactions,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.archive_answer_passes_type_0_item import ArchiveAnswerPassesType0Item
        from ..models.archive_answer_transactions_type_0_item import ArchiveAnswerTransactionsType0Item
        from ..models.archived_card import ArchivedCard
        from ..models.customer_whole import CustomerWhole
        from ..models.missing_part import MissingPart

        d = dict(src_dict)
        cards = []
        _cards = d.pop("cards")
        for cards_item_data in _cards:
            cards_item = ArchivedCard.from_dict(cards_item_data)

            cards.append(cards_item)

        customer = CustomerWhole.from_dict(d.pop("customer"))

        exported_at = datetime.datetime.fromisoformat(d.pop("exported_at"))

        missing = []
        _missing = d.pop("missing")
        for missing_item_data in _missing:
            missing_item = MissingPart.from_dict(missing_item_data)

            missing.append(missing_item)

        def _parse_passes(data: object) -> list[ArchiveAnswerPassesType0Item] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                passes_type_0 = []
                _passes_type_0 = data
                for passes_type_0_item_data in _passes_type_0:
                    passes_type_0_item = ArchiveAnswerPassesType0Item.from_dict(passes_type_0_item_data)

                    passes_type_0.append(passes_type_0_item)

                return passes_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[ArchiveAnswerPassesType0Item] | None, data)

        passes = _parse_passes(d.pop("passes"))

        def _parse_transactions(data: object) -> list[ArchiveAnswerTransactionsType0Item] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                transactions_type_0 = []
                _transactions_type_0 = data
                for transactions_type_0_item_data in _transactions_type_0:
                    transactions_type_0_item = ArchiveAnswerTransactionsType0Item.from_dict(
                        transactions_type_0_item_data
                    )

                    transactions_type_0.append(transactions_type_0_item)

                return transactions_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[ArchiveAnswerTransactionsType0Item] | None, data)

        transactions = _parse_transactions(d.pop("transactions"))

        archive_answer = cls(
            cards=cards,
            customer=customer,
            exported_at=exported_at,
            missing=missing,
            passes=passes,
            transactions=transactions,
        )

        archive_answer.additional_properties = d
        return archive_answer

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
