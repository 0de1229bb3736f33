"""One message by mail: composed, handed to the server, and the server's answer understood."""

import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import parseaddr

import idna

from cyberwehr import Delivery, Failed, HandedOver, Message, Retry
from cyberwehr.plugins.mail.server import Server

LOGIN_TROUBLE = frozenset({530, 534, 535, 538})
"""Answers that mean "log in first" or "not like this" (RFC 4954, 6): an administrator must act, then it will work."""

TOO_LARGE = 552
"""At the sender's address already (RFC 1870, 6.1); any other refusal there is about our address, not this mail."""

LATER = timedelta(minutes=5)
"""Trouble only a person can end is not asked about every few seconds."""


@dataclass(slots=True)
class MailChannel:
    """Hands mail to one server. `sender` is an address, with or without a name: `Leitstelle <leitstelle@…>`."""

    server: Server
    sender: str
    name: str = "mail"
    kinds: Sequence[str] = ("mail",)

    def deliver(self, message: Message) -> Delivery:
        """Hand one message over. Trouble that can pass or be put right is Retry, a refusal of this mail is Failed."""
        try:
            letter = composed(message, self.sender, self.server.own_name)
        except ValueError:
            return Failed("not a mail address")
        try:
            with self.server.session() as smtp:
                return _send(smtp, letter)
        except smtplib.SMTPAuthenticationError as error:
            return Retry(f"mail server refuses our login ({error.smtp_code}); check user and password", LATER)
        except smtplib.SMTPNotSupportedError:
            return Retry("mail server does not offer the login or encryption that is set; check the mail URL", LATER)
        except smtplib.SMTPResponseException as error:
            return Retry(f"mail server answered {error.smtp_code}")
        except (OSError, UnicodeError) as error:
            return Retry(f"mail server not reached: {type(error).__name__}")


def _send(smtp: smtplib.SMTP, letter: EmailMessage) -> Delivery:
    try:
        smtp.send_message(letter)
    except smtplib.SMTPNotSupportedError:
        return Failed("mail server takes no addresses with letters beyond ASCII")
    except smtplib.SMTPRecipientsRefused as error:
        code, _ = next(iter(error.recipients.values()))
        return _judged(code, "recipient")
    except smtplib.SMTPSenderRefused as error:
        if error.smtp_code == TOO_LARGE:
            return Failed(_refusal(error.smtp_code, "mail"))
        return Retry(_refusal(error.smtp_code, "sender"), LATER)
    except smtplib.SMTPDataError as error:
        return _judged(error.smtp_code, "mail")
    smtp.putcmd("quit")  # not waiting for the answer: the mail has been taken, and a lost goodbye must not repeat it
    return HandedOver()


def _judged(code: int, what: str) -> Delivery:
    if code in LOGIN_TROUBLE:
        return Retry("mail server wants a login; check the mail URL", LATER)
    return Failed(_refusal(code, what)) if code >= 500 else Retry(_refusal(code, what))


def _refusal(code: int, what: str) -> str:
    return f"mail server refuses the {what} ({code})"


def composed(message: Message, sender: str, host: str) -> EmailMessage:
    """The mail: text and, where given, HTML saying the same. Raises ValueError if an address is none."""
    name, own = parseaddr(sender)
    to, own_address = _address(message.to), _address(own, name)
    is_ascii = to.addr_spec.isascii() and own_address.addr_spec.isascii()
    mail = EmailMessage(policy=SMTP if is_ascii else SMTPUTF8)
    mail["From"], mail["To"] = own_address, to
    mail["Subject"] = " ".join(_encodable(message.subject).split())
    mail["Date"] = message.created_at
    mail["Message-ID"] = f"<{message.id}@{host}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: so that no absence notice answers
    mail["Content-Language"] = message.language
    mail.set_content(_encodable(message.text), cte="quoted-printable")
    if message.html is not None:
        mail.add_alternative(_encodable(message.html), subtype="html", cte="quoted-printable")
    return mail


def _address(spec: str, name: str = "") -> Address:
    """An address with its domain in ASCII (IDNA 2008); the part before the @ stays as it is. Raises ValueError."""
    local, _, domain = spec.strip().rpartition("@")
    if not local or not spec.isprintable() or any(c in local for c in ' "<>,;:@\\'):
        raise ValueError("not a mail address")
    return Address(name, local, idna.encode(domain, uts46=True).decode())


def _encodable(text: str) -> str:
    """Without lone surrogates, which no encoding can carry."""
    return text.encode("utf-8", "replace").decode()
