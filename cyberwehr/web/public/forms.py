"""The public form: which fields it has and what becomes of them. Doubtful content is kept; only wrong shape is not."""

from cyberwehr.domain.call import Consent, Details, SafeContact
from cyberwehr.domain.contacts import dialable, mailable
from cyberwehr.domain.terms import CallType
from cyberwehr.i18n import N_
from cyberwehr.web.typed import LONG, Typed

MAILBOX = {"yes": True, "no": False, "unknown": None}
YES_NO = {"yes": True, "no": False}
WAYS = {way: way for way in ("phone", "sms", "mail", "other")}
LARGEST = 10_000_000
WHAT_THEY_SEE: dict[CallType, str] = {
    CallType.RANSOMWARE: N_("Files no longer open, or somebody demands a ransom"),
    CallType.MAILBOX_COMPROMISE: N_("Somebody else reads our e-mail or sends mail in our name"),
    CallType.PAYMENT_FRAUD: N_("Money was paid to criminals, or a bank account number was changed"),
    CallType.PHISHING_CREDENTIALS: N_("Somebody typed a password into a false page"),
    CallType.REMOTE_SUPPORT_SCAM: N_("A false support worker called and got into a computer"),
    CallType.MALWARE_INFECTION: N_("A computer behaves strangely, or the virus scanner warns"),
    CallType.ACCOUNT_TAKEOVER: N_("Somebody else uses one of our accounts"),
    CallType.WEBSITE_HACKED: N_("Our website has been changed or leads to strange pages"),
    CallType.DDOS: N_("Our website or connection is flooded and cannot be reached"),
    CallType.DATA_LEAK: N_("Our data has been stolen or is on the internet"),
    CallType.LOST_DEVICE: N_("A computer or telephone was lost or stolen"),
    CallType.SUPPLIER_OUTAGE: N_("A supplier of ours was attacked"),
    CallType.DEFECT: N_("Something is broken; probably no attack"),
    CallType.OTHER: N_("Something else"),
}
"""Call types as somebody sees them who does not know what they are called."""


def read_details(typed: Typed) -> Details:
    """The call's details; what cannot be used stands in `typed.errors`."""
    phone, email = typed.text("phone"), typed.text("email")
    if not phone and not email:
        typed.fault("phone", N_("Please give a telephone number or an e-mail address, so that we can reach you."))
    return Details(
        phone=phone,
        email=email,
        email_safe=typed.choice("email_safe", MAILBOX),
        safe_contact=read_safe_contact(typed),
        company=typed.text("company"),
        contact_name=typed.text("contact_name"),
        street=typed.text("street"),
        postal_code=typed.text("postal_code", 40),
        town=typed.text("town"),
        sector=typed.text("sector"),
        employees=typed.number("employees", 0, LARGEST, N_("Please give the number of employees in digits.")),
        description=typed.text("description", LONG),
        reported_type=typed.choice("reported_type", {kind.value: kind for kind in WHAT_THEY_SEE}),
        consent=read_consent(typed),
    )


def read_safe_contact(typed: Typed) -> SafeContact | None:
    """Somebody in trouble fills in the value and forgets the kind: then it is what it looks like."""
    kind, value = typed.choice("safe_contact_kind", WAYS), typed.text("safe_contact_value")
    if value is None:
        return None
    looks_like = "mail" if mailable(value) else "phone" if dialable(value) else "other"
    return SafeContact(kind or looks_like, value)


def read_consent(typed: Typed) -> Consent:
    asked = {name: typed.choice(f"consent_{name}", YES_NO) for name in ("forward", "statistics", "police")}
    return Consent(**asked)
