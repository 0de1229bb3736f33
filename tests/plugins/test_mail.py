"""Mail, handed to a real SMTP server on this machine."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from socket import create_server

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from cyberwehr import Channel, Failed, HandedOver, Message, Retry
from cyberwehr.plugins import mail
from cyberwehr.plugins.mail import server as mail_server
from cyberwehr.plugins.mail.channel import MailChannel, composed
from cyberwehr.plugins.mail.server import Server

CREATED = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
SENDER = "Leitstelle Süd <leitstelle@cyberwehr.example>"
MESSAGE = Message(
    id="0f7c-1",
    channel="mail",
    to="alarm@provider-1.example",
    language="de",
    subject="ÜBUNG: Alarmierung CW-7K4M-2Q: Überlastungsangriff, Dringlichkeit hoch, Größenstadt an der Überlänge",
    text="Größe des Unternehmens: fünf\n.\nEnde",
    html="<p>Größe des Unternehmens: <b>fünf</b></p>",
    created_at=CREATED,
)


@dataclass
class Postman:
    """What the server answers at each step, and what it was given."""

    rcpt: str = "250 OK"
    sender: str = "250 OK"
    data: str = "250 OK"
    got: list[Envelope] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.sender

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.got.append(envelope)
        self.encrypted.append(session.ssl is not None)
        return self.data

    def content(self) -> bytes:
        (envelope,) = self.got
        assert isinstance(envelope.content, bytes)
        return envelope.content

    def letter(self) -> EmailMessage:
        return message_from_bytes(self.content(), policy=policy.default)


@contextmanager
def listening(postman: Postman, **options: object) -> Iterator[int]:
    with create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    controller = Controller(postman, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def channel(port: int, options: str = "", login: str = "", scheme: str = "smtp") -> MailChannel:
    url = f"{scheme}://{login}127.0.0.1:{port}{options}"
    return MailChannel(Server.from_url(url, "cyberwehr.example"), SENDER)


def authenticator(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword
) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (b"leit@stelle", b"p:%/s"), handled=False)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for 127.0.0.1 with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "mail.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
def server_tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def trusting(mailer: MailChannel, certificate: Path) -> MailChannel:
    tls = ssl.create_default_context(cafile=str(certificate))
    return replace(mailer, server=replace(mailer.server, tls=tls))


def test_a_mail_arrives_with_everything_it_needs() -> None:
    postman = Postman()
    with listening(postman) as port:
        assert channel(port).deliver(MESSAGE) == HandedOver()
    letter = postman.letter()
    assert postman.got[0].rcpt_tos == ["alarm@provider-1.example"]
    assert letter["Subject"] == MESSAGE.subject
    assert letter["From"] == SENDER
    assert letter["Message-ID"] == "<0f7c-1@cyberwehr.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Date"].datetime == CREATED
    text, html = letter.iter_parts()
    assert text.get_content().splitlines() == MESSAGE.text.splitlines()  # the lone dot survives SMTP
    assert html.get_content().strip() == MESSAGE.html
    assert letter.get_content_type() == "multipart/alternative"


def test_the_same_message_keeps_its_message_id_over_all_attempts() -> None:
    assert composed(MESSAGE, SENDER, "h.example")["Message-ID"] == composed(MESSAGE, SENDER, "h.example")["Message-ID"]


def test_text_alone_is_enough() -> None:
    postman = Postman()
    with listening(postman) as port:
        channel(port).deliver(replace(MESSAGE, html=None))
    assert postman.letter().get_content_type() == "text/plain"


def test_an_international_domain_travels_in_ascii() -> None:
    postman = Postman()
    with listening(postman) as port:
        assert channel(port).deliver(replace(MESSAGE, to="alarm@straße-köln.example")) == HandedOver()
    assert postman.got[0].rcpt_tos == ["alarm@xn--strae-kln-j1a0x.example"]


def test_an_international_local_part_needs_a_server_that_knows_it() -> None:
    umlaut = replace(MESSAGE, to="jürgen@provider-1.example")
    able, unable = Postman(), Postman()
    with listening(able, enable_SMTPUTF8=True) as port:
        assert channel(port).deliver(umlaut) == HandedOver()
    with listening(unable, enable_SMTPUTF8=False) as port:
        assert isinstance(channel(port).deliver(umlaut), Failed)
    assert able.got[0].rcpt_tos == ["jürgen@provider-1.example"]
    assert "To: jürgen@provider-1.example".encode() in able.content()


@pytest.mark.parametrize(
    "to",
    [
        "",
        "nobody",
        "@x.example",
        "a@",
        "a b@x.example",
        "a@x.example\r\nBcc: b@x.example",
        "a@b@c.example",
        "a@..",
        "<a@x.example>",
    ],
)
def test_what_is_no_address_fails_for_good_without_a_connection(to: str) -> None:
    assert isinstance(channel(1).deliver(replace(MESSAGE, to=to)), Failed)


def test_hostile_text_arrives_as_text() -> None:
    postman = Postman()
    hostile = replace(
        MESSAGE, subject="a\r\nBcc: x@x.example\n\nbody", text="\ud800 \x00 \u202e\r\n.\r\nQUIT", html=None
    )
    with listening(postman) as port:
        assert channel(port).deliver(hostile) == HandedOver()
    assert postman.letter()["Subject"] == "a Bcc: x@x.example body"
    assert postman.letter()["Bcc"] is None
    assert "QUIT" in postman.letter().get_content()


@pytest.mark.parametrize(
    ("postman", "kind"),
    [
        (Postman(rcpt="450 mailbox busy"), Retry),
        (Postman(rcpt="550 no such user"), Failed),
        (Postman(rcpt="530 log in first"), Retry),
        (Postman(sender="451 later"), Retry),
        (Postman(sender="550 we do not know you"), Retry),
        (Postman(sender="552 too large"), Failed),
        (Postman(data="421 going down"), Retry),
        (Postman(data="554 looks like spam"), Failed),
    ],
    ids=lambda value: "" if isinstance(value, type) else " ".join((value.rcpt, value.sender, value.data)),
)
def test_the_answer_decides_between_later_and_never(postman: Postman, kind: type) -> None:
    with listening(postman) as port:
        answer = channel(port).deliver(MESSAGE)
    assert isinstance(answer, kind)
    assert "provider-1" not in answer.reason


def test_nobody_listening_is_tried_again() -> None:
    with create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    assert channel(port).deliver(MESSAGE) == Retry("mail server not reached: ConnectionRefusedError")


def test_a_silent_server_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_server, "IN_TIME", 0.2)
    with create_server(("127.0.0.1", 0)) as silent:
        answer = channel(silent.getsockname()[1]).deliver(MESSAGE)
    assert isinstance(answer, Retry)


def test_login_over_starttls(certificate: Path, server_tls: ssl.SSLContext) -> None:
    postman = Postman()
    options = {
        "tls_context": server_tls,
        "require_starttls": True,
        "auth_required": True,
        "authenticator": authenticator,
    }
    with listening(postman, **options) as port:
        right = channel(port, "?starttls=1", "leit%40stelle:p%3A%25%2Fs@")
        assert trusting(right, certificate).deliver(MESSAGE) == HandedOver()
        wrong = trusting(channel(port, "?starttls=1", "leit%40stelle:wrong@"), certificate).deliver(MESSAGE)
        without = trusting(channel(port, "?starttls=1"), certificate).deliver(MESSAGE)
    assert postman.encrypted == [True]
    assert isinstance(wrong, Retry)
    assert "login" in wrong.reason
    assert isinstance(without, Retry)


def test_tls_from_the_first_byte(certificate: Path, server_tls: ssl.SSLContext) -> None:
    postman = Postman()
    with listening(postman, ssl_context=server_tls) as port:
        assert trusting(channel(port, scheme="smtps"), certificate).deliver(MESSAGE) == HandedOver()
    assert len(postman.got) == 1


@pytest.mark.parametrize(("options", "arrives"), [("?starttls=1", False), ("?starttls=1&verify=0", True)])
def test_a_certificate_nobody_vouches_for(options: str, arrives: bool, server_tls: ssl.SSLContext) -> None:
    postman = Postman()
    with listening(postman, tls_context=server_tls) as port:
        answer = channel(port, options).deliver(MESSAGE)
    assert isinstance(answer, HandedOver if arrives else Retry)
    assert len(postman.got) == arrives


def test_starttls_is_not_given_up_silently() -> None:
    postman = Postman()
    with listening(postman) as port:
        answer = channel(port, "?starttls=1").deliver(MESSAGE)
    assert isinstance(answer, Retry)
    assert "encryption" in answer.reason
    assert postman.got == []


def test_verification_can_only_be_switched_off_on_this_machine() -> None:
    with pytest.raises(ValueError, match="always verified"):
        Server.from_url("smtps://mail.example?verify=0", "h.example")
    assert Server.from_url("smtps://localhost?verify=0", "h.example").tls.verify_mode is ssl.CERT_NONE


@pytest.mark.parametrize(
    "url", ["http://mail.example", "smtp://", "smtp://mail.example?tls=1", "smtp://m.example?starttls=yes"]
)  # fmt: skip
def test_a_bad_url_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ValueError) as refusal:
        Server.from_url(url.replace("://", "://u:geheim@"), "h.example")
    assert "geheim" not in str(refusal.value)


def test_a_login_that_smtplib_cannot_send_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="umlauts"):
        Server.from_url("smtps://u:gr%C3%BC%C3%9Fe@mail.example", "h.example")


@pytest.mark.parametrize(
    ("url", "port"),
    [
        ("smtp://h.example", 25),
        ("smtp://u:p@h.example", 587),
        ("smtp://h.example?starttls=1", 587),
        ("smtps://h.example", 465),
    ],
)
def test_the_usual_ports(url: str, port: int) -> None:
    assert Server.from_url(url, "h.example").port == port


def test_the_plugin_offers_mail_only_if_there_is_a_server() -> None:
    settings = {"demo": True, "mail_url": None, "mail_sender": SENDER, "host": "h.example"}
    assert mail.cyberwehr_channels(settings) == []
    (offered,) = mail.cyberwehr_channels({**settings, "mail_url": "smtp://mail.example"})
    assert isinstance(offered, Channel)
    assert offered.kinds == ("mail",)
