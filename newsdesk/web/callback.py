"""The callback of hubs (WebSub sections 5.2, 5.3 and 7): GET verifies or denies, POST brings what is new."""

import asyncio
from http import HTTPStatus
from typing import assert_never

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from newsdesk.fetch import FetchSettings
from newsdesk.pipeline.push import Inbox, Push, Receipt
from newsdesk.websub import Mode

_LIMITS = FetchSettings(user_agent="")  # a pushed document may be as large as a polled one
_MOST_CHALLENGE = 4_096  # characters


def callback_routes(inbox: Inbox) -> APIRouter:
    """The routes of one inbox."""
    router = APIRouter()

    @router.get("/websub/{key}")
    def answer(key: str, request: Request) -> Response:
        asked = request.query_params
        mode, topic = asked.get("hub.mode", ""), asked.get("hub.topic", "")
        if mode == Mode.DENIED:
            if not inbox.deny(key, topic, asked.get("hub.reason", "")):
                raise HTTPException(HTTPStatus.NOT_FOUND)
            return PlainTextResponse("noted\n")
        challenge = asked.get("hub.challenge", "")
        if not 0 < len(challenge) <= _MOST_CHALLENGE or not inbox.verify(
            key, mode, topic, lease=asked.get("hub.lease_seconds")
        ):
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return Response(challenge, media_type="application/octet-stream")

    @router.post("/websub/{key}")
    async def take(key: str, request: Request) -> Response:
        known = await asyncio.to_thread(inbox.knows, key)
        if known is not Receipt.TAKEN:
            return _response(known)
        body = await _body(request, inbox.seconds)
        headers = request.headers
        push = Push(
            body=body,
            content_type=headers.get("content-type", ""),
            content_encoding=headers.get("content-encoding", ""),
            signature=headers.get("x-hub-signature"),
        )
        return _response(await inbox.take(key, push))

    return router


async def _body(request: Request, seconds: float) -> bytes:
    """The body as it comes over the wire, within limits of size and time."""
    announced = request.headers.get("content-length", "0")
    body = bytearray()
    if not announced.isdigit() or int(announced[:12]) > _LIMITS.max_raw:
        raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                body += chunk
                if len(body) > _LIMITS.max_raw:
                    raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    except (TimeoutError, ClientDisconnect) as error:
        raise HTTPException(HTTPStatus.REQUEST_TIMEOUT) from error
    return bytes(body)


def _response(receipt: Receipt) -> Response:
    match receipt:
        case Receipt.TAKEN | Receipt.DROPPED:  # who signs wrongly must not learn that
            return Response(status_code=HTTPStatus.ACCEPTED)
        case Receipt.GONE:
            return Response(status_code=HTTPStatus.GONE)  # tells a hub that it may forget us
        case Receipt.UNKNOWN:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        case Receipt.LATER:
            return Response(status_code=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "60"})
        case _:
            assert_never(receipt)
