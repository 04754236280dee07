"""What goes wrong, by what the caller does next: the kinds of the native program as exceptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inlet.pipelines import RunReport


class InletError(Exception):
    """Base of all. `kind` is the name that reports and logs use; `retry_after` are seconds, where the other side gave them;
    `report` is the run's, when a run raised this because of one of its tables."""

    kind = "bug"
    retry_after: float | None = None
    report: RunReport | None = None


class ConfigError(InletError):
    """Change the spec, the options or the connector."""
    kind = "config"


class AuthError(InletError):
    """Renew or widen a credential."""
    kind = "auth"


class NotFoundError(InletError):
    """The named thing does not exist at the source or in the store."""
    kind = "not_found"


class RateLimitedError(InletError):
    """Try again after `retry_after` seconds."""
    kind = "rate_limited"


class UnavailableError(InletError):
    """Try again: the other side or the disk may recover."""
    kind = "unavailable"


class BadRecordError(InletError):
    """The source sent what cannot be read."""
    kind = "bad_record"


class ConflictError(InletError):
    """Another writer was faster; run again."""
    kind = "conflict"


class IndeterminateError(InletError):
    """The write may have landed; run again, and the table itself says whether it did."""
    kind = "indeterminate"


class CancelledError(InletError):
    """The call was stopped; tables stand at their last commit."""
    kind = "cancelled"


class InternalError(InletError):
    """A bug in Inlet; please report it."""
    kind = "bug"


_CLASSES: dict[str, type[InletError]] = {one.kind: one for one in InletError.__subclasses__()}


def error_of(kind: str, message: str, retry_after: float | None = None) -> InletError:
    """The exception for an error of the engine."""
    error = _CLASSES.get(kind, InternalError)(message)
    error.retry_after = retry_after
    return error
