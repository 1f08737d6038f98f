from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.problem_code import ProblemCode, check_problem_code
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.problem_errors_item import ProblemErrorsItem


T = TypeVar("T", bound="Problem")


@_attrs_define
class Problem:
    """A problem (RFC 9457); more members help with some codes"""

    code: ProblemCode
    """ Stable name of the problem """
    detail: str
    """ What it is in this case """
    instance: str
    """ The path that was asked """
    request_id: str
    """ Names the request when you ask about it """
    retryable: bool
    """ Whether the same request may succeed later """
    status: int
    """ The HTTP status """
    title: str
    """ What it is """
    type_: str
    """ A page that says what it means and what to do """
    amount: int | Unset = UNSET
    """ How much it is, where `required` is a minimum """
    balance: int | Unset = UNSET
    """ Stamps or points that there are """
    errors: list[ProblemErrorsItem] | Unset = UNSET
    """ The fields that were wrong, for `validation-failed` """
    remaining_cents: int | Unset = UNSET
    """ What of the purchase can still be voided """
    required: int | Unset = UNSET
    """ How much is needed: stamps, points, or minor units """
    retry_at: datetime.datetime | Unset = UNSET
    """ When it may be tried again """
    transaction_id: UUID | Unset = UNSET
    """ The earlier transaction """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        code: str = self.code

        detail = self.detail

        instance = self.instance

        request_id = self.request_id

        retryable = self.retryable

        status = self.status

        title = self.title

        type_ = self.type_

        amount = self.amount

        balance = self.balance

        errors: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.errors, Unset):
            errors = []
            for errors_item_data in self.errors:
                errors_item = errors_item_data.to_dict()
                errors.append(errors_item)

        remaining_cents = self.remaining_cents

        required = self.required

        retry_at: str | Unset = UNSET
        if not isinstance(self.retry_at, Unset):
            retry_at = self.retry_at.isoformat()

        transaction_id: str | Unset = UNSET
        if not isinstance(self.transaction_id, Unset):
            transaction_id = str(self.transaction_id)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "code": code,
                "detail": detail,
                "instance": instance,
                "request_id": request_id,
                "retryable": retryable,
                "status": status,
                "title": title,
                "type": type_,
            }
        )
        if amount is not UNSET:
            field_dict["amount"] = amount
        if balance is not UNSET:
            field_dict["balance"] = balance
        if errors is not UNSET:
            field_dict["errors"] = errors
        if remaining_cents is not UNSET:
            field_dict["remaining_cents"] = remaining_cents
        if required is not UNSET:
            field_dict["required"] = required
        if retry_at is not UNSET:
            field_dict["retry_at"] = retry_at
        if transaction_id is not UNSET:
            field_dict["transaction_id"] = transaction_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.problem_errors_item import ProblemErrorsItem

        d = dict(src_dict)
        code = check_problem_code(d.pop("code"))

        detail = d.pop("detail")

        instance = d.pop("instance")

        request_id = d.pop("request_id")

        retryable = d.pop("retryable")

        status = d.pop("status")

        title = d.pop("title")

        type_ = d.pop("type")

        amount = d.pop("amount", UNSET)

        balance = d.pop("balance", UNSET)

        _errors = d.pop("errors", UNSET)
        errors: list[ProblemErrorsItem] | Unset = UNSET
        if _errors is not UNSET:
            errors = []
            for errors_item_data in _errors:
                errors_item = ProblemErrorsItem.from_dict(errors_item_data)

                errors.append(errors_item)

        remaining_cents = d.pop("remaining_cents", UNSET)

        required = d.pop("required", UNSET)

        _retry_at = d.pop("retry_at", UNSET)
        retry_at: datetime.datetime | Unset
        if isinstance(_retry_at, Unset):
            retry_at = UNSET
        else:
            retry_at = datetime.datetime.fromisoformat(_retry_at)

        _transaction_id = d.pop("transaction_id", UNSET)
        transaction_id: UUID | Unset
        if isinstance(_transaction_id, Unset):
            transaction_id = UNSET
        else:
            transaction_id = UUID(_transaction_id)

        problem = cls(
            code=code,
            detail=detail,
            instance=instance,
            request_id=request_id,
            retryable=retryable,
            status=status,
            title=title,
            type_=type_,
            amount=amount,
            balance=balance,
            errors=errors,
            remaining_cents=remaining_cents,
            required=required,
            retry_at=retry_at,
            transaction_id=transaction_id,
        )

        problem.additional_properties = d
        return problem

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
