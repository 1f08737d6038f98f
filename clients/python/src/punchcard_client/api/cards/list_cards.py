from http import HTTPStatus
from typing import Any
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.card_list import CardList
from ...models.list_cards_status_type_0 import ListCardsStatusType0
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    search: None | str | Unset = UNSET,
    status: ListCardsStatusType0 | None | Unset = UNSET,
    store_id: None | Unset | UUID = UNSET,
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 50,
    count: bool | Unset = False,
    include_deleted: bool | Unset = False,
    only_deleted: bool | Unset = False,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_search: str | Unset | None
    if isinstance(search, Unset):
        json_search = UNSET
    else:
        json_search = search
    params["search"] = json_search

    json_status: str | Unset | None
    if isinstance(status, Unset):
        json_status = UNSET
    elif isinstance(status, str):
        json_status = status
    else:
        json_status = status
    params["status"] = json_status

    json_store_id: str | Unset | None
    if isinstance(store_id, Unset):
        json_store_id = UNSET
    elif isinstance(store_id, UUID):
        json_store_id = str(store_id)
    else:
        json_store_id = store_id
    params["store_id"] = json_store_id

    json_cursor: str | Unset | None
    if isinstance(cursor, Unset):
        json_cursor = UNSET
    else:
        json_cursor = cursor
    params["cursor"] = json_cursor

    params["limit"] = limit

    params["count"] = count

    params["include_deleted"] = include_deleted

    params["only_deleted"] = only_deleted

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/vendor/loyalty/cards",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> CardList | Problem | None:
    if response.status_code == 200:
        response_200 = CardList.from_dict(response.json())

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
) -> Response[CardList | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    search: None | str | Unset = UNSET,
    status: ListCardsStatusType0 | None | Unset = UNSET,
    store_id: None | Unset | UUID = UNSET,
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 50,
    count: bool | Unset = False,
    include_deleted: bool | Unset = False,
    only_deleted: bool | Unset = False,
) -> Response[CardList | Problem]:
    """List cards

     Cards of the merchant's program, newest first. A till sees those that work at its store.

    Args:
        search (None | str | Unset): A whole e-mail, phone or card number, or how a name's words
            begin
        status (ListCardsStatusType0 | None | Unset): Only cards of this status
        store_id (None | Unset | UUID): Only cards that were handed out at this store
        cursor (None | str | Unset): `next_cursor` of the page before
        limit (int | Unset): How many at most Default: 50.
        count (bool | Unset): Tell `total`, too Default: False.
        include_deleted (bool | Unset): Deleted ones too (admins only) Default: False.
        only_deleted (bool | Unset): Only deleted ones (admins only) Default: False.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CardList | Problem]
    """

    kwargs = _get_kwargs(
        search=search,
        status=status,
        store_id=store_id,
        cursor=cursor,
        limit=limit,
        count=count,
        include_deleted=include_deleted,
        only_deleted=only_deleted,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    search: None | str | Unset = UNSET,
    status: ListCardsStatusType0 | None | Unset = UNSET,
    store_id: None | Unset | UUID = UNSET,
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 50,
    count: bool | Unset = False,
    include_deleted: bool | Unset = False,
    only_deleted: bool | Unset = False,
) -> CardList | Problem | None:
    """List cards

     Cards of the merchant's program, newest first. A till sees those that work at its store.

    Args:
        search (None | str | Unset): A whole e-mail, phone or card number, or how a name's words
            begin
        status (ListCardsStatusType0 | None | Unset): Only cards of this status
        store_id (None | Unset | UUID): Only cards that were handed out at this store
        cursor (None | str | Unset): `next_cursor` of the page before
        limit (int | Unset): How many at most Default: 50.
        count (bool | Unset): Tell `total`, too Default: False.
        include_deleted (bool | Unset): Deleted ones too (admins only) Default: False.
        only_deleted (bool | Unset): Only deleted ones (admins only) Default: False.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CardList | Problem
    """

    return sync_detailed(
        client=client,
        search=search,
        status=status,
        store_id=store_id,
        cursor=cursor,
        limit=limit,
        count=count,
        include_deleted=include_deleted,
        only_deleted=only_deleted,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    search: None | str | Unset = UNSET,
    status: ListCardsStatusType0 | None | Unset = UNSET,
    store_id: None | Unset | UUID = UNSET,
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 50,
    count: bool | Unset = False,
    include_deleted: bool | Unset = False,
    only_deleted: bool | Unset = False,
) -> Response[CardList | Problem]:
    """List cards

     Cards of the merchant's program, newest first. A till sees those that work at its store.

    Args:
        search (None | str | Unset): A whole e-mail, phone or card number, or how a name's words
            begin
        status (ListCardsStatusType0 | None | Unset): Only cards of this status
        store_id (None | Unset | UUID): Only cards that were handed out at this store
        cursor (None | str | Unset): `next_cursor` of the page before
        limit (int | Unset): How many at most Default: 50.
        count (bool | Unset): Tell `total`, too Default: False.
        include_deleted (bool | Unset): Deleted ones too (admins only) Default: False.
        only_deleted (bool | Unset): Only deleted ones (admins only) Default: False.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CardList | Problem]
    """

    kwargs = _get_kwargs(
        search=search,
        status=status,
        store_id=store_id,
        cursor=cursor,
        limit=limit,
        count=count,
        include_deleted=include_deleted,
        only_deleted=only_deleted,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    search: None | str | Unset = UNSET,
    status: ListCardsStatusType0 | None | Unset = UNSET,
    store_id: None | Unset | UUID = UNSET,
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 50,
    count: bool | Unset = False,
    include_deleted: bool | Unset = False,
    only_deleted: bool | Unset = False,
) -> CardList | Problem | None:
    """List cards

     Cards of the merchant's program, newest first. A till sees those that work at its store.

    Args:
        search (None | str | Unset): A whole e-mail, phone or card number, or how a name's words
            begin
        status (ListCardsStatusType0 | None | Unset): Only cards of this status
        store_id (None | Unset | UUID): Only cards that were handed out at this store
        cursor (None | str | Unset): `next_cursor` of the page before
        limit (int | Unset): How many at most Default: 50.
        count (bool | Unset): Tell `total`, too Default: False.
        include_deleted (bool | Unset): Deleted ones too (admins only) Default: False.
        only_deleted (bool | Unset): Only deleted ones (admins only) Default: False.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CardList | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            search=search,
            status=status,
            store_id=store_id,
            cursor=cursor,
            limit=limit,
            count=count,
            include_deleted=include_deleted,
            only_deleted=only_deleted,
        )
    ).parsed
