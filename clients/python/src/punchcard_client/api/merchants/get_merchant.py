from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.merchant_answer import MerchantAnswer
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    merchant_id: UUID,
    *,
    include_deleted: bool | Unset = False,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["include_deleted"] = include_deleted

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/admin/loyalty/merchants/{merchant_id}".format(
            merchant_id=quote(str(merchant_id), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> MerchantAnswer | Problem | None:
    if response.status_code == 200:
        response_200 = MerchantAnswer.from_dict(response.json())

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
) -> Response[MerchantAnswer | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    merchant_id: UUID,
    *,
    client: AuthenticatedClient,
    include_deleted: bool | Unset = False,
) -> Response[MerchantAnswer | Problem]:
    """A merchant

     A deleted one is shown with `include_deleted` only.

    Args:
        merchant_id (UUID):
        include_deleted (bool | Unset): Deleted ones too (admins only) Default: False.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[MerchantAnswer | Problem]
    """

    kwargs = _get_kwargs(
        merchant_id=merchant_id,
        include_deleted=include_deleted,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    merchant_id: UUID,
    *,
    client: AuthenticatedClient,
    include_deleted: bool | Unset = False,
) -> MerchantAnswer | Problem | None:
    """A merchant

     A deleted one is shown with `include_deleted` only.

    Args:
        merchant_id (UUID):
        include_deleted (bool | Unset): Deleted ones too (admins only) Default: False.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        MerchantAnswer | Problem
    """

    return sync_detailed(
        merchant_id=merchant_id,
        client=client,
        include_deleted=include_deleted,
    ).parsed


async def asyncio_detailed(
    merchant_id: UUID,
    *,
    client: AuthenticatedClient,
    include_deleted: bool | Unset = False,
) -> Response[MerchantAnswer | Problem]:
    """A merchant

     A deleted one is shown with `include_deleted` only.

    Args:
        merchant_id (UUID):
        include_deleted (bool | Unset): Deleted ones too (admins only) Default: False.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[MerchantAnswer | Problem]
    """

    kwargs = _get_kwargs(
        merchant_id=merchant_id,
        include_deleted=include_deleted,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    merchant_id: UUID,
    *,
    client: AuthenticatedClient,
    include_deleted: bool | Unset = False,
) -> MerchantAnswer | Problem | None:
    """A merchant

     A deleted one is shown with `include_deleted` only.

    Args:
        merchant_id (UUID):
        include_deleted (bool | Unset): Deleted ones too (admins only) Default: False.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        MerchantAnswer | Problem
    """

    return (
        await asyncio_detailed(
            merchant_id=merchant_id,
            client=client,
            include_deleted=include_deleted,
        )
    ).parsed
