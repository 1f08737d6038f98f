from http import HTTPStatus
from typing import Any
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    store_id: UUID | Unset = UNSET,
    last_event_id: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(last_event_id, Unset):
        headers["last-event-id"] = last_event_id

    params: dict[str, Any] = {}

    json_store_id: str | Unset = UNSET
    if not isinstance(store_id, Unset):
        json_store_id = str(store_id)
    params["store_id"] = json_store_id

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/vendor/loyalty/events",
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Problem | str | None:
    if response.status_code == 200:
        response_200 = response.text
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
) -> Response[Problem | str]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    store_id: UUID | Unset = UNSET,
    last_event_id: str | Unset = UNSET,
) -> Response[Problem | str]:
    """Listen to transactions as they commit

     A till hears its own store; an owner or manager all stores of the merchant, or one (`store_id`).

    Each transaction is one event `transaction`, whose data is the transaction as lists show it, without
    `staff_name` and `notes`; its kind is the member `type`. Events come in the order of the merchant's
    feed, those of a card in the card's own order. Their ids grow within the merchant; a till does not
    get
    all numbers, for some are other stores'.

    Go on where you were with `Last-Event-ID`: nothing is missed and nothing comes twice, for 24 hours.
    When
    it reaches further back, or is none of ours, the first event is `reset`: read anew what you show;
    the
    stream goes on from now. Without it the stream begins now.

    A comment comes every 15 seconds, and an id without an event now and then, which counts as `Last-
    Event-
    ID` too. The stream ends when the credential does (an access token after 15 minutes, a revoked key
    within 2 seconds), when the reader takes nothing for 10 seconds, when the platform is updated, and
    when
    one caller opens more than ten: connect again.

    Args:
        store_id (UUID | Unset):
        last_event_id (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | str]
    """

    kwargs = _get_kwargs(
        store_id=store_id,
        last_event_id=last_event_id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    store_id: UUID | Unset = UNSET,
    last_event_id: str | Unset = UNSET,
) -> Problem | str | None:
    """Listen to transactions as they commit

     A till hears its own store; an owner or manager all stores of the merchant, or one (`store_id`).

    Each transaction is one event `transaction`, whose data is the transaction as lists show it, without
    `staff_name` and `notes`; its kind is the member `type`. Events come in the order of the merchant's
    feed, those of a card in the card's own order. Their ids grow within the merchant; a till does not
    get
    all numbers, for some are other stores'.

    Go on where you were with `Last-Event-ID`: nothing is missed and nothing comes twice, for 24 hours.
    When
    it reaches further back, or is none of ours, the first event is `reset`: read anew what you show;
    the
    stream goes on from now. Without it the stream begins now.

    A comment comes every 15 seconds, and an id without an event now and then, which counts as `Last-
    Event-
    ID` too. The stream ends when the credential does (an access token after 15 minutes, a revoked key
    within 2 seconds), when the reader takes nothing for 10 seconds, when the platform is updated, and
    when
    one caller opens more than ten: connect again.

    Args:
        store_id (UUID | Unset):
        last_event_id (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | str
    """

    return sync_detailed(
        client=client,
        store_id=store_id,
        last_event_id=last_event_id,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    store_id: UUID | Unset = UNSET,
    last_event_id: str | Unset = UNSET,
) -> Response[Problem | str]:
    """Listen to transactions as they commit

     A till hears its own store; an owner or manager all stores of the merchant, or one (`store_id`).

    Each transaction is one event `transaction`, whose data is the transaction as lists show it, without
    `staff_name` and `notes`; its kind is the member `type`. Events come in the order of the merchant's
    feed, those of a card in the card's own order. Their ids grow within the merchant; a till does not
    get
    all numbers, for some are other stores'.

    Go on where you were with `Last-Event-ID`: nothing is missed and nothing comes twice, for 24 hours.
    When
    it reaches further back, or is none of ours, the first event is `reset`: read anew what you show;
    the
    stream goes on from now. Without it the stream begins now.

    A comment comes every 15 seconds, and an id without an event now and then, which counts as `Last-
    Event-
    ID` too. The stream ends when the credential does (an access token after 15 minutes, a revoked key
    within 2 seconds), when the reader takes nothing for 10 seconds, when the platform is updated, and
    when
    one caller opens more than ten: connect again.

    Args:
        store_id (UUID | Unset):
        last_event_id (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | str]
    """

    kwargs = _get_kwargs(
        store_id=store_id,
        last_event_id=last_event_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    store_id: UUID | Unset = UNSET,
    last_event_id: str | Unset = UNSET,
) -> Problem | str | None:
    """Listen to transactions as they commit

     A till hears its own store; an owner or manager all stores of the merchant, or one (`store_id`).

    Each transaction is one event `transaction`, whose data is the transaction as lists show it, without
    `staff_name` and `notes`; its kind is the member `type`. Events come in the order of the merchant's
    feed, those of a card in the card's own order. Their ids grow within the merchant; a till does not
    get
    all numbers, for some are other stores'.

    Go on where you were with `Last-Event-ID`: nothing is missed and nothing comes twice, for 24 hours.
    When
    it reaches further back, or is none of ours, the first event is `reset`: read anew what you show;
    the
    stream goes on from now. Without it the stream begins now.

    A comment comes every 15 seconds, and an id without an event now and then, which counts as `Last-
    Event-
    ID` too. The stream ends when the credential does (an access token after 15 minutes, a revoked key
    within 2 seconds), when the reader takes nothing for 10 seconds, when the platform is updated, and
    when
    one caller opens more than ten: connect again.

    Args:
        store_id (UUID | Unset):
        last_event_id (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | str
    """

    return (
        await asyncio_detailed(
            client=client,
            store_id=store_id,
            last_event_id=last_event_id,
        )
    ).parsed
