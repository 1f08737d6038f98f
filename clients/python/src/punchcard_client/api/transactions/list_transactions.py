from http import HTTPStatus
from typing import Any
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.list_transactions_type_type_0 import (
    ListTransactionsTypeType0,
)
from ...models.problem import Problem
from ...models.transaction_list import TransactionList
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 50,
    count: bool | Unset = False,
    store_id: None | Unset | UUID = UNSET,
    staff_id: None | Unset | UUID = UNSET,
    type_: ListTransactionsTypeType0 | None | Unset = UNSET,
    from_: None | str | Unset = UNSET,
    to: None | str | Unset = UNSET,
    card_id: None | Unset | UUID = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_cursor: str | Unset | None
    if isinstance(cursor, Unset):
        json_cursor = UNSET
    else:
        json_cursor = cursor
    params["cursor"] = json_cursor

    params["limit"] = limit

    params["count"] = count

    json_store_id: str | Unset | None
    if isinstance(store_id, Unset):
        json_store_id = UNSET
    elif isinstance(store_id, UUID):
        json_store_id = str(store_id)
    else:
        json_store_id = store_id
    params["store_id"] = json_store_id

    json_staff_id: str | Unset | None
    if isinstance(staff_id, Unset):
        json_staff_id = UNSET
    elif isinstance(staff_id, UUID):
        json_staff_id = str(staff_id)
    else:
        json_staff_id = staff_id
    params["staff_id"] = json_staff_id

    json_type_: str | Unset | None
    if isinstance(type_, Unset):
        json_type_ = UNSET
    elif isinstance(type_, str):
        json_type_ = type_
    else:
        json_type_ = type_
    params["type"] = json_type_

    json_from_: str | Unset | None
    if isinstance(from_, Unset):
        json_from_ = UNSET
    else:
        json_from_ = from_
    params["from"] = json_from_

    json_to: str | Unset | None
    if isinstance(to, Unset):
        json_to = UNSET
    else:
        json_to = to
    params["to"] = json_to

    json_card_id: str | Unset | None
    if isinstance(card_id, Unset):
        json_card_id = UNSET
    elif isinstance(card_id, UUID):
        json_card_id = str(card_id)
    else:
        json_card_id = card_id
    params["card_id"] = json_card_id

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/vendor/loyalty/transactions",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Problem | TransactionList | None:
    if response.status_code == 200:
        response_200 = TransactionList.from_dict(response.json())

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
) -> Response[Problem | TransactionList]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 50,
    count: bool | Unset = False,
    store_id: None | Unset | UUID = UNSET,
    staff_id: None | Unset | UUID = UNSET,
    type_: ListTransactionsTypeType0 | None | Unset = UNSET,
    from_: None | str | Unset = UNSET,
    to: None | str | Unset = UNSET,
    card_id: None | Unset | UUID = UNSET,
) -> Response[Problem | TransactionList]:
    """List transactions

     By when they happened, newest first; a till sees those of its own store. A page may hold fewer than
    `limit`: only the absence of `next_cursor` says that there are no more.

    Args:
        cursor (None | str | Unset): `next_cursor` of the page before
        limit (int | Unset): How many at most Default: 50.
        count (bool | Unset): Tell `total`, too Default: False.
        store_id (None | Unset | UUID): Made at this store; a till names its own
        staff_id (None | Unset | UUID): Approved by this staff member
        type_ (ListTransactionsTypeType0 | None | Unset): Of this type
        from_ (None | str | Unset): Not before; a day of the merchant (`2026-11-20`), or a time
            with its offset
        to (None | str | Unset): Until the end of a day, before a time; a day of the merchant
            (`2026-11-20`), or a time with its offset
        card_id (None | Unset | UUID): Of this card

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | TransactionList]
    """

    kwargs = _get_kwargs(
        cursor=cursor,
        limit=limit,
        count=count,
        store_id=store_id,
        staff_id=staff_id,
        type_=type_,
        from_=from_,
        to=to,
        card_id=card_id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 50,
    count: bool | Unset = False,
    store_id: None | Unset | UUID = UNSET,
    staff_id: None | Unset | UUID = UNSET,
    type_: ListTransactionsTypeType0 | None | Unset = UNSET,
    from_: None | str | Unset = UNSET,
    to: None | str | Unset = UNSET,
    card_id: None | Unset | UUID = UNSET,
) -> Problem | TransactionList | None:
    """List transactions

     By when they happened, newest first; a till sees those of its own store. A page may hold fewer than
    `limit`: only the absence of `next_cursor` says that there are no more.

    Args:
        cursor (None | str | Unset): `next_cursor` of the page before
        limit (int | Unset): How many at most Default: 50.
        count (bool | Unset): Tell `total`, too Default: False.
        store_id (None | Unset | UUID): Made at this store; a till names its own
        staff_id (None | Unset | UUID): Approved by this staff member
        type_ (ListTransactionsTypeType0 | None | Unset): Of this type
        from_ (None | str | Unset): Not before; a day of the merchant (`2026-11-20`), or a time
            with its offset
        to (None | str | Unset): Until the end of a day, before a time; a day of the merchant
            (`2026-11-20`), or a time with its offset
        card_id (None | Unset | UUID): Of this card

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | TransactionList
    """

    return sync_detailed(
        client=client,
        cursor=cursor,
        limit=limit,
        count=count,
        store_id=store_id,
        staff_id=staff_id,
        type_=type_,
        from_=from_,
        to=to,
        card_id=card_id,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 50,
    count: bool | Unset = False,
    store_id: None | Unset | UUID = UNSET,
    staff_id: None | Unset | UUID = UNSET,
    type_: ListTransactionsTypeType0 | None | Unset = UNSET,
    from_: None | str | Unset = UNSET,
    to: None | str | Unset = UNSET,
    card_id: None | Unset | UUID = UNSET,
) -> Response[Problem | TransactionList]:
    """List transactions

     By when they happened, newest first; a till sees those of its own store. A page may hold fewer than
    `limit`: only the absence of `next_cursor` says that there are no more.

    Args:
        cursor (None | str | Unset): `next_cursor` of the page before
        limit (int | Unset): How many at most Default: 50.
        count (bool | Unset): Tell `total`, too Default: False.
        store_id (None | Unset | UUID): Made at this store; a till names its own
        staff_id (None | Unset | UUID): Approved by this staff member
        type_ (ListTransactionsTypeType0 | None | Unset): Of this type
        from_ (None | str | Unset): Not before; a day of the merchant (`2026-11-20`), or a time
            with its offset
        to (None | str | Unset): Until the end of a day, before a time; a day of the merchant
            (`2026-11-20`), or a time with its offset
        card_id (None | Unset | UUID): Of this card

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | TransactionList]
    """

    kwargs = _get_kwargs(
        cursor=cursor,
        limit=limit,
        count=count,
        store_id=store_id,
        staff_id=staff_id,
        type_=type_,
        from_=from_,
        to=to,
        card_id=card_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 50,
    count: bool | Unset = False,
    store_id: None | Unset | UUID = UNSET,
    staff_id: None | Unset | UUID = UNSET,
    type_: ListTransactionsTypeType0 | None | Unset = UNSET,
    from_: None | str | Unset = UNSET,
    to: None | str | Unset = UNSET,
    card_id: None | Unset | UUID = UNSET,
) -> Problem | TransactionList | None:
    """List transactions

     By when they happened, newest first; a till sees those of its own store. A page may hold fewer than
    `limit`: only the absence of `next_cursor` says that there are no more.

    Args:
        cursor (None | str | Unset): `next_cursor` of the page before
        limit (int | Unset): How many at most Default: 50.
        count (bool | Unset): Tell `total`, too Default: False.
        store_id (None | Unset | UUID): Made at this store; a till names its own
        staff_id (None | Unset | UUID): Approved by this staff member
        type_ (ListTransactionsTypeType0 | None | Unset): Of this type
        from_ (None | str | Unset): Not before; a day of the merchant (`2026-11-20`), or a time
            with its offset
        to (None | str | Unset): Until the end of a day, before a time; a day of the merchant
            (`2026-11-20`), or a time with its offset
        card_id (None | Unset | UUID): Of this card

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | TransactionList
    """

    return (
        await asyncio_detailed(
            client=client,
            cursor=cursor,
            limit=limit,
            count=count,
            store_id=store_id,
            staff_id=staff_id,
            type_=type_,
            from_=from_,
            to=to,
            card_id=card_id,
        )
    ).parsed
