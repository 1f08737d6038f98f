from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.customer_change import CustomerChange
from ...models.customer_whole import CustomerWhole
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    card_id: UUID,
    *,
    body: CustomerChange,
    if_match: None | str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["if-match"] = if_match

    _kwargs: dict[str, Any] = {
        "method": "patch",
        "url": "/api/v1/vendor/loyalty/cards/{card_id}/customer".format(
            card_id=quote(str(card_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> CustomerWhole | Problem | None:
    if response.status_code == 200:
        response_200 = CustomerWhole.from_dict(response.json())

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

    if response.status_code == 404:
        response_404 = Problem.from_dict(response.json())

        return response_404

    if response.status_code == 409:
        response_409 = Problem.from_dict(response.json())

        return response_409

    if response.status_code == 412:
        response_412 = Problem.from_dict(response.json())

        return response_412

    if response.status_code == 413:
        response_413 = Problem.from_dict(response.json())

        return response_413

    if response.status_code == 415:
        response_415 = Problem.from_dict(response.json())

        return response_415

    if response.status_code == 422:
        response_422 = Problem.from_dict(response.json())

        return response_422

    if response.status_code == 428:
        response_428 = Problem.from_dict(response.json())

        return response_428

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
) -> Response[CustomerWhole | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    card_id: UUID,
    *,
    client: AuthenticatedClient,
    body: CustomerChange,
    if_match: None | str | Unset = UNSET,
) -> Response[CustomerWhole | Problem]:
    """Change a card's customer

     Changes the members that are given. `If-Match` takes the ETag that was read.

    Args:
        card_id (UUID):
        if_match (None | str | Unset): The ETag that was read
        body (CustomerChange): The members that change; those left out stay. Null takes e-mail,
            phone or birthday away.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CustomerWhole | Problem]
    """

    kwargs = _get_kwargs(
        card_id=card_id,
        body=body,
        if_match=if_match,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    card_id: UUID,
    *,
    client: AuthenticatedClient,
    body: CustomerChange,
    if_match: None | str | Unset = UNSET,
) -> CustomerWhole | Problem | None:
    """Change a card's customer

     Changes the members that are given. `If-Match` takes the ETag that was read.

    Args:
        card_id (UUID):
        if_match (None | str | Unset): The ETag that was read
        body (CustomerChange): The members that change; those left out stay. Null takes e-mail,
            phone or birthday away.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CustomerWhole | Problem
    """

    return sync_detailed(
        card_id=card_id,
        client=client,
        body=body,
        if_match=if_match,
    ).parsed


async def asyncio_detailed(
    card_id: UUID,
    *,
    client: AuthenticatedClient,
    body: CustomerChange,
    if_match: None | str | Unset = UNSET,
) -> Response[CustomerWhole | Problem]:
    """Change a card's customer

     Changes the members that are given. `If-Match` takes the ETag that was read.

    Args:
        card_id (UUID):
        if_match (None | str | Unset): The ETag that was read
        body (CustomerChange): The members that change; those left out stay. Null takes e-mail,
            phone or birthday away.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CustomerWhole | Problem]
    """

    kwargs = _get_kwargs(
        card_id=card_id,
        body=body,
        if_match=if_match,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    card_id: UUID,
    *,
    client: AuthenticatedClient,
    body: CustomerChange,
    if_match: None | str | Unset = UNSET,
) -> CustomerWhole | Problem | None:
    """Change a card's customer

     Changes the members that are given. `If-Match` takes the ETag that was read.

    Args:
        card_id (UUID):
        if_match (None | str | Unset): The ETag that was read
        body (CustomerChange): The members that change; those left out stay. Null takes e-mail,
            phone or birthday away.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CustomerWhole | Problem
    """

    return (
        await asyncio_detailed(
            card_id=card_id,
            client=client,
            body=body,
            if_match=if_match,
        )
    ).parsed
