"""The bundled GitHub simulator as a child process, and its admin requests."""

import http.client
import json
import subprocess
import time
import urllib.parse
import urllib.request

from inlet_program import INLET


class GithubSimulator:
    """Runs from `with` to its end. Keyword options are those of `inlet simulate github`."""

    def __init__(self, issues: int = 200, seed: int = 7, faults: tuple[str, ...] = (), **options):
        self.command = [INLET, "simulate", "github", "--port", "0", "--issues", str(issues), "--seed", str(seed)]
        for fault in faults:
            self.command += ["--fault", fault]
        for name, value in options.items():
            self.command += ["--" + name.replace("_", "-"), str(value)]
        self.base_url = ""
        self._changed_in_second = 0

    def __enter__(self) -> "GithubSimulator":
        self._process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True)
        self.base_url = self._process.stdout.readline().strip()
        assert self.base_url.startswith("http://127.0.0.1:"), f"the simulator did not start: {self.base_url}"
        return self

    def __exit__(self, *_) -> None:
        self._process.terminate()
        self._process.wait()

    def _ask(self, target: str, method: str = "GET", body: str = "") -> bytes:
        request = urllib.request.Request(f"{self.base_url}/_simulator/{target}", method=method, data=body.encode() or None)
        with urllib.request.urlopen(request) as answer:
            return answer.read()

    def truth(self, table: str) -> list[dict]:
        """What a complete read would give now: one of the twelve tables, or the path and query of any list."""
        target = f"truth/{table}" if not table.startswith("/") else "truth?path=" + urllib.parse.quote(table, safe="")
        return [json.loads(line) for line in self._ask(target).splitlines()]

    def mutate(self, **changes: int) -> None:
        """Changes records, in a second of its own: GitHub's times have whole seconds, so two changes of one record within a
        second could not be told apart."""
        while int(time.time()) <= self._changed_in_second:
            time.sleep(0.02)
        self._ask("mutate?" + urllib.parse.urlencode(changes), "POST")
        self._changed_in_second = int(time.time())

    def set_faults(self, *faults: str) -> None:
        self._ask("faults", "POST", "\n".join(faults) or "\n")

    def requests(self) -> dict:
        return json.loads(self._ask("requests"))

    def forget_requests(self) -> None:
        self._ask("requests", "DELETE")

    def is_up(self) -> bool:
        address = urllib.parse.urlparse(self.base_url)
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=5)
        connection.request("GET", "/_simulator/requests")
        return connection.getresponse().status == 200
