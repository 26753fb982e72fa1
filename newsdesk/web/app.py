"""The app, put together: routes, headers of every answer, and what an error looks like from outside."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from fastapi.responses import PlainTextResponse
from starlette.exceptions import HTTPException

from newsdesk.errors import LedgerError
from newsdesk.pipeline.push import Inbox
from newsdesk.services import Services
from newsdesk.web.callback import callback_routes
from newsdesk.web.headers import SafeAnswers
from newsdesk.web.pages import page_routes

log = logging.getLogger("newsdesk")


def make_app(services: Services) -> FastAPI:
    """The app over open services, which must stay open while it runs. It stands alone, or below any path."""
    inbox = Inbox(services)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        with inbox:
            yield

    app = FastAPI(title="Newsdesk", openapi_url=None, docs_url=None, redoc_url=None, lifespan=lifespan)
    app.add_middleware(SafeAnswers)
    app.add_exception_handler(HTTPException, _say_status)
    app.add_exception_handler(LedgerError, _say_later)
    app.include_router(callback_routes(inbox))
    app.include_router(page_routes(services))
    return app


async def _say_status(request: Request, error: Exception) -> Response:
    """The same few words for every path, so that nobody learns what there is by asking for what there is not."""
    del request
    status = error.status_code if isinstance(error, HTTPException) else 500
    return PlainTextResponse("not found\n" if status == 404 else "not possible\n", status_code=status)  # noqa: PLR2004 - HTTP's


async def _say_later(request: Request, error: Exception) -> Response:
    """The ledger cannot be used now: whoever asked may come again."""
    del request
    log.warning("web: %s", error)
    return PlainTextResponse("try again later\n", status_code=503, headers={"Retry-After": "60"})
