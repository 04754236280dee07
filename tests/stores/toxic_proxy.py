"""toxiproxy as a child process: faults of TCP connections."""

import json
import urllib.request
from contextlib import ExitStack
from pathlib import Path

from store_servers import CACHE, free_port, start


class ToxicProxy:
    """Runs from `with` to its end, before `upstream`."""

    def __init__(self, upstream: str, folder: Path):
        self.upstream, self.folder = upstream, folder

    def __enter__(self) -> "ToxicProxy":
        self._stack = ExitStack()
        port = free_port()
        self._admin = f"http://127.0.0.1:{port}"
        start(self._stack, [CACHE / "bin/toxiproxy-server", "-host", "127.0.0.1", "-port", port], port, self.folder / "toxiproxy.log")
        self.address = self._ask("proxies", {"name": "store", "listen": "127.0.0.1:0", "upstream": self.upstream})["listen"]
        return self

    def __exit__(self, *_) -> None:
        self._stack.close()

    def add(self, kind: str, toxicity: float, **attributes: int) -> None:
        self._ask("proxies/store/toxics", {"type": kind, "toxicity": toxicity, "attributes": attributes})

    def _ask(self, target: str, content: dict) -> dict:
        request = urllib.request.Request(f"{self._admin}/{target}", json.dumps(content).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)
