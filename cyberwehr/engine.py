"""The one background process: asks the services what is due. It holds no rules of its own, and several may run."""

import os
import secrets
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from functools import partial
from pathlib import Path
from traceback import extract_tb
from typing import TypeVar

import structlog

from cyberwehr.domain.delivery import Channel, Delivery, Failed, HandedOver, Message, Retry
from cyberwehr.instance import Instance
from cyberwehr.services import fallback, heartbeats, idempotency, outbox, rates, timers
from cyberwehr.storage import OutboxMessage, OutboxState, StorageAway

log = structlog.get_logger(__name__)

POLL_SECONDS = 0.25
BEAT_SECONDS = 4.0
CLEAN_SECONDS = 600.0
NIGHTLY_SECONDS = 20.0
REST_SECONDS = 60.0

T = TypeVar("T")


class Engine:
    """Three loops in three threads, so that a slow mail server does not hold up an expiring alarm."""

    def __init__(self, instance: Instance, channels: tuple[Channel, ...]) -> None:
        self.instance = instance
        self.channels = channels
        self.name = f"{socket.gethostname()[:30]}-{os.getpid()}-{secrets.token_hex(3)}"
        self._stop = threading.Event()
        self._resting: dict[int, float] = {}

    def run(self) -> None:
        """Work until `stop` is called. If one loop dies, all end and its error is raised: half an engine is none."""
        heartbeats.beat(self.instance, self.name)
        log.info("engine_working", engine=self.name, channels={c.name: list(c.kinds) for c in self.channels})
        loops = (
            (self.expire_due, POLL_SECONDS),
            (self.deliver_due, POLL_SECONDS),
            (self.beat, BEAT_SECONDS),
            (self.clean, CLEAN_SECONDS),
            (self.write_fallback, NIGHTLY_SECONDS),
        )
        with ThreadPoolExecutor(len(loops)) as pool:
            running = [pool.submit(self._loop, *loop) for loop in loops]
            wait(running, return_when=FIRST_EXCEPTION)
            self.stop()
        for loop in running:
            loop.result()

    def stop(self) -> None:
        self._stop.set()

    def _loop(self, work: Callable[[], object], pause: float) -> None:
        while not self._stop.is_set():
            try:
                work()
            except StorageAway as away:
                log.warning("storage_away", reason=str(away))
                self._stop.wait(2.0)
            self._stop.wait(pause)

    def expire_due(self) -> None:
        """Run what is due. An incident that the program trips over rests a minute, and a person is told."""
        for task in timers.due_now(self.instance):
            if time.monotonic() >= self._resting.get(task.incident_id, 0.0):
                fault = attempt(task.run)
                if isinstance(fault, Exception):
                    self._resting[task.incident_id] = time.monotonic() + REST_SECONDS
                    log.error("timer_failed", incident=task.incident_id, **told(fault))
                    self.report_stuck(task.incident_id, fault)

    def report_stuck(self, incident_id: int, fault: Exception) -> None:
        failed = attempt(partial(timers.report_stuck, self.instance, incident_id, type(fault).__name__))
        if failed is not None:
            log.error("commander_not_told", incident=incident_id, **told(failed))

    def beat(self) -> None:
        heartbeats.beat(self.instance, self.name)

    def clean(self) -> None:
        idempotency.forget_old(self.instance)
        rates.forget_old(self.instance)

    def write_fallback(self) -> None:
        """A folder that cannot be written, or a sheet we trip over, costs the sheet and nothing else."""
        written = attempt(partial(fallback.write_if_due, self.instance))
        if isinstance(written, Exception):
            folder = str(self.instance.config.fallback.folder)
            reason = getattr(written, "strerror", None)
            log.error("fallback_not_written", folder=folder, reason=reason, **told(written))
        elif written:
            log.info("fallback_written", files=[str(file) for file in written])
            if fallback.PDF_REMEDY:
                log.warning("fallback_without_pdf", remedy=fallback.PDF_REMEDY)

    def deliver_due(self) -> None:
        """Deliver what is due, one after the other: a crash repeats at most the one message in hand."""
        while not self._stop.is_set() and outbox.has_due(self.instance):
            job = outbox.claim_next(self.instance, self.name)
            if job is not None:
                outcome = self.deliver(job.message)
                outbox.settle(self.instance, job, self.name, outcome)
                if not isinstance(outcome, HandedOver):
                    self.log_if_failed(job)

    def log_if_failed(self, job: outbox.Job) -> None:
        """Only what failed for good; a channel's reason may repeat the address, which belongs in no log."""
        with self.instance.reading() as tx:
            row = tx.get(OutboxMessage, job.row_id)
            if row is not None and row.state is OutboxState.FAILED:
                reason = (row.last_error or "").replace(job.message.to, "…")
                log.error("message_failed", message=row.id, kind=row.kind, channel=row.channel, reason=reason)

    def deliver(self, message: Message) -> Delivery:
        """Hand a message to the channel that serves its kind; a plugin's fault must not stop the other messages."""
        channel = channel_for(self.channels, message.channel)
        if channel is None:
            return Failed(f"no channel for {message.channel} is configured")
        outcome: object = attempt(partial(channel.deliver, message))
        if isinstance(outcome, Exception):
            log.error("channel_fault", channel=channel.name, **told(outcome))
            return Retry(f"the channel {channel.name} failed: {type(outcome).__name__}")
        return outcome if isinstance(outcome, Delivery) else Retry(f"the channel {channel.name} gave no answer")


def told(fault: Exception) -> dict[str, object]:
    """Which fault, and where; its text may quote what people typed."""
    places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in extract_tb(fault.__traceback__)]
    return {"fault": type(fault).__name__, "places": places}


def attempt(work: Callable[[], T]) -> T | Exception:
    """What the work answers, or what it raised: one plugin or one incident must not take the others down with it."""
    try:
        return work()
    except StorageAway:
        raise
    except Exception as fault:
        return fault


def channel_for(channels: tuple[Channel, ...], kind: str) -> Channel | None:
    """The channel that names this kind; else one that takes everything."""
    exact = (c for c in channels if kind in c.kinds)
    general = (c for c in channels if "*" in c.kinds)
    return next(exact, None) or next(general, None)
