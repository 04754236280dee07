"""Google's XML dialect, which Rust's object_store speaks, in terms of its JSON dialect.

fake-gcs-server keeps objects and their generations, and its JSON dialect holds preconditions right, also in races; its XML dialect
ignores them. So what is judged here by an independent server is create-if-absent, listing and reading; the XML itself is only
ours."""

import itertools
import json
import threading
import urllib.parse
from xml.sax.saxutils import escape

from faulty_proxy import Answer, FaultyProxy

IF_GENERATION = "x-goog-if-generation-match"


def _xml(name: str, content: str) -> Answer:
    body = f'<?xml version="1.0" encoding="UTF-8"?><{name}>{content}</{name}>'.encode()
    return Answer(200, [("Content-Type", "application/xml")], body)


class GcsGateway(FaultyProxy):
    def __init__(self, upstream: str):
        super().__init__(upstream)
        self._uploads: dict[str, dict[int, bytes]] = {}
        self._upload_ids = itertools.count(1)
        self._uploads_lock = threading.Lock()

    def forward(self, method, target, headers, body) -> Answer:
        path, _, text = target.partition("?")
        query = dict(urllib.parse.parse_qsl(text, keep_blank_values=True))
        bucket, _, key = urllib.parse.unquote(path[1:]).partition("/")
        if method == "GET" and not key:
            return self._list(bucket, query)
        if method == "POST" and "uploads" in query:
            return self._begin_upload()
        if method == "PUT" and "uploadId" in query:
            with self._uploads_lock:
                self._uploads[query["uploadId"]][int(query["partNumber"])] = body
            return Answer(200, [("ETag", f'"{query["partNumber"]}"')], b"")
        if method == "POST" and "uploadId" in query:
            with self._uploads_lock:
                parts = self._uploads.pop(query["uploadId"])
            self._insert(bucket, key, b"".join(content for _, content in sorted(parts.items())), {})
            return _xml("CompleteMultipartUploadResult", "<ETag>&quot;done&quot;</ETag>")
        if method == "PUT":
            wanted = {name.lower(): value for name, value in headers}.get(IF_GENERATION)
            return self._insert(bucket, key, body, {"ifGenerationMatch": wanted} if wanted else {})
        plain = [(name, value) for name, value in headers if name.lower() != "host"]
        return super().forward(method, f"/{bucket}/{urllib.parse.quote(key)}", [*plain, ("Host", self.upstream)], body)

    def _ask(self, method: str, target: str, body: bytes = b"") -> Answer:
        return super().forward(method, target, [("Host", self.upstream), ("Content-Type", "application/octet-stream")], body)

    def _begin_upload(self) -> Answer:
        with self._uploads_lock:
            upload_id = str(next(self._upload_ids))
            self._uploads[upload_id] = {}
        return _xml("InitiateMultipartUploadResult", f"<UploadId>{upload_id}</UploadId>")

    def _insert(self, bucket: str, key: str, body: bytes, conditions: dict) -> Answer:
        query = urllib.parse.urlencode({"uploadType": "media", "name": key} | conditions)
        answer = self._ask("POST", f"/upload/storage/v1/b/{bucket}/o?{query}", body)
        if answer.status != 200:
            return Answer(answer.status, [], answer.body)
        stored = json.loads(answer.body)
        return Answer(200, [("ETag", f'"{stored["etag"]}"'), ("x-goog-generation", str(stored["generation"]))], b"")

    def _list(self, bucket: str, query: dict) -> Answer:
        asked = {"prefix": query.get("prefix"), "delimiter": query.get("delimiter"), "maxResults": query.get("max-keys"),
                 "pageToken": query.get("continuation-token"), "startOffset": query.get("start-after")}
        text = urllib.parse.urlencode({name: value for name, value in asked.items() if value})
        answer = self._ask("GET", f"/storage/v1/b/{bucket}/o?{text}")
        if answer.status != 200:
            return Answer(answer.status, [], answer.body)
        listed = json.loads(answer.body)
        content = "".join(
            f"<Contents><Key>{escape(item['name'])}</Key><Size>{item['size']}</Size><LastModified>{item['updated']}</LastModified>"
            f"<ETag>{escape(item['etag'])}</ETag></Contents>"
            for item in listed.get("items", []) if item["name"] != query.get("start-after"))  # JSON begins at it, XML behind it.
        content += "".join(f"<CommonPrefixes><Prefix>{escape(name)}</Prefix></CommonPrefixes>" for name in listed.get("prefixes", []))
        if listed.get("nextPageToken"):
            content += f"<NextContinuationToken>{escape(listed['nextPageToken'])}</NextContinuationToken>"
        return _xml("ListBucketResult", content)
