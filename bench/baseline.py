"""What the machine can do at all: a bare Flask route that keeps the JSON it is sent with one INSERT in one transaction.

Served by the same gunicorn with the same settings; same driver, pool, pragmas and durability (`synchronous=FULL` with a
write-ahead log, `synchronous_commit=on`), because it opens the database with the program's own functions. No token, no
check of the body, no encryption, no journal.
"""

import os

from flask import Flask, request
from flask.typing import ResponseReturnValue
from sqlalchemy import JSON, Column, Integer, MetaData, Table, insert
from sqlalchemy.engine import Engine, make_url

from cyberwehr.config import load_config
from cyberwehr.storage.database import postgres_engine, sqlite_engine

received = Table("received", MetaData(), Column("id", Integer, primary_key=True), Column("body", JSON, nullable=False))


def engine_for(address: str, pool_size: int) -> Engine:
    url = make_url(address)
    return sqlite_engine(url, "IMMEDIATE") if url.get_backend_name() == "sqlite" else postgres_engine(url, pool_size)


def create_baseline(engine: Engine) -> Flask:
    app = Flask("bench.baseline")

    @app.post("/calls")
    def receive() -> ResponseReturnValue:
        with engine.begin() as connection:
            row = connection.execute(insert(received).values(body=request.get_json()))
        return {"id": row.inserted_primary_key[0]}, 201

    @app.get("/healthz")
    def alive() -> ResponseReturnValue:
        return {"status": "alive"}

    return app


def app() -> Flask:
    """For gunicorn: `bench.baseline:app()`."""
    settings = load_config(os.environ).database
    return create_baseline(engine_for(settings.url, settings.pool_size))
