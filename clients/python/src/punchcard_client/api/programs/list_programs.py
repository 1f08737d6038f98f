from http import HTTPStatus
from typing import Any
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.program_list import ProgramList
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    merchant_id: None | Unset | UUID = UNSET,
    limit: int | Unset = 50,
    cursor: None | str | Unset = UNSET,
    search: None | str | Unset = UNSET,
    include_deleted: bool | Unset = False,
    only_deleted: bool | Unset = False,
    count: bool | Unset = False,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_merchant_id: str | Unset | None
    if isinstance(merchant_id, Unset):
        json_merchant_id = UNSET
    elif isinstance(merchant_id, UUID):
        json_merchant_id = str(merchant_id)
    else:
        json_merchant_id = merchant_id
    params["merchant_id"] = json_merchant_id

    params["limit"] = limit

    json_cursor: str | Unset | None
    if isinstance(cursor, Unset):
        json_cursor = UNSET
    else:
        json_cursor = cursor
    params["cursor"] = json_cursor

    json_search: str | Unset | None
    if isinstance(search, Unset):
        json_search = UNSET
    else:
        json_search = search
    params["search"] = json_search

    params["include_deleted"] = include_deleted

    params["only_deleted"] = only_deleted

    params["count"] = count

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/admin/loyalty/programs",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Problem | ProgramList | None:
    if response.status_code == 200:
        response_200 = ProgramList.from_dict(response.json())

        return response_200

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = Problem.from_dict(response.json())

        return response_403

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
) -> Response[Problem | ProgramList]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    merchant_id: None | Unset | UUID = UNSET,
    limit: int | Unset = 50,
    cursor: None | str | Unset = UNSET,
    search: None | str | Unset = UNSET,
    include_deleted: bool | Unset = False,
    only_deleted: bool | Unset = False,
    count: bool | Unset = False,
) -> Response[Problem | ProgramList]:
    """Programs

     Newest first; `search` takes the start of words of the card's or merchant's name, or the whole slug.

    Each with its figures as they are in a program's statistics; null where the ledger does not answer.

    Args:
        merchant_id (None | Unset | UUID): Only those of this merchant
        limit (int | Unset): How many at most Default: 50.
        cursor (None | str | Unset): `next_cursor` of the page before
        search (None | str | Unset): The start of words of the name, or the whole slug, code or
            e-mail
        include_deleted (bool | Unset): Deleted ones too (admins only) Default: False.
        only_deleted (bool | Unset): Only deleted ones (admins only) Default: False.
        count (bool | Unset): Tell `total`, too Default: False.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | ProgramList]
    """

    kwargs = _get_kwargs(
        merchant_id=merchant_id,
        limit=limit,
        cursor=cursor,
        search=search,
        include_deleted=include_deleted,
        only_deleted=only_deleted,
        count=count,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    merchant_id: None | Unset | UUID = UNSET,
    limit: int | Unset = 50,
    cursor: None | str | Unset = UNSET,
    search: None | str | Unset = UNSET,
    include_deleted: bool | Unset = False,
    only_deleted: bool | Unset = False,
    count: bool | Unset = False,
) -> Problem | ProgramList | None:
    """Programs

     Newest first; `search` takes the start of words of the card's or merchant's name, or the whole slug.

    Each with its figures as they are in a program's statistics; null where the ledger does not answer.

    Args:
        merchant_id (None | Unset | UUID): Only those of this merchant
        limit (int | Unset): How many at most Default: 50.
        cursor (None | str | Unset): `next_cursor` of the page before
        search (None | str | Unset): The start of words of the name, or the whole slug, code or
            e-mail
        include_deleted (bool | Unset): Deleted ones too (admins only) Default: False.
        only_deleted (bool | Unset): Only deleted ones (admins only) Default: False.
        count (bool | Unset): Tell `total`, too Default: False.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | ProgramList
    """

    return sync_detailed(
        client=client,
        merchant_id=merchant_id,
        limit=limit,
        cursor=cursor,
        search=search,
        include_deleted=include_deleted,
        only_deleted=only_deleted,
        count=count,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    merchant_id: None | Unset | UUID = UNSET,
    limit: int | Unset = 50,
    cursor: None | str | Unset = UNSET,
    search: None | str | Unset = UNSET,
    include_deleted: bool | Unset = False,
    only_deleted: bool | Unset = False,
    count: bool | Unset = False,
) -> Response[Problem | ProgramList]:
    """Programs

     Newest first; `search` takes the start of words of the card's or merchant's name, or the whole slug.

    Each with its figures as they are in a program's statistics; null where the ledger does not answer.

    Args:
        merchant_id (None | Unset | UUID): Only those of this merchant
        limit (int | Unset): How many at most Default: 50.
        cursor (None | str | Unset): `next_cursor` of the page before
        search (None | str | Unset): The start of words of the name, or the whole slug, code or
            e-mail
        include_deleted (bool | Unset): Deleted ones too (admins only) Default: False.
        only_deleted (bool | Unset): Only deleted ones (admins only) Default: False.
        count (bool | Unset): Tell `total`, too Default: False.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | ProgramList]
    """

    kwargs = _get_kwargs(
        merchant_id=merchant_id,
        limit=limit,
        cursor=cursor,
        search=search,
        include_deleted=include_deleted,
        only_deleted=only_deleted,
        count=count,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    merchant_id: None | Unset | UUID = UNSET,
    limit: int | Unset = 50,
    cursor: None | str | Unset = UNSET,
    search: None | str | Unset = UNSET,
    include_deleted: bool | Unset = False,
    only_deleted: bool | Unset = False,
    count: bool | Unset = False,
) -> Problem | ProgramList | None:
    """Programs

     Newest first; `search` takes the start of words of the card's or merchant's name, or the whole slug.

    Each with its figures as they are in a program's statistics; null where the ledger does not answer.

    Args:
        merchant_id (None | Unset | UUID): Only those of this merchant
        limit (int | Unset): How many at most Default: 50.
        cursor (None | str | Unset): `next_cursor` of the page before
        search (None | str | Unset): The start of words of the name, or the whole slug, code or
            e-mail
        include_deleted (bool | Unset): Deleted ones too (admins only) Default: False.
        only_deleted (bool | Unset): Only deleted ones (admins only) Default: False.
        count (bool | Unset): Tell `total`, too Default: False.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | ProgramList
    """

    return (
        await asyncio_detailed(
            client=client,
            merchant_id=merchant_id,
            limit=limit,
            cursor=cursor,
            search=search,
            include_deleted=include_deleted,
            only_deleted=only_deleted,
            count=count,
        )
    ).parsed
