"""A proxy before an object store that answers some requests as bad networks and tired servers do."""

import http.client
import re
import threading
import time
import urllib.parse
from dataclasses import dataclass
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# Of one connection only, not of the message.
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


class Action(Enum):
    REFUSE = "an error status, and the store never hears of it"
    LOSE_ANSWER = "the store does it, and the connection ends without an answer"
    HOLD_ANSWER = "the store does it, and no answer comes for as long as the client waits"
    DELAY = "the answer takes its time"


@dataclass
class Fault:
    """Done to `times` requests of this kind, after `skip` of them went well."""
    action: Action
    method: str
    target: str  # a regular expression that is searched for in path and query
    times: int = 1
    skip: int = 0
    status: int = 503
    seconds: float = 0.0
    num_seen: int = 0

    def takes(self, method: str, target: str) -> bool:
        if method != self.method or not re.search(self.target, urllib.parse.unquote(target)):
            return False
        self.num_seen += 1
        return self.skip < self.num_seen <= self.skip + self.times

    @property
    def num_done(self) -> int:
        return max(0, min(self.num_seen - self.skip, self.times))


@dataclass
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes


class FaultyProxy:
    """Runs from `with` to its end; requests go on to `upstream` as they came. Set `faults` at any time."""

    def __init__(self, upstream: str):
        self.upstream = upstream
        self.faults: list[Fault] = []
        self.requests: list[tuple[str, str, int]] = []  # method, path and query, status
        self._lock = threading.Lock()
        self._closing = threading.Event()

    def __enter__(self) -> "FaultyProxy":
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    def forward(self, method: str, target: str, headers: list[tuple[str, str]], body: bytes) -> Answer:
        connection = http.client.HTTPConnection(self.upstream, timeout=60)
        try:
            connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            for name, value in headers:
                if name.lower() not in HOP_BY_HOP:
                    connection.putheader(name, value)
            if body or method in ("PUT", "POST"):
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body or None)
            answer = connection.getresponse()
            return Answer(answer.status, answer.getheaders(), answer.read())
        finally:
            connection.close()

    def fault_for(self, method: str, target: str) -> Fault | None:
        with self._lock:
            return next((fault for fault in self.faults if fault.takes(method, target)), None)

    def note(self, method: str, target: str, status: int) -> None:
        with self._lock:
            self.requests.append((method, target, status))

    def hold(self) -> None:
        self._closing.wait(60)


def _handler_of(proxy: FaultyProxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = 1 << 16

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            fault = proxy.fault_for(self.command, self.path)
            action = fault.action if fault else None
            if action is Action.REFUSE:
                proxy.note(self.command, self.path, fault.status)
                self._answer(Answer(fault.status, [], b""))
                return
            answer = proxy.forward(self.command, self.path, self.headers.items(), body)
            proxy.note(self.command, self.path, answer.status)
            if action is Action.HOLD_ANSWER:
                proxy.hold()
            if action in (Action.LOSE_ANSWER, Action.HOLD_ANSWER):
                self.close_connection = True
                return
            if action is Action.DELAY:
                time.sleep(fault.seconds)
            self._answer(answer)

        def _answer(self, answer: Answer) -> None:
            self.send_response_only(answer.status)
            has_length = False
            for name, value in answer.headers:
                # The length of an object that is only asked for is told without its bytes.
                keeps = name.lower() not in HOP_BY_HOP or (name.lower() == "content-length" and self.command == "HEAD")
                has_length = has_length or (keeps and name.lower() == "content-length")
                if keeps:
                    self.send_header(name, value)
            if not has_length and answer.status != 204:
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.body)
            self.wfile.flush()

        do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _serve

        def handle(self) -> None:
            try:
                super().handle()
            except ConnectionError:
                return  # A client that was killed.

        def log_message(self, *_) -> None:
            return

    return Handler
