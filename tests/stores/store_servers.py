"""Object stores on this machine that nobody here wrote, and what Inlet and independent readers need to reach them."""

import base64
import json
import os
import socket
import subprocess
import time
import urllib.request
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.fs

from faulty_proxy import FaultyProxy
from gcs_gateway import GcsGateway

CACHE = Path(os.environ.get("INLET_CACHE") or Path.home() / ".cache/inlet") / "stores"
BUCKET = "lake"
# Long enough to be searched for in output. Azurite's account and key are its own.
S3_KEY, S3_SECRET = "AKIAPLANTEDPLANTED00", "Planted5ecretKeyThatNobodyMayEverSee/of+S3"
AZURE_ACCOUNT = "devstoreaccount1"
AZURE_SECRET = base64.b64encode(b"a planted account key of sixty-four bytes that nobody may see 012").decode()


@dataclass
class Store:
    """`environment` and `words` let Inlet write below `url`; `filesystem` and `reader_options` are for others."""
    name: str
    url: str
    endpoint: str  # host and port
    environment: dict[str, str]
    options: dict[str, str]
    secret: str
    filesystem: pyarrow.fs.FileSystem
    reader_options: dict[str, str] = field(default_factory=dict)

    @property
    def words(self) -> list[str]:
        return [word for name, value in self.options.items() for word in ("--store-option", f"{name}={value}")]

    def behind(self, address: str) -> "Store":
        """The same store, reached through a proxy at `address`."""
        def moved(settings: dict[str, str]) -> dict[str, str]:
            return {name: value.replace(self.endpoint, address) for name, value in settings.items()}
        return Store(self.name, self.url, address, moved(self.environment), moved(self.options), self.secret, self.filesystem,
                     self.reader_options)

    def proxy(self) -> FaultyProxy:
        return FaultyProxy(self.endpoint)

    def fetch(self, url: str, folder: Path) -> Path:
        """A copy of what lies below `url`, made by Arrow's own client of this store."""
        source = BUCKET + "/" + url.removeprefix(self.url).strip("/")
        folder.mkdir(parents=True, exist_ok=True)
        for file in self.filesystem.get_file_info(pyarrow.fs.FileSelector(source, recursive=True)):
            if file.type == pyarrow.fs.FileType.File:
                copy = folder / file.path.removeprefix(source).strip("/")
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(self.filesystem.open_input_stream(file.path).read())
        return folder

    def put(self, url: str, content: bytes) -> None:
        with self.filesystem.open_output_stream(BUCKET + "/" + url.removeprefix(self.url).strip("/")) as stream:
            stream.write(content)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(port: int, process: subprocess.Popen) -> None:
    give_up = time.monotonic() + 120
    while time.monotonic() < give_up:
        assert process.poll() is None, f"{process.args[0]} ended with {process.returncode}"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError(f"{process.args[0]} does not listen")


def start(stack: ExitStack, command: list, port: int, log: Path, **environment: str) -> None:
    process = subprocess.Popen([str(word) for word in command], stdout=log.open("wb"), stderr=subprocess.STDOUT, env=os.environ | environment)
    stack.callback(process.wait)
    stack.callback(process.terminate)
    _wait_for(port, process)


def s3(stack: ExitStack, folder: Path) -> Store:
    port, root = free_port(), folder / "s3"
    (root / BUCKET).mkdir(parents=True)
    start(stack, [CACHE / "bin/versitygw", "--port", f"127.0.0.1:{port}", "--quiet", "posix", root], port, folder / "s3.log",
          ROOT_ACCESS_KEY=S3_KEY, ROOT_SECRET_KEY=S3_SECRET)
    address = f"127.0.0.1:{port}"
    environment = {"AWS_ACCESS_KEY_ID": S3_KEY, "AWS_SECRET_ACCESS_KEY": S3_SECRET, "AWS_REGION": "us-east-1",
                   "AWS_ENDPOINT_URL": f"http://{address}", "AWS_ALLOW_HTTP": "true"}
    filesystem = pyarrow.fs.S3FileSystem(access_key=S3_KEY, secret_key=S3_SECRET, endpoint_override=address, scheme="http", region="us-east-1")
    return Store("s3", f"s3://{BUCKET}", address, environment, {}, S3_SECRET, filesystem, environment)


def azure(stack: ExitStack, folder: Path) -> Store:
    port = free_port()
    start(stack, ["node", CACHE / "azurite/node_modules/azurite/dist/src/blob/main.js", "--blobHost", "127.0.0.1", "--blobPort", port,
                  "--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry", "--silent"], port,
          folder / "azure.log", AZURITE_ACCOUNTS=f"{AZURE_ACCOUNT}:{AZURE_SECRET}")
    address = f"127.0.0.1:{port}"
    filesystem = pyarrow.fs.AzureFileSystem(AZURE_ACCOUNT, account_key=AZURE_SECRET, blob_storage_authority=address, blob_storage_scheme="http",
                                            dfs_storage_authority=address, dfs_storage_scheme="http")
    filesystem.create_dir(BUCKET)
    environment = {"AZURE_STORAGE_ACCOUNT_NAME": AZURE_ACCOUNT, "AZURE_STORAGE_ACCOUNT_KEY": AZURE_SECRET}
    options = {"azure_storage_endpoint": f"http://{address}/{AZURE_ACCOUNT}", "allow_http": "true"}
    return Store("azure", f"az://{BUCKET}", address, environment, options, AZURE_SECRET, filesystem,
                 environment | {"AZURE_STORAGE_ENDPOINT": f"http://{address}/{AZURE_ACCOUNT}", "ALLOW_HTTP": "true"})


def gcs(stack: ExitStack, folder: Path) -> Store:
    port = free_port()
    upstream = f"127.0.0.1:{port}"
    start(stack, [CACHE / "bin/fake-gcs-server", "-scheme", "http", "-host", "127.0.0.1", "-port", port, "-public-host", upstream,
                  "-external-url", f"http://{upstream}", "-backend", "memory"], port, folder / "gcs.log")
    request = urllib.request.Request(f"http://{upstream}/storage/v1/b?project=test", json.dumps({"name": BUCKET}).encode(),
                                     {"Content-Type": "application/json"})
    urllib.request.urlopen(request).close()
    address = stack.enter_context(GcsGateway(upstream)).address
    # The server asks for no proof of who one is, so this key proves nothing either.
    key = {"gcs_base_url": f"http://{address}", "disable_oauth": True, "client_email": "", "private_key_id": "", "private_key": "Planted5ecretKeyOfGcs"}
    environment = {"GOOGLE_SERVICE_ACCOUNT_KEY": json.dumps(key)}
    filesystem = pyarrow.fs.GcsFileSystem(anonymous=True, endpoint_override=upstream, scheme="http")
    return Store("gcs", f"gs://{BUCKET}", address, environment, {"allow_http": "true"}, key["private_key"], filesystem)


MAKERS = {"s3": s3, "azure": azure, "gcs": gcs}
