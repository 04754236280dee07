"""Credentials of a store appear in nothing that is printed or written, also when the store refuses them."""

import base64
import dataclasses

import pytest
from warehouses import fetch, files_pipeline

# Azure wants base64.
ANOTHER = base64.b64encode(b"Another planted secret, which no server knows: 0123456789abcdef.").decode()


def expect_no_secret(text: str, *secrets: str) -> None:
    for secret in secrets:
        for part in (secret, secret[: len(secret) // 2], secret[len(secret) // 2 :]):
            assert part not in text, f"a secret is told: ...{text[max(0, text.find(part) - 100) : text.find(part)]}"


def test_a_run_tells_and_writes_no_credentials(store, warehouse, tmp_path):
    pipeline = files_pipeline(tmp_path, store, warehouse)
    pipeline.put("a.jsonl", [{"id": 1}])
    finished = pipeline.run_well("--log-level", "trace")
    expect_no_secret(str(finished), store.secret)
    for file in fetch(store, warehouse, tmp_path).rglob("*"):
        expect_no_secret(file.name, store.secret)
        if file.is_file():
            expect_no_secret(file.read_bytes().decode("latin-1"), store.secret)


@pytest.mark.parametrize("store", ["s3", "azure"], indirect=True)  # The GCS server takes anyone.
def test_refused_credentials_are_named_and_not_told(store, warehouse, tmp_path):
    environment = {name: value.replace(store.secret, ANOTHER) for name, value in store.environment.items()}
    pipeline = files_pipeline(tmp_path, dataclasses.replace(store, environment=environment), warehouse)
    pipeline.put("a.jsonl", [{"id": 1}])
    finished = pipeline.run("--log-level", "trace")
    assert finished.code != 0, finished
    assert "403" in str(finished), finished
    expect_no_secret(str(finished), ANOTHER, store.secret)


def test_a_literal_credential_on_the_command_line_is_refused(store, warehouse, tmp_path):
    pipeline = files_pipeline(tmp_path, store, warehouse)
    pipeline.put("a.jsonl", [{"id": 1}])
    finished = pipeline.run("--store-option", f"azure_storage_account_key={store.secret}")
    assert finished.code != 0 and "${env:" in finished.err, finished
    expect_no_secret(str(finished), store.secret)
