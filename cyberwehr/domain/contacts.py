"""Phone numbers and mail addresses as people give them. Doubtful ones are kept as typed, and remarked upon."""

import re
import unicodedata

import phonenumbers
from email_validator import EmailNotValidError, validate_email

UNREADABLE = "\N{REPLACEMENT CHARACTER}"


def dialable(raw: str | None, country: str = "DE") -> str | None:
    """The number in E.164 form (+49234…), or None if nobody could dial it. National forms are read as German."""
    if not raw:
        return None
    try:
        number = phonenumbers.parse(unicodedata.normalize("NFKC", raw), country)
    except phonenumbers.NumberParseException:
        return None
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def mailable(raw: str | None) -> str | None:
    """The address in normal form, or None if it is no mail address (syntax only, RFC 5322 as browsers know it)."""
    if not raw:
        return None
    try:
        checked = validate_email(raw.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return None
    return checked.normalized


def without_links(text: str) -> str:
    """The text without what a mail program or phone would make clickable: strangers' words go to providers."""
    return re.sub(r"\S*(?:://|www\.|@)\S*|\S*\w{4,}\.[A-Za-z]{2,}\S*", "…", text)


def readable(text: str) -> str:
    """The text with what no database, mail or screen can carry (NUL, control characters, lone surrogates) replaced."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]", UNREADABLE, text)
