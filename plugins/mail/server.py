"""The mail server we hand mail to: its address from a URL, and a session with it that ends in time."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from time import monotonic
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

IN_TIME = 10.0
"""Seconds for a whole session: a channel must answer within 15."""


class _InTime(smtplib.SMTP):
    """An SMTP session with one time limit for all of it, not one per line: a slow server must not hold us up."""

    def __init__(self, host: str, port: int, own_name: str, **options: Any) -> None:
        self._ends = monotonic() + IN_TIME
        # half of the time for the connection: a host may have two addresses, and only the second may answer
        super().__init__(host, port, local_hostname=own_name, timeout=IN_TIME / 2, **options)

    def getreply(self) -> tuple[int, bytes]:
        if self.sock is not None:
            self.sock.settimeout(max(0.1, self._ends - monotonic()))
        return super().getreply()


class _InTimeTLS(_InTime, smtplib.SMTP_SSL):
    """The same with TLS from the first byte."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where and how. `own_name` is what we call ourselves; asking the DNS for it can take minutes."""

    host: str
    port: int
    own_name: str
    implicit_tls: bool = False
    starttls: bool = False
    user: str | None = None
    password: str = field(default="", repr=False)
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context, repr=False)

    @classmethod
    def from_url(cls, url: str, own_name: str) -> "Server":
        """From `smtp://user:password@host:port`, `smtps://…`; `?starttls=1`; user and password percent-encoded.

        Raises ValueError, without repeating the URL, which may hold a password.
        """
        parts = urlsplit(url)
        options = {key: values[-1] for key, values in parse_qs(parts.query, keep_blank_values=True).items()}
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("the mail URL must look like smtp://user:password@host:port")
        if not _known(options):
            raise ValueError("the mail URL knows only starttls=1 or 0 and verify=1 or 0 behind the question mark")
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        if not (user + password).isascii():
            raise ValueError("user and password of the mail URL must do without umlauts: smtplib cannot send them")
        return cls(
            parts.hostname,
            parts.port or _usual_port(parts, options),
            own_name,
            implicit_tls=parts.scheme == "smtps",
            starttls=options.get("starttls") == "1",
            user=user or None,
            password=password,
            tls=_tls(parts.hostname, verify=options.get("verify") != "0"),
        )

    @contextmanager
    def session(self) -> Iterator[smtplib.SMTP]:
        """A connection, secured and logged in as the URL says. Raises OSError (smtplib's errors are such)."""
        smtp = self._connected()
        try:
            if self.starttls:
                smtp.starttls(context=self.tls)
            smtp.ehlo_or_helo_if_needed()
            if self.user is not None:
                smtp.login(self.user, self.password)
            yield smtp
        finally:
            smtp.close()

    def _connected(self) -> smtplib.SMTP:
        if self.implicit_tls:
            return _InTimeTLS(self.host, self.port, self.own_name, context=self.tls)
        return _InTime(self.host, self.port, self.own_name)


def _known(options: dict[str, str]) -> bool:
    return set(options) <= {"starttls", "verify"} and set(options.values()) <= {"0", "1"}


def _usual_port(parts: SplitResult, options: dict[str, str]) -> int:
    """Submission (RFC 6409, RFC 8314) where somebody logs in or TLS is asked for, else plain relay."""
    if parts.scheme == "smtps":
        return 465
    return 587 if parts.username or options.get("starttls") == "1" else 25


def _tls(host: str, *, verify: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not verify:
        if not _is_this_machine(host):
            raise ValueError("certificates of mail servers on other machines are always verified: remove verify=0")
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
