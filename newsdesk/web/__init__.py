"""The web app: pages for people, and the callback to which hubs push. The one door to FastAPI."""

from newsdesk.web.app import make_app
from newsdesk.web.serving import WebServer

__all__ = ["WebServer", "make_app"]
