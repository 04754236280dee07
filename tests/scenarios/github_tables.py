"""The GitHub connector's tables: their options, keys, and what a complete read of each equals."""

from dataclasses import dataclass, field
from typing import Callable

from inlet_program import REPOSITORY

ORGANIZATION = {"org": "octo-org"}


@dataclass
class GithubTable:
    options: dict
    key: str = "id"
    extras: dict[str, Callable] = field(default_factory=dict)


def _number_of(url_member: str) -> Callable:
    return lambda record: int(record[url_member].rsplit("/", 1)[1])


TABLES: dict[str, GithubTable] = {
    "issues": GithubTable(REPOSITORY),
    "pull_requests": GithubTable(REPOSITORY),
    "commits": GithubTable(REPOSITORY, key="sha"),
    "branches": GithubTable(REPOSITORY, key="name"),
    "repositories": GithubTable(ORGANIZATION),
    "organizations": GithubTable({}),
    "users": GithubTable({}),
    "comments": GithubTable(REPOSITORY),
    "reviews": GithubTable(REPOSITORY, extras={"pull_number": _number_of("pull_request_url")}),
    "collaborators": GithubTable(REPOSITORY),
    "teams": GithubTable(ORGANIZATION),
    "assignees": GithubTable(REPOSITORY),
}


def options_of(*names: str) -> dict[str, dict]:
    """What Pipeline wants: all tables, or these."""
    return {name: TABLES[name].options for name in (names or TABLES)}


def truth_of(simulator, name: str) -> list[dict]:
    records = simulator.truth(name)
    # Drafts of reviews are left out.
    return [record for record in records if record.get("submitted_at")] if name == "reviews" else records
