"""Figures about the running instance in the Prometheus text format (version 0.0.4)."""

from collections.abc import Iterator

from sqlalchemy import func, select

from cyberwehr.instance import Instance
from cyberwehr.storage import Alarm, Call, Heartbeat, Incident, OutboxMessage, now

COUNTED = (
    ("cyberwehr_calls", "Calls by status.", Call.status),
    ("cyberwehr_incidents", "Incidents by status.", Incident.status),
    ("cyberwehr_alarms", "Alarms by status.", Alarm.status),
    ("cyberwehr_messages", "Outbox messages by state.", OutboxMessage.state),
)


def exposition(instance: Instance) -> str:
    return "\n".join(lines(instance)) + "\n"


def lines(instance: Instance) -> Iterator[str]:
    with instance.reading() as tx:
        for name, words, column in COUNTED:
            yield f"# HELP {name} {words}"
            yield f"# TYPE {name} gauge"
            for state, count in tx.execute(select(column, func.count()).group_by(column)).all():
                yield f'{name}{{status="{state}"}} {count}'
        newest = tx.scalar(select(func.max(Heartbeat.at)))
        yield "# HELP cyberwehr_engine_beat_age_seconds Seconds since the last sign of life of any engine."
        yield "# TYPE cyberwehr_engine_beat_age_seconds gauge"
        age = (now(tx) - newest).total_seconds() if newest else float("inf")
        yield f"cyberwehr_engine_beat_age_seconds {'+Inf' if newest is None else f'{age:.3f}'}"
