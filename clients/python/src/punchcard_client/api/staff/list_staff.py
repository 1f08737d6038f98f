from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.staff_members import StaffMembers
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    count: bool | Unset = False,
    limit: int | Unset = 50,
    cursor: None | str | Unset = UNSET,
    search: None | str | Unset = UNSET,
    include_deleted: bool | Unset = False,
    only_deleted: bool | Unset = False,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["count"] = count

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

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/vendor/loyalty/pins",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Problem | StaffMembers | None:
    if response.status_code == 200:
        response_200 = StaffMembers.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = Problem.from_dict(response.json())

        return response_400

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
) -> Response[Problem | StaffMembers]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    count: bool | Unset = False,
    limit: int | Unset = 50,
    cursor: None | str | Unset = UNSET,
    search: None | str | Unset = UNSET,
    include_deleted: bool | Unset = False,
    only_deleted: bool | Unset = False,
) -> Response[Problem | StaffMembers]:
    """List staff members

     The merchant's, newest first. `search` takes the start of a word of the name, or a whole code.

    Args:
        count (bool | Unset): Count all that match Default: False.
        limit (int | Unset): Rows of a page Default: 50.
        cursor (None | str | Unset): `next_cursor` of the page before
        search (None | str | Unset): Start of a name's word, a whole e-mail or code
        include_deleted (bool | Unset): Deleted ones too; admins only Default: False.
        only_deleted (bool | Unset): Deleted ones only; admins only Default: False.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | StaffMembers]
    """

    kwargs = _get_kwargs(
        count=count,
        limit=limit,
        cursor=cursor,
        search=search,
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
    count: bool | Unset = False,
    limit: int | Unset = 50,
    cursor: None | str | Unset = UNSET,
    search: None | str | Unset = UNSET,
    include_deleted: bool | Unset = False,
    only_deleted: bool | Unset = False,
) -> Problem | StaffMembers | None:
    """List staff members

     The merchant's, newest first. `search` takes the start of a word of the name, or a whole code.

    Args:
        count (bool | Unset): Count all that match Default: False.
        limit (int | Unset): Rows of a page Default: 50.
        cursor (None | str | Unset): `next_cursor` of the page before
        search (None | str | Unset): Start of a name's word, a whole e-mail or code
        include_deleted (bool | Unset): Deleted ones too; admins only Default: False.
        only_deleted (bool | Unset): Deleted ones only; admins only Default: False.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | StaffMembers
    """

    return sync_detailed(
        client=client,
        count=count,
        limit=limit,
        cursor=cursor,
        search=search,
        include_deleted=include_deleted,
        only_deleted=only_deleted,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    count: bool | Unset = False,
    limit: int | Unset = 50,
    cursor: None | str | Unset = UNSET,
    search: None | str | Unset = UNSET,
    include_deleted: bool | Unset = False,
    only_deleted: bool | Unset = False,
) -> Response[Problem | StaffMembers]:
    """List staff members

     The merchant's, newest first. `search` takes the start of a word of the name, or a whole code.

    Args:
        count (bool | Unset): Count all that match Default: False.
        limit (int | Unset): Rows of a page Default: 50.
        cursor (None | str | Unset): `next_cursor` of the page before
        search (None | str | Unset): Start of a name's word, a whole e-mail or code
        include_deleted (bool | Unset): Deleted ones too; admins only Default: False.
        only_deleted (bool | Unset): Deleted ones only; admins only Default: False.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | StaffMembers]
    """

    kwargs = _get_kwargs(
        count=count,
        limit=limit,
        cursor=cursor,
        search=search,
        include_deleted=include_deleted,
        only_deleted=only_deleted,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    count: bool | Unset = False,
    limit: int | Unset = 50,
    cursor: None | str | Unset = UNSET,
    search: None | str | Unset = UNSET,
    include_deleted: bool | Unset = False,
    only_deleted: bool | Unset = False,
) -> Problem | StaffMembers | None:
    """List staff members

     The merchant's, newest first. `search` takes the start of a word of the name, or a whole code.

    Args:
        count (bool | Unset): Count all that match Default: False.
        limit (int | Unset): Rows of a page Default: 50.
        cursor (None | str | Unset): `next_cursor` of the page before
        search (None | str | Unset): Start of a name's word, a whole e-mail or code
        include_deleted (bool | Unset): Deleted ones too; admins only Default: False.
        only_deleted (bool | Unset): Deleted ones only; admins only Default: False.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | StaffMembers
    """

    return (
        await asyncio_detailed(
            client=client,
            count=count,
            limit=limit,
            cursor=cursor,
            search=search,
            include_deleted=include_deleted,
            only_deleted=only_deleted,
        )
    ).parsed
