"""The log: JSON lines on standard error, one an event, without personal data.

Called by the desk and the app. Only the fields of FIELDS are written: what is not on this list cannot leak, whoever
passes it. Says nothing until `start`, so that a command's one sentence stays alone.
"""

import logging
import sys

import structlog

FIELDS = frozenset(("event", "level", "timestamp", "action", "person", "lead", "number", "version", "seconds", "rows",
                    "schema", "fault"))


def _only_listed(_: object, __: str, fields: dict) -> dict:
    return {name: value for name, value in fields.items() if name in FIELDS}


def _configured(level: int) -> None:
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True),
                    _only_listed, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


_configured(logging.WARNING)


def start() -> None:
    """Write every event from now on."""
    _configured(logging.INFO)


def event(name: str, /, **fields: object) -> None:
    """Write one event with the fields that are listed; empty ones are left out."""
    structlog.get_logger().info(name, **{field: value for field, value in fields.items() if value is not None})
