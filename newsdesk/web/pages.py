"""Pages for people, and the question whether all is well for programs. Rendered here; nothing is loaded from afar."""

from functools import cache
from importlib.resources import files

import jinja2
from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from newsdesk import __version__
from newsdesk.errors import LedgerError
from newsdesk.ledger.figures import Figures, figures
from newsdesk.services import Services
from newsdesk.web.health import judge


def page_routes(services: Services) -> APIRouter:
    """The routes of the pages."""
    router = APIRouter()

    def look() -> Figures:
        with services.ledger.read() as connection:
            return figures(connection, services.clock())

    @router.get("/")
    def home(request: Request) -> Response:
        found = look()
        return _page("home.html", request, figures=found, health=judge(found))

    @router.get("/health")
    def health() -> Response:
        try:
            found = judge(look())
        except LedgerError:
            return JSONResponse({"ok": False, "problems": ["the ledger cannot be read"]}, status_code=503)
        return JSONResponse(found.as_json())

    @router.get("/style.css")
    def style() -> Response:
        return Response(_style(), media_type="text/css", headers={"Cache-Control": "max-age=3600"})

    return router


def _page(template: str, request: Request, **values: object) -> Response:
    root = request.scope.get("root_path", "").rstrip("/")  # the app may be mounted below a path
    text = _templates().get_template(template).render(root=root, version=__version__, **values)
    return HTMLResponse(text)


@cache
def _style() -> str:
    return files("newsdesk.web").joinpath("templates", "style.css").read_text(encoding="utf-8")


@cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("newsdesk.web"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
