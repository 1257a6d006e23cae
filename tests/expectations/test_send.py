"""Messages on their way by a mail server and by chat, both real but for being ours; a refusal loses nothing."""

import json
import socketserver
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import psycopg
import pytest
from frontdoor.alerts.catalogue import Catalogue
from frontdoor.alerts.send import send_waiting
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


class MailServer(socketserver.ThreadingTCPServer):
    """Takes mail as far as the tests need; refuses recipients in `refused`."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), MailSession)
        self.received: list[str] = []
        self.refused: set[str] = set()


class MailSession(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.answer("220 ready")
        while line := self.rfile.readline().decode().strip():
            verb = line[:4].upper()
            if verb == "DATA":
                self.answer("354 go on")
                self.server.received.append(self.message())
            elif verb == "RCPT" and any(address in line for address in self.server.refused):
                self.answer("550 no such mailbox")
                continue
            self.answer("221 bye" if verb == "QUIT" else "250 ok")
            if verb == "QUIT":
                return

    def message(self) -> str:
        lines = []
        while (line := self.rfile.readline().decode().rstrip("\r\n")) != ".":
            lines.append(line)
        return "\n".join(lines)

    def answer(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def chat() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A chat service's URL for Apprise, and what was posted to it."""
    posted: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"json://127.0.0.1:{server.server_port}", posted
        server.shutdown()


@pytest.fixture
def waiting(settings: Settings, admin: psycopg.Connection) -> None:
    for number, role in enumerate(("IFDM", "HML"), start=1):
        admin.execute(
            "insert into alerts.messages (message_id, kind, recipient_role, subject_line, body, queued_at)"
            " values (%s, 'push', %s, '[SEV1] MS-04 1 item needs action', 'the body', %s)",
            [f"<{number}@frontdoor.invalid>", role, NOON],
        )


def send(settings: Settings, catalogue: Catalogue) -> tuple[int, int]:
    with connect(settings, role="alerter", autocommit=True) as connection:
        return send_waiting(settings, connection, recipients=catalogue.recipients, at=NOON)


def test_mail_and_chat_get_each_message_once(
    settings: Settings, waiting: None, mail_server: MailServer, chat: tuple[str, list[Any]], catalogue: Catalogue
) -> None:
    url, posted = chat
    place = f"smtp://127.0.0.1:{mail_server.server_address[1]}"
    configured = settings.model_copy(update={"smtp_url": place, "apprise_urls": url})

    assert send(configured, catalogue) == (2, 0)
    assert send(configured, catalogue) == (0, 0)

    assert ["Message-ID: <1@frontdoor.invalid>" in text for text in mail_server.received] == [True, False]
    assert "To: ifd.duty-manager@example.invalid" in mail_server.received[0]
    assert [post["title"] for post in posted] == ["[SEV1] MS-04 1 item needs action"] * 2
    assert not any("the body" in json.dumps(post) for post in posted)


def test_a_refused_message_holds_up_no_other_and_goes_later(
    settings: Settings, waiting: None, mail_server: MailServer, catalogue: Catalogue
) -> None:
    mail_server.refused = {"ifd.duty-manager@example.invalid"}
    configured = settings.model_copy(update={"smtp_url": f"smtp://127.0.0.1:{mail_server.server_address[1]}"})
    assert send(configured, catalogue) == (1, 1)

    mail_server.refused = set()

    assert send(configured, catalogue) == (1, 0)
    assert sum("<1@frontdoor.invalid>" in text for text in mail_server.received) == 1
