"""The description of the HTTP interface: OpenAPI, and the same as a page that needs no script, for who is signed in."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from starlette.responses import Response
from starlette.routing import BaseRoute

from ui.bar import bar
from ui.frame import language, shown, template
from ui.pages import ICON, STYLESHEET

NAME: Final = "cooperation"


def description(routes: list[BaseRoute]) -> dict[str, Any]:
    """OpenAPI of the routes below `/api`, with the token they ask for."""
    ours = [route for route in routes if getattr(route, "path", "").startswith("/api/")]
    schema = get_openapi(title=NAME, version="1", routes=ours)
    schema.setdefault("components", {})["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    schema["security"] = [{"token": []}]
    return schema


def router(app: FastAPI, base_url: str) -> APIRouter:
    """The two pages about the interface; they tell nothing of any document."""
    found = APIRouter()
    kept: list[dict[str, Any]] = []

    def described() -> dict[str, Any]:
        if not kept:
            kept.append(description(list(api_routes(app))))
        return kept[0]

    @found.get("/api/openapi.json", include_in_schema=False)
    def openapi() -> Response:
        return JSONResponse(described())

    @found.get("/api", include_in_schema=False)
    def page(request: Request) -> Response:
        theme = request.cookies.get("theme", "")
        made = template("desk-scripts.html").render(
            words=language(request),
            bar=bar(request, True),
            theme=theme if theme in ("light", "dark") else "",
            routes=_listed(described()),
            base=base_url,
            stylesheet=STYLESHEET,
            icon=ICON,
        )
        return shown(request, made)

    return found


def api_routes(app: FastAPI) -> list[BaseRoute]:
    """The routes for scripts, however the framework keeps those of an included router."""
    found: list[BaseRoute] = []
    for route in app.routes:
        inner = getattr(route, "original_router", None)
        found += inner.routes if inner is not None else [route]
    return found


def _listed(schema: dict[str, Any]) -> list[tuple[str, str, list[tuple[str, bool]]]]:
    """Method, path and the names of what each route takes, with whether it must be given."""
    listed = []
    for path, methods in schema["paths"].items():
        for method, told in methods.items():
            takes = [(one["name"], bool(one.get("required"))) for one in told.get("parameters", [])]
            for body in told.get("requestBody", {}).get("content", {}).values():
                model = schema["components"]["schemas"][body["schema"]["$ref"].rpartition("/")[2]]
                takes += [(name, name in model.get("required", [])) for name in model["properties"]]
            listed.append((method.upper(), path, takes))
    return listed
