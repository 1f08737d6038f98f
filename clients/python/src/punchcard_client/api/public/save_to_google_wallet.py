from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...types import Response


def _get_kwargs(
    link_token: str,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/loyalty/cards/{link_token}/google".format(
            link_token=quote(str(link_token), safe=""),
        ),
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | Problem | None:
    if response.status_code == 302:
        response_302 = cast(Any, None)
        return response_302

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
) -> Response[Any | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    link_token: str,
    *,
    client: AuthenticatedClient,
) -> Response[Any | Problem]:
    """Add one's own card to Google Wallet

     Leads to Google's page with a link that is made for this once. A link that ended, a deleted card and
    a deleted merchant are answered alike.

    Args:
        link_token (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem]
    """

    kwargs = _get_kwargs(
        link_token=link_token,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    link_token: str,
    *,
    client: AuthenticatedClient,
) -> Any | Problem | None:
    """Add one's own card to Google Wallet

     Leads to Google's page with a link that is made for this once. A link that ended, a deleted card and
    a deleted merchant are answered alike.

    Args:
        link_token (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem
    """

    return sync_detailed(
        link_token=link_token,
        client=client,
    ).parsed


async def asyncio_detailed(
    link_token: str,
    *,
    client: AuthenticatedClient,
) -> Response[Any | Problem]:
    """Add one's own card to Google Wallet

     Leads to Google's page with a link that is made for this once. A link that ended, a deleted card and
    a deleted merchant are answered alike.

    Args:
        link_token (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem]
    """

    kwargs = _get_kwargs(
        link_token=link_token,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    link_token: str,
    *,
    client: AuthenticatedClient,
) -> Any | Problem | None:
    """Add one's own card to Google Wallet

     Leads to Google's page with a link that is made for this once. A link that ended, a deleted card and
    a deleted merchant are answered alike.

    Args:
        link_token (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem
    """

    return (
        await asyncio_detailed(
            link_token=link_token,
            client=client,
        )
    ).parsed
