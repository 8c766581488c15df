"""The front end's files: joined where several make one, named by their content, compressed, kept for a year."""

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import brotli
import rcssmin
from flask import Flask, Response, abort, has_request_context, request, session, url_for

from config import ROOT

STATIC = ROOT / "static"
BUNDLES: dict[str, tuple[str, ...]] = {
    "console.css": (
        "css/tokens.css",
        "css/ground.css",
        "css/frame.css",
        "css/components.css",
        "css/forms.css",
        "css/lists.css",
        "css/search.css",
        "css/filters.css",
        "css/views.css",
        "css/dialogs.css",
        "css/dashboard.css",
        "css/records.css",
        "css/times.css",
        "css/failures.css",
        "css/recoveries.css",
        "css/bulk.css",
        "css/history.css",
        "css/deliveries.css",
        "css/exports.css",
        "css/wizard.css",
        "css/account.css",
        "css/acting.css",
        "css/palette.css",
        "css/toasts.css",
        "css/api-docs.css",
        "css/standalone.css",
        "css/print.css",
    ),
    "standalone.js": ("js/base.js", "js/copy.js", "js/reveal.js", "js/standalone.js", "js/passkeys.js"),
    "console.js": (
        "js/base.js",
        "js/htmx.js",
        "js/out_of_date.js",
        "js/live.js",
        "js/parts.js",
        "js/rows.js",
        "js/preferences.js",
        "js/copy.js",
        "js/confirm.js",
        "js/lists.js",
        "js/redis.js",
        "js/toasts.js",
        "js/palette.js",
        "js/keys.js",
        "js/guard.js",
        "js/focus.js",
        "js/dates.js",
        "js/selects.js",
        "js/inline_forms.js",
        "js/forms.js",
        "js/details.js",
        "js/why.js",
        "js/due.js",
        "js/suggest.js",
        "js/charts.js",
        "js/times.js",
        "js/reader.js",
        "js/records.js",
        "js/exports.js",
        "js/reveal.js",
        "js/passkeys.js",
        "js/print.js",
    ),
    "lists.js": (
        "js/search.js",
        "js/selection.js",
        "js/order.js",
        "js/filters.js",
        "js/columns.js",
        "js/editable.js",
        "js/modals.js",
    ),
}
"""Files of our own that are served as one, in this order. Only lists load the last."""
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".png": "image/png"}
"""The kinds of files that are served, with their content types; all else under static/ is not."""
A_YEAR_S = 31_536_000

_COMMENT_LINES = re.compile(rb"^[ \t]*(?://[^\n]*|/\*.*?\*/[ \t]*)\n", re.MULTILINE | re.DOTALL)
"""Comments of scripts that have lines of their own; what stands beside code stays, since that takes a parser."""
_NAMED_BY_CONTENT = re.compile(r"(?P<stem>.+)\.(?P<digest>[0-9a-f]{12})(?P<ending>\.[a-z]+)")


@dataclass(frozen=True)
class Asset:
    """One file as it is served."""

    name: str
    """Its path under static/, or the name of its bundle."""
    content: bytes
    digest: str
    """The first 12 hexadecimal digits of the SHA-256 of its content."""

    @property
    def address(self) -> str:
        """Its path with the digest in it, so that other content has another address."""
        path = Path(self.name)
        return f"{path.with_suffix('')}.{self.digest}{path.suffix}"


def init_app(app: Flask) -> None:
    """Serve the files under /static/, and give templates `asset("console.css")`."""
    app.add_url_rule("/static/<path:filename>", endpoint="static", view_func=_serve)
    app.before_request(_serve_at_once)
    app.after_request(_same_for_everyone)
    app.jinja_env.globals["asset"] = asset_url


def asset_url(name: str) -> str:
    """The address of a file, or of a bundle of them.

    Raises:
        KeyError: there is no such file.
    """
    return _address(request.script_root if has_request_context() else None, name)


@cache
def _address(root: str | None, name: str) -> str:
    """Kept, since a list asks for its icons hundreds of times."""
    address = _assets()[name].address
    return url_for("static", filename=address) if root is None else f"{root}/static/{address}"


def _serve_at_once() -> Response | None:
    """Answer for a file before anything asks who is there, which would cost a query."""
    return _serve(**request.view_args) if request.endpoint == "static" and request.view_args else None


def _same_for_everyone(response: Response) -> Response:
    """Flask-Login looks at the session of every request, and Flask would say `Vary: Cookie` of a file for that."""
    if request.endpoint == "static":
        session.accessed = False
    return response


@cache
def _assets() -> dict[str, Asset]:
    """All that is served, by name."""
    files = {str(path.relative_to(STATIC)): path for path in STATIC.rglob("*") if path.suffix in TYPES}
    parts = {part for bundle in BUNDLES.values() for part in bundle}
    contents = {name: path.read_bytes() for name, path in files.items() if name not in parts}
    contents |= {name: b"\n".join(map(_smallest, bundle)) for name, bundle in BUNDLES.items()}
    return {name: Asset(name, content, _digest(content)) for name, content in contents.items()}


def _smallest(part: str) -> bytes:
    """A file of ours without its comments, which are a third of it: styles without their spaces, too."""
    content = (STATIC / part).read_bytes()
    return bytes(rcssmin.cssmin(content)) if part.endswith(".css") else _COMMENT_LINES.sub(b"", content)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


@cache
def _encoded(name: str, coding: str) -> bytes:
    """The file in a content coding: as it lies beside the original, else made now, once."""
    ending, compress = {"br": (".br", brotli.compress), "gzip": (".gz", _gzip)}[coding]
    beside = STATIC / f"{name}{ending}"
    return beside.read_bytes() if beside.is_file() else compress(_assets()[name].content)


def _gzip(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def _serve(filename: str) -> Response:
    asset, is_named_by_content = _find(filename)
    coding = request.accept_encodings.best_match(["br", "gzip", "identity"], default="identity")
    content = asset.content if coding == "identity" else _encoded(asset.name, coding)
    response = Response(content, content_type=_content_type(asset))
    response.headers["Vary"] = "Accept-Encoding"
    if coding != "identity":
        response.headers["Content-Encoding"] = coding
    if is_named_by_content:
        response.cache_control.public = True
        response.cache_control.max_age = A_YEAR_S
        response.cache_control.immutable = True
    else:
        response.cache_control.no_cache = True
    response.set_etag(f"{asset.digest}-{coding}")
    return response.make_conditional(request)  # type: ignore[return-value]


def _find(filename: str) -> tuple[Asset, bool]:
    """The file of an address, and whether the address says what is in it."""
    if filename in _assets():
        return _assets()[filename], False
    named = _NAMED_BY_CONTENT.fullmatch(filename)
    asset = _assets().get(f"{named['stem']}{named['ending']}") if named else None
    if asset is None or named is None:
        abort(404, "There is no such file.")
    return asset, asset.digest == named["digest"]


def _content_type(asset: Asset) -> str:
    kind = TYPES[Path(asset.name).suffix]
    return f"{kind}; charset=utf-8" if kind.startswith("text/") or kind.endswith("+xml") else kind
