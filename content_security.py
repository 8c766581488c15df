"""What browsers are told with every answer alike: to refuse all that did not come from here, and to keep nothing."""

from flask import Flask, Response, request

from people.cookies import is_over_tls

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "object-src 'none'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""No inline script, handler or style runs, whoever wrote it; nothing comes from or goes to another site."""
NEEDED = ("clipboard-write", "publickey-credentials-create", "publickey-credentials-get")
"""What pages of ours ask browsers for: copying, and passkeys."""
UNNEEDED = (
    *("accelerometer", "autoplay", "browsing-topics", "camera", "clipboard-read", "display-capture"),
    *("encrypted-media", "fullscreen", "geolocation", "gyroscope", "hid", "identity-credentials-get", "idle-detection"),
    *("local-fonts", "magnetometer", "microphone", "midi", "payment", "picture-in-picture", "screen-wake-lock"),
    *("serial", "storage-access", "usb", "window-management", "xr-spatial-tracking"),
)
PERMISSIONS = ", ".join([f"{name}=(self)" for name in NEEDED] + [f"{name}=()" for name in UNNEEDED])
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",  # for browsers that don't know frame-ancestors
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}
TLS_ONLY = "max-age=63072000; includeSubDomains"
"""Two years of TLS and nothing else, as hstspreload.org asks for; said over TLS alone (RFC 6797, 7.2)."""


def init_app(app: Flask) -> None:
    app.after_request(_tell_browsers)


def _tell_browsers(response: Response) -> Response:
    response.headers.extend(HEADERS)  # nothing else sets them, so none is looked for
    if is_over_tls():
        response.headers["Strict-Transport-Security"] = TLS_ONLY
    if not _is_file(response):
        response.headers["Cache-Control"] = (
            "no-store"  # Flask-Security's own says no-store=True, which caches don't know
        )
        response.headers["Vary"] = ", ".join((*response.headers.getlist("Vary"), "Cookie", "Authorization"))
    return response


def _is_file(response: Response) -> bool:
    """Whether it is one of the front end's files, which are the same for everybody; an error in its place is not."""
    return (request.endpoint or "").rpartition(".")[2] == "static" and response.status_code < 400
