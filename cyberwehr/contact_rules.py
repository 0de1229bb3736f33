"""What a contact in a region folder may look like. The folder is public: secrets do not belong there."""

from difflib import get_close_matches
from urllib.parse import parse_qsl, urlsplit

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from cyberwehr.domain.region import Contact

_USUAL = ("mail", "sms", "voice", "phone", "chat", "push", "webhook")
_PHONES = ("sms", "phone", "voice", "fax")
_SECRET_WORDS = ("token", "key", "secret", "password", "passwd", "pwd", "sig", "signature", "auth", "credential")


def contact_fault(contact: Contact) -> str | None:
    """What is wrong with an address, None if nothing is. Channels this program does not know are left to their plugin.

    Phone numbers without a country code are read as German.
    """
    if _has_secret(contact.to):
        return "holds a password or token; put secrets into the instance's settings, never into a region folder"
    if contact.channel == "mail" and not _is_mail(contact.to):
        return 'must be a mail address, like "alarm@provider.example"'
    if contact.channel in _PHONES and not _is_phone(contact.to):
        return 'must be a phone number, like "+49 30 23125 001"'
    return None


def channel_doubt(channel: str) -> str | None:
    """What to say of a channel that is not one of the usual ones: a slip of the pen, or a plugin's own."""
    if not channel or channel in _USUAL:
        return None
    near = get_close_matches(channel, _USUAL, 1)
    hint = f"did you mean {near[0]}?" if near else f"the usual ones are {', '.join(_USUAL)}."
    return f'unknown channel "{channel}"; {hint} A plugin must serve it'


def _has_secret(to: str) -> bool:
    if "://" not in to:
        return False
    try:
        parts = urlsplit(to)
    except ValueError:
        return False
    names = [name.lower() for name, _ in parse_qsl(f"{parts.query}&{parts.fragment}", keep_blank_values=True)]
    return "@" in parts.netloc or any(word in name for name in names for word in _SECRET_WORDS)


def _is_mail(to: str) -> bool:
    try:
        validate_email(to, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True


def _is_phone(to: str) -> bool:
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(to, "DE"))
    except phonenumbers.NumberParseException:
        return False
