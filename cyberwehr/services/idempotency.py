"""The same request again gets the first answer: kept in the same transaction as what the request did."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from cyberwehr.instance import Instance
from cyberwehr.services.errors import Conflict, Invalid
from cyberwehr.services.tokens import token_hash
from cyberwehr.storage import KeptAnswer, now

KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer as it can be given again."""

    status: int
    body: Any


def once(instance: Instance, credential: str, route: str, key: str, body: bytes, work: Callable[[], Answer]) -> Answer:
    """Run `work` once per (credential, route, key). Only what succeeded is kept: a refusal changed nothing.

    Raises Invalid (other body) or Conflict (the first is still running).
    """
    identity = (credential, route, token_hash(key))
    with instance.begin() as tx:
        claim(tx, instance, identity)
        kept = tx.get(KeptAnswer, identity)
        if kept is not None and kept.created_at > now(tx) - KEPT:
            return repeat(tx, kept, body)
        answer = work()
        if kept is not None:
            tx.delete(kept)
            tx.flush()
        keep(tx, identity, body, answer)
        return answer


def claim(tx: Session, instance: Instance, identity: tuple[str, str, str]) -> None:
    """One at a time. SQLite has one writer anyway; on PostgreSQL the second does not wait, it is told to come again."""
    if instance.database.is_sqlite:
        return
    number = int(token_hash("\n".join(identity))[:15], 16)
    if not tx.scalar(text("SELECT pg_try_advisory_xact_lock(:n)"), {"n": number}):
        raise Conflict("idempotency_running")


def repeat(tx: Session, kept: KeptAnswer, body: bytes) -> Answer:
    if kept.body_hash != body_hash(body):
        raise Invalid("idempotency_mismatch")
    return Answer(kept.status, json.loads(tx.info["keyring"].open_answer(label(kept), kept.answer_sealed)))


def keep(tx: Session, identity: tuple[str, str, str], body: bytes, answer: Answer) -> None:
    kept = KeptAnswer(
        credential=identity[0],
        route=identity[1],
        key_hash=identity[2],
        body_hash=body_hash(body),
        status=answer.status,
        created_at=now(tx),
    )
    kept.answer_sealed = tx.info["keyring"].seal_answer(label(kept), json.dumps(answer.body).encode())
    tx.add(kept)


def label(kept: KeptAnswer) -> str:
    return f"{kept.credential} {kept.route} {kept.key_hash}"


def body_hash(body: bytes) -> str:
    return token_hash(body.hex())


def forget_old(instance: Instance) -> None:
    with instance.begin() as tx:
        tx.execute(delete(KeptAnswer).where(KeptAnswer.created_at < now(tx) - KEPT))
