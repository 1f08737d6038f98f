from http import HTTPStatus
from typing import Any
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.audit_list import AuditList
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    limit: int | Unset = 50,
    merchant_id: None | Unset | UUID = UNSET,
    actor_id: None | Unset | UUID = UNSET,
    thing_id: None | Unset | UUID = UNSET,
    kind: None | str | Unset = UNSET,
    cursor: None | str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["limit"] = limit

    json_merchant_id: str | Unset | None
    if isinstance(merchant_id, Unset):
        json_merchant_id = UNSET
    elif isinstance(merchant_id, UUID):
        json_merchant_id = str(merchant_id)
    else:
        json_merchant_id = merchant_id
    params["merchant_id"] = json_merchant_id

    json_actor_id: str | Unset | None
    if isinstance(actor_id, Unset):
        json_actor_id = UNSET
    elif isinstance(actor_id, UUID):
        json_actor_id = str(actor_id)
    else:
        json_actor_id = actor_id
    params["actor_id"] = json_actor_id

    json_thing_id: str | Unset | None
    if isinstance(thing_id, Unset):
        json_thing_id = UNSET
    elif isinstance(thing_id, UUID):
        json_thing_id = str(thing_id)
    else:
        json_thing_id = thing_id
    params["thing_id"] = json_thing_id

    json_kind: str | Unset | None
    if isinstance(kind, Unset):
        json_kind = UNSET
    else:
        json_kind = kind
    params["kind"] = json_kind

    json_cursor: str | Unset | None
    if isinstance(cursor, Unset):
        json_cursor = UNSET
    else:
        json_cursor = cursor
    params["cursor"] = json_cursor

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/admin/loyalty/audit",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> AuditList | Problem | None:
    if response.status_code == 200:
        response_200 = AuditList.from_dict(response.json())

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
) -> Response[AuditList | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 50,
    merchant_id: None | Unset | UUID = UNSET,
    actor_id: None | Unset | UUID = UNSET,
    thing_id: None | Unset | UUID = UNSET,
    kind: None | str | Unset = UNSET,
    cursor: None | str | Unset = UNSET,
) -> Response[AuditList | Problem]:
    """Who changed what

     Changes by admins, owners and managers, over all services; refused while one of them is silent.

    Args:
        limit (int | Unset): How many at most Default: 50.
        merchant_id (None | Unset | UUID): Only what is this merchant's
        actor_id (None | Unset | UUID): Only what this user did
        thing_id (None | Unset | UUID): Only what was done to this thing
        kind (None | str | Unset): Only things of this kind
        cursor (None | str | Unset): `next_cursor` of the page before

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AuditList | Problem]
    """

    kwargs = _get_kwargs(
        limit=limit,
        merchant_id=merchant_id,
        actor_id=actor_id,
        thing_id=thing_id,
        kind=kind,
        cursor=cursor,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 50,
    merchant_id: None | Unset | UUID = UNSET,
    actor_id: None | Unset | UUID = UNSET,
    thing_id: None | Unset | UUID = UNSET,
    kind: None | str | Unset = UNSET,
    cursor: None | str | Unset = UNSET,
) -> AuditList | Problem | None:
    """Who changed what

     Changes by admins, owners and managers, over all services; refused while one of them is silent.

    Args:
        limit (int | Unset): How many at most Default: 50.
        merchant_id (None | Unset | UUID): Only what is this merchant's
        actor_id (None | Unset | UUID): Only what this user did
        thing_id (None | Unset | UUID): Only what was done to this thing
        kind (None | str | Unset): Only things of this kind
        cursor (None | str | Unset): `next_cursor` of the page before

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AuditList | Problem
    """

    return sync_detailed(
        client=client,
        limit=limit,
        merchant_id=merchant_id,
        actor_id=actor_id,
        thing_id=thing_id,
        kind=kind,
        cursor=cursor,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 50,
    merchant_id: None | Unset | UUID = UNSET,
    actor_id: None | Unset | UUID = UNSET,
    thing_id: None | Unset | UUID = UNSET,
    kind: None | str | Unset = UNSET,
    cursor: None | str | Unset = UNSET,
) -> Response[AuditList | Problem]:
    """Who changed what

     Changes by admins, owners and managers, over all services; refused while one of them is silent.

    Args:
        limit (int | Unset): How many at most Default: 50.
        merchant_id (None | Unset | UUID): Only what is this merchant's
        actor_id (None | Unset | UUID): Only what this user did
        thing_id (None | Unset | UUID): Only what was done to this thing
        kind (None | str | Unset): Only things of this kind
        cursor (None | str | Unset): `next_cursor` of the page before

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AuditList | Problem]
    """

    kwargs = _get_kwargs(
        limit=limit,
        merchant_id=merchant_id,
        actor_id=actor_id,
        thing_id=thing_id,
        kind=kind,
        cursor=cursor,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 50,
    merchant_id: None | Unset | UUID = UNSET,
    actor_id: None | Unset | UUID = UNSET,
    thing_id: None | Unset | UUID = UNSET,
    kind: None | str | Unset = UNSET,
    cursor: None | str | Unset = UNSET,
) -> AuditList | Problem | None:
    """Who changed what

     Changes by admins, owners and managers, over all services; refused while one of them is silent.

    Args:
        limit (int | Unset): How many at most Default: 50.
        merchant_id (None | Unset | UUID): Only what is this merchant's
        actor_id (None | Unset | UUID): Only what this user did
        thing_id (None | Unset | UUID): Only what was done to this thing
        kind (None | str | Unset): Only things of this kind
        cursor (None | str | Unset): `next_cursor` of the page before

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AuditList | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            limit=limit,
            merchant_id=merchant_id,
            actor_id=actor_id,
            thing_id=thing_id,
            kind=kind,
            cursor=cursor,
        )
    ).parsed
