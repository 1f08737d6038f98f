import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.get_report_of_members_of_merchant_format import (
    GetReportOfMembersOfMerchantFormat,
)
from ...models.members_report import MembersReport
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    merchant_id: UUID,
    from_: datetime.date | None | Unset = UNSET,
    to: datetime.date | None | Unset = UNSET,
    store_id: None | Unset | UUID = UNSET,
    format_: GetReportOfMembersOfMerchantFormat | Unset = "json",
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_merchant_id = str(merchant_id)
    params["merchant_id"] = json_merchant_id

    json_from_: str | Unset | None
    if isinstance(from_, Unset):
        json_from_ = UNSET
    elif isinstance(from_, datetime.date):
        json_from_ = from_.isoformat()
    else:
        json_from_ = from_
    params["from"] = json_from_

    json_to: str | Unset | None
    if isinstance(to, Unset):
        json_to = UNSET
    elif isinstance(to, datetime.date):
        json_to = to.isoformat()
    else:
        json_to = to
    params["to"] = json_to

    json_store_id: str | Unset | None
    if isinstance(store_id, Unset):
        json_store_id = UNSET
    elif isinstance(store_id, UUID):
        json_store_id = str(store_id)
    else:
        json_store_id = store_id
    params["store_id"] = json_store_id

    json_format_: str | Unset = UNSET
    if not isinstance(format_, Unset):
        json_format_ = format_

    params["format"] = json_format_

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/admin/loyalty/reports/members",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> MembersReport | Problem | None:
    if response.status_code == 200:
        response_200 = MembersReport.from_dict(response.json())

        return response_200

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = Problem.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = Problem.from_dict(response.json())

        return response_404

    if response.status_code == 422:
        response_422 = Problem.from_dict(response.json())

        return response_422

    if response.status_code == 429:
        response_429 = Problem.from_dict(response.json())

        return response_429

    if response.status_code == 500:
        response_500 = Problem.from_dict(response.json())

        return response_500

    if response.status_code == 503:
        response_503 = Problem.from_dict(response.json())

        return response_503

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[MembersReport | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    merchant_id: UUID,
    from_: datetime.date | None | Unset = UNSET,
    to: datetime.date | None | Unset = UNSET,
    store_id: None | Unset | UUID = UNSET,
    format_: GetReportOfMembersOfMerchantFormat | Unset = "json",
) -> Response[MembersReport | Problem]:
    """The members of a merchant

     The same as owners and managers read it; `merchant_id` is required.

    Args:
        merchant_id (UUID): Whose report
        from_ (datetime.date | None | Unset): The first day, the merchant's
        to (datetime.date | None | Unset): The last day, included; at most 400 days
        store_id (None | Unset | UUID): Only cards that were handed out at this store
        format_ (GetReportOfMembersOfMerchantFormat | Unset): JSON, or CSV with a header Default:
            'json'.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[MembersReport | Problem]
    """

    kwargs = _get_kwargs(
        merchant_id=merchant_id,
        from_=from_,
        to=to,
        store_id=store_id,
        format_=format_,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    merchant_id: UUID,
    from_: datetime.date | None | Unset = UNSET,
    to: datetime.date | None | Unset = UNSET,
    store_id: None | Unset | UUID = UNSET,
    format_: GetReportOfMembersOfMerchantFormat | Unset = "json",
) -> MembersReport | Problem | None:
    """The members of a merchant

     The same as owners and managers read it; `merchant_id` is required.

    Args:
        merchant_id (UUID): Whose report
        from_ (datetime.date | None | Unset): The first day, the merchant's
        to (datetime.date | None | Unset): The last day, included; at most 400 days
        store_id (None | Unset | UUID): Only cards that were handed out at this store
        format_ (GetReportOfMembersOfMerchantFormat | Unset): JSON, or CSV with a header Default:
            'json'.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        MembersReport | Problem
    """

    return sync_detailed(
        client=client,
        merchant_id=merchant_id,
        from_=from_,
        to=to,
        store_id=store_id,
        format_=format_,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    merchant_id: UUID,
    from_: datetime.date | None | Unset = UNSET,
    to: datetime.date | None | Unset = UNSET,
    store_id: None | Unset | UUID = UNSET,
    format_: GetReportOfMembersOfMerchantFormat | Unset = "json",
) -> Response[MembersReport | Problem]:
    """The members of a merchant

     The same as owners and managers read it; `merchant_id` is required.

    Args:
        merchant_id (UUID): Whose report
        from_ (datetime.date | None | Unset): The first day, the merchant's
        to (datetime.date | None | Unset): The last day, included; at most 400 days
        store_id (None | Unset | UUID): Only cards that were handed out at this store
        format_ (GetReportOfMembersOfMerchantFormat | Unset): JSON, or CSV with a header Default:
            'json'.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[MembersReport | Problem]
    """

    kwargs = _get_kwargs(
        merchant_id=merchant_id,
        from_=from_,
        to=to,
        store_id=store_id,
        format_=format_,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    merchant_id: UUID,
    from_: datetime.date | None | Unset = UNSET,
    to: datetime.date | None | Unset = UNSET,
    store_id: None | Unset | UUID = UNSET,
    format_: GetReportOfMembersOfMerchantFormat | Unset = "json",
) -> MembersReport | Problem | None:
    """The members of a merchant

     The same as owners and managers read it; `merchant_id` is required.

    Args:
        merchant_id (UUID): Whose report
        from_ (datetime.date | None | Unset): The first day, the merchant's
        to (datetime.date | None | Unset): The last day, included; at most 400 days
        store_id (None | Unset | UUID): Only cards that were handed out at this store
        format_ (GetReportOfMembersOfMerchantFormat | Unset): JSON, or CSV with a header Default:
            'json'.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        MembersReport | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            merchant_id=merchant_id,
            from_=from_,
            to=to,
            store_id=store_id,
            format_=format_,
        )
    ).parsed
