from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.changed_passes import ChangedPasses
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    device: str,
    pass_type: str,
    *,
    passes_updated_since: None | str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_passes_updated_since: str | Unset | None
    if isinstance(passes_updated_since, Unset):
        json_passes_updated_since = UNSET
    else:
        json_passes_updated_since = passes_updated_since
    params["passesUpdatedSince"] = json_passes_updated_since

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/loyalty/apple/v1/devices/{device}/registrations/{pass_type}".format(
            device=quote(str(device), safe=""),
            pass_type=quote(str(pass_type), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | ChangedPasses | Problem | None:
    if response.status_code == 200:
        response_200 = ChangedPasses.from_dict(response.json())

        return response_200

    if response.status_code == 204:
        response_204 = cast(Any, None)
        return response_204

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
) -> Response[Any | ChangedPasses | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    device: str,
    pass_type: str,
    *,
    client: AuthenticatedClient,
    passes_updated_since: None | str | Unset = UNSET,
) -> Response[Any | ChangedPasses | Problem]:
    """Which of a device's passes changed

     Those that changed after the tag, or all. The tag is a number of ours that only grows.

    Args:
        device (str): What the device calls itself; whoever knows it may ask which of its passes
            changed
        pass_type (str): The pass type identifier
        passes_updated_since (None | str | Unset): `lastUpdated` of the last answer

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ChangedPasses | Problem]
    """

    kwargs = _get_kwargs(
        device=device,
        pass_type=pass_type,
        passes_updated_since=passes_updated_since,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    device: str,
    pass_type: str,
    *,
    client: AuthenticatedClient,
    passes_updated_since: None | str | Unset = UNSET,
) -> Any | ChangedPasses | Problem | None:
    """Which of a device's passes changed

     Those that changed after the tag, or all. The tag is a number of ours that only grows.

    Args:
        device (str): What the device calls itself; whoever knows it may ask which of its passes
            changed
        pass_type (str): The pass type identifier
        passes_updated_since (None | str | Unset): `lastUpdated` of the last answer

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ChangedPasses | Problem
    """

    return sync_detailed(
        device=device,
        pass_type=pass_type,
        client=client,
        passes_updated_since=passes_updated_since,
    ).parsed


async def asyncio_detailed(
    device: str,
    pass_type: str,
    *,
    client: AuthenticatedClient,
    passes_updated_since: None | str | Unset = UNSET,
) -> Response[Any | ChangedPasses | Problem]:
    """Which of a device's passes changed

     Those that changed after the tag, or all. The tag is a number of ours that only grows.

    Args:
        device (str): What the device calls itself; whoever knows it may ask which of its passes
            changed
        pass_type (str): The pass type identifier
        passes_updated_since (None | str | Unset): `lastUpdated` of the last answer

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ChangedPasses | Problem]
    """

    kwargs = _get_kwargs(
        device=device,
        pass_type=pass_type,
        passes_updated_since=passes_updated_since,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    device: str,
    pass_type: str,
    *,
    client: AuthenticatedClient,
    passes_updated_since: None | str | Unset = UNSET,
) -> Any | ChangedPasses | Problem | None:
    """Which of a device's passes changed

     Those that changed after the tag, or all. The tag is a number of ours that only grows.

    Args:
        device (str): What the device calls itself; whoever knows it may ask which of its passes
            changed
        pass_type (str): The pass type identifier
        passes_updated_since (None | str | Unset): `lastUpdated` of the last answer

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ChangedPasses | Problem
    """

    return (
        await asyncio_detailed(
            device=device,
            pass_type=pass_type,
            client=client,
            passes_updated_since=passes_updated_since,
        )
    ).parsed
