"""Somebody between the console and its database is told nothing: each connection asks for TLS and a certificate."""

import asyncio
import socketserver
import ssl
import threading
from contextlib import contextmanager, suppress

import psycopg
import pytest
import trustme
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

import worker
from config import libpq_url
from services.engine import ENGINE_OPTIONS
from services.live.source import Source

ASKS_FOR_TLS = (80877103).to_bytes(4)
"""What begins a connection that is to be encrypted (PostgreSQL's manual, 54.7, SSLRequest)."""


class Between(socketserver.BaseRequestHandler):
    """Takes a connection as a server does, and keeps what it is told."""

    def handle(self):
        heard, tls = self.server.heard, self.server.tls
        self.request.settimeout(5)
        asked = self.request.recv(8)[4:]
        if asked != ASKS_FOR_TLS:
            heard.append(asked)
        self.request.sendall(b"S" if tls else b"N")
        with suppress(OSError), tls.wrap_socket(self.request, server_side=True) if tls else self.request as way:
            heard.extend(filter(None, [way.recv(1_000)]))


@contextmanager
def somebody(certificate=None):
    """A port of somebody who has TLS with this certificate, or says that they have none; and what they were told."""
    tls = None
    if certificate is not None:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(tls)
    with socketserver.TCPServer(("127.0.0.1", 0), Between) as server:
        server.heard, server.tls = [], tls
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.server_address[1], server.heard
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def url(authority, tmp_path):
    file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(file)
    return (
        f"postgresql+psycopg://u:a-password@127.0.0.1:{{}}/d?sslmode=verify-full&gssencmode=disable&sslrootcert={file}"
    )


CONNECTIONS = {
    "of web's and the worker's pools": lambda url: create_engine(url, **ENGINE_OPTIONS).connect(),
    "on which the worker hears of jobs": lambda url: asyncio.run(worker._connect(url)),
    "on which web hears of changes": lambda url: Source(libpq_url(url), None, None)._connect(),
}


@pytest.mark.parametrize("connection", CONNECTIONS)
def test_whoever_has_no_tls_or_no_certificate_for_it_is_told_nothing(url, authority, connection):
    certificates = [None, trustme.CA().issue_cert("127.0.0.1"), authority.issue_cert("db.example.com")]
    for certificate in certificates:
        with somebody(certificate) as (port, heard), pytest.raises((OperationalError, psycopg.OperationalError)):
            CONNECTIONS[connection](url.format(port))

        assert heard == []


@pytest.mark.parametrize("connection", CONNECTIONS)
def test_whoever_has_the_certificate_is_told_who_comes(url, authority, connection):
    with somebody(authority.issue_cert("127.0.0.1")) as (port, heard), pytest.raises((OperationalError, psycopg.Error)):
        CONNECTIONS[connection](url.format(port))

    assert b"user\0u\0" in b"".join(heard)
