"""A client that sends half a body does not keep its place; one that reads slowly, or waits, does."""

import socket

import pytest

from cyberwehr import patience
from cyberwehr.patience import PatientSocket


def test_silence_ends_and_so_does_trickling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "QUIET_SECONDS", 0.05)
    client, server = socket.socketpair()
    with client, server:
        patient = PatientSocket(server)
        client.sendall(b"half")
        assert patient.recv(100) == b"half"
        with pytest.raises(TimeoutError):
            patient.recv(100)
        client.sendall(b"a byte")
        assert patient.recv(100) == b"a byte"  # one silence is not the end of all patience
        patient.left = 0.0
        client.sendall(b"and another")
        with pytest.raises(TimeoutError):
            patient.recv(100)
        assert server.gettimeout() is None  # answers are not timed
