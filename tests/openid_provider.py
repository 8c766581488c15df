"""Real OpenID providers on loopback: one that keeps to the standard, and one that lies as a test has it."""

import hashlib
import json
import os
import secrets
import socket
import subprocess
import sys
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey

CLIENT_ID, CLIENT_SECRET = "console", "a secret of the console and the provider"
BACK = "/login/provider/back"


@dataclass
class LyingProvider:
    """Keeps to the standard until a test changes what it says."""

    url: str = ""
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "first", "use": "sig"}))
    said: dict[str, Any] = field(default_factory=dict)
    """Claims beside, or instead of, those that are right; None leaves one out."""
    more: dict[str, Any] = field(default_factory=dict)
    """What it says to who asks with the access token."""
    sign: Callable[[dict[str, Any]], str] | None = None
    """How the token is made of its claims, where not as it should be."""
    metadata: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    """Answers by path, instead of the right ones."""
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def let(self, address: str, **changes: str | None) -> str:
        """Have somebody sign in who was sent to this address; where they come back to."""
        asked = dict(parse_qsl(urlsplit(address).query))
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        back = {"code": code, "state": asked["state"]} | changes
        query = urlencode({name: value for name, value in back.items() if value is not None})
        return f"{BACK}?{query}"

    def token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        claims = {"iss": self.url, "sub": "ana", "aud": CLIENT_ID, "exp": now + 300, "iat": now}
        claims |= {"nonce": asked["nonce"], "email": "ana@example.com", "email_verified": True, "name": "Ana"}
        claims = {name: value for name, value in (claims | self.said).items() if value is not None}
        return self.sign(claims) if self.sign else jwt.encode({"alg": "ES256", "kid": "first"}, claims, self.key)

    def answer(self, path: str, form: dict[str, str]) -> Any:
        """What to say at a path, as JSON; None where nothing is right."""
        match path:
            case "/.well-known/openid-configuration":
                places = {"authorization": "/authorize", "token": "/token", "userinfo": "/userinfo"}
                endpoints = {f"{name}_endpoint": self.url + place for name, place in places.items()}
                algorithms = {"id_token_signing_alg_values_supported": ["ES256", "HS256", "none"]}
                return {"issuer": self.url, "jwks_uri": f"{self.url}/keys"} | endpoints | algorithms | self.metadata
            case "/keys":
                return {"keys": [self.key.as_dict(private=False)]}
            case "/userinfo":
                return self.more
            case "/token":
                return self._token_for(form)
        return None

    def _token_for(self, form: dict[str, str]) -> Any:
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or challenge_of(form.get("code_verifier", "")) != asked["code_challenge"]:
            return None
        return {"access_token": "an access token", "token_type": "Bearer", "id_token": self.token(asked)}


def challenge_of(verifier: str) -> str:
    """What PKCE's S256 makes of a verifier (RFC 7636, 4.2)."""
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


@contextmanager
def lying() -> Iterator[LyingProvider]:
    """One that lies as it is told to, until the block ends."""
    provider = LyingProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            provider.asked.append(path)
            length = int(self.headers.get("Content-Length", 0))
            form = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
            status, body = provider.answers.get(path) or self._usual(path, form)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 - as http.server asks for it

        def _usual(self, path: str, form: dict[str, str]) -> tuple[int, bytes]:
            answer = provider.answer(path, form)
            return (400, b'{"error": "invalid_grant"}') if answer is None else (200, json.dumps(answer).encode())

        def log_message(self, *args: Any) -> None:
            """Nothing: what is asked for is in the tests."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()


@contextmanager
def honest(*people: dict[str, Any]) -> Iterator[Callable[[], str]]:
    """A real one, as a process of its own, with these people; what this gives waits for its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    known = [part for person in people for part in ("--user-claims", json.dumps(person))]
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), *known]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, env=os.environ | {"NO_COLOR": "1"})
    url = f"http://127.0.0.1:{port}"
    try:
        yield lambda: _wait_for(url, process)
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> str:
    for _ in range(600):
        assert process.poll() is None, "The provider did not start."
        try:
            httpx.get(f"{url}/.well-known/openid-configuration")
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return url
    raise AssertionError("The provider gave no answer.")


def sign_in_at(address: str, subject: str) -> str:
    """Sign in at the honest one as somebody; where it sends the browser back to, without the host."""
    answer = httpx.post(address, data={"sub": subject})
    parts = urlsplit(answer.headers["Location"])
    return f"{parts.path}?{parts.query}"
