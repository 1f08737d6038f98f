from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.list_parked_events_state_type_0_item import (
    ListParkedEventsStateType0Item,
)
from ...models.parked_list import ParkedList
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    limit: int | Unset = 50,
    state: list[ListParkedEventsStateType0Item] | None | Unset = UNSET,
    cursor: None | str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["limit"] = limit

    json_state: list[str] | Unset | None
    if isinstance(state, Unset):
        json_state = UNSET
    elif isinstance(state, list):
        json_state = []
        for state_type_0_item_data in state:
            state_type_0_item: str = state_type_0_item_data
            json_state.append(state_type_0_item)

    else:
        json_state = state
    params["state"] = json_state

    json_cursor: str | Unset | None
    if isinstance(cursor, Unset):
        json_cursor = UNSET
    else:
        json_cursor = cursor
    params["cursor"] = json_cursor

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/admin/loyalty/events/parked",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ParkedList | Problem | None:
    if response.status_code == 200:
        response_200 = ParkedList.from_dict(response.json())

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
) -> Response[ParkedList | Problem]:
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
    state: list[ListParkedEventsStateType0Item] | None | Unset = UNSET,
    cursor: None | str | Unset = UNSET,
) -> Response[ParkedList | Problem]:
    """Parked events

     What waits for a decision, over all services; refused while one of them does not answer.

    Args:
        limit (int | Unset): How many at most Default: 50.
        state (list[ListParkedEventsStateType0Item] | None | Unset): Only those in these states;
            by default those that are not done with
        cursor (None | str | Unset): `next_cursor` of the page before

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ParkedList | Problem]
    """

    kwargs = _get_kwargs(
        limit=limit,
        state=state,
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
    state: list[ListParkedEventsStateType0Item] | None | Unset = UNSET,
    cursor: None | str | Unset = UNSET,
) -> ParkedList | Problem | None:
    """Parked events

     What waits for a decision, over all services; refused while one of them does not answer.

    Args:
        limit (int | Unset): How many at most Default: 50.
        state (list[ListParkedEventsStateType0Item] | None | Unset): Only those in these states;
            by default those that are not done with
        cursor (None | str | Unset): `next_cursor` of the page before

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ParkedList | Problem
    """

    return sync_detailed(
        client=client,
        limit=limit,
        state=state,
        cursor=cursor,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 50,
    state: list[ListParkedEventsStateType0Item] | None | Unset = UNSET,
    cursor: None | str | Unset = UNSET,
) -> Response[ParkedList | Problem]:
    """Parked events

     What waits for a decision, over all services; refused while one of them does not answer.

    Args:
        limit (int | Unset): How many at most Default: 50.
        state (list[ListParkedEventsStateType0Item] | None | Unset): Only those in these states;
            by default those that are not done with
        cursor (None | str | Unset): `next_cursor` of the page before

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ParkedList | Problem]
    """

    kwargs = _get_kwargs(
        limit=limit,
        state=state,
        cursor=cursor,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 50,
    state: list[ListParkedEventsStateType0Item] | None | Unset = UNSET,
    cursor: None | str | Unset = UNSET,
) -> ParkedList | Problem | None:
    """Parked events

     What waits for a decision, over all services; refused while one of them does not answer.

    Args:
        limit (int | Unset): How many at most Default: 50.
        state (list[ListParkedEventsStateType0Item] | None | Unset): Only those in these states;
            by default those that are not done with
        cursor (None | str | Unset): `next_cursor` of the page before

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ParkedList | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            limit=limit,
            state=state,
            cursor=cursor,
        )
    ).parsed
