from http import HTTPStatus
from typing import Any
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.balance_page import BalancePage
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    merchant_id: UUID,
    limit: int | Unset = 50,
    cursor: None | str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_merchant_id = str(merchant_id)
    params["merchant_id"] = json_merchant_id

    params["limit"] = limit

    json_cursor: str | Unset | None
    if isinstance(cursor, Unset):
        json_cursor = UNSET
    else:
        json_cursor = cursor
    params["cursor"] = json_cursor

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/admin/loyalty/exports/balances",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> BalancePage | Problem | None:
    if response.status_code == 200:
        response_200 = BalancePage.from_dict(response.json())

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
) -> Response[BalancePage | Problem]:
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
    limit: int | Unset = 50,
    cursor: None | str | Unset = UNSET,
) -> Response[BalancePage | Problem]:
    """Export balances

     Of every card that has any.

    Args:
        merchant_id (UUID): Whose
        limit (int | Unset): Rows on a page, 1 to 100 Default: 50.
        cursor (None | str | Unset): `next_cursor` of the page before

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BalancePage | Problem]
    """

    kwargs = _get_kwargs(
        merchant_id=merchant_id,
        limit=limit,
        cursor=cursor,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    merchant_id: UUID,
    limit: int | Unset = 50,
    cursor: None | str | Unset = UNSET,
) -> BalancePage | Problem | None:
    """Export balances

     Of every card that has any.

    Args:
        merchant_id (UUID): Whose
        limit (int | Unset): Rows on a page, 1 to 100 Default: 50.
        cursor (None | str | Unset): `next_cursor` of the page before

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BalancePage | Problem
    """

    return sync_detailed(
        client=client,
        merchant_id=merchant_id,
        limit=limit,
        cursor=cursor,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    merchant_id: UUID,
    limit: int | Unset = 50,
    cursor: None | str | Unset = UNSET,
) -> Response[BalancePage | Problem]:
    """Export balances

     Of every card that has any.

    Args:
        merchant_id (UUID): Whose
        limit (int | Unset): Rows on a page, 1 to 100 Default: 50.
        cursor (None | str | Unset): `next_cursor` of the page before

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BalancePage | Problem]
    """

    kwargs = _get_kwargs(
        merchant_id=merchant_id,
        limit=limit,
        cursor=cursor,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    merchant_id: UUID,
    limit: int | Unset = 50,
    cursor: None | str | Unset = UNSET,
) -> BalancePage | Problem | None:
    """Export balances

     Of every card that has any.

    Args:
        merchant_id (UUID): Whose
        limit (int | Unset): Rows on a page, 1 to 100 Default: 50.
        cursor (None | str | Unset): `next_cursor` of the page before

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BalancePage | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            merchant_id=merchant_id,
            limit=limit,
            cursor=cursor,
        )
    ).parsed
