"""What the replay says to the API, as any other client would."""

from dataclasses import dataclass, field
from typing import Any

import requests
from urllib3.exceptions import NewConnectionError

from cyberwehr.faults import Refusal

TIMEOUT = 30
SENT = (
    "channel",
    "language",
    "company",
    "contact_name",
    "phone",
    "email",
    "street",
    "postal_code",
    "town",
    "sector",
    "employees",
    "turnover_million_eur",
    "description",
)
BY_FORM = ("web", "partner")


class ApiError(Exception):
    """The instance did not answer as it should."""


@dataclass(frozen=True, slots=True)
class Record:
    """A recorded call and what is expected of it."""

    id: str
    body: dict[str, Any]
    region: str | None
    service_open: bool
    verdict: str | None
    call_type: str | None
    urgency: str | None
    duplicate_of: str | None
    facts: dict[str, Any]

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Record":
        expected = data["expected"]
        return cls(
            id=str(data["id"]),
            body={**{key: data.get(key) for key in SENT}, "received_at": data["at"]},
            region=expected["region"],
            service_open=expected["service_open"],
            verdict=expected.get("verdict"),
            call_type=expected.get("call_type"),
            urgency=expected.get("urgency"),
            duplicate_of=data.get("duplicate_of") or expected.get("duplicate_of"),
            facts=dict(data.get("facts", {})),
        )

    @property
    def place(self) -> str:
        return f"{self.body['postal_code'] or ''} {self.body['town'] or ''}".strip()


@dataclass(slots=True)
class Outcome:
    """What the instance made of a record. answer: the body of 201, None if it refused. assessed: of the protocol."""

    record: Record
    answer: dict[str, Any] | None
    error: str | None = None
    assessed: dict[str, Any] = field(default_factory=dict)

    @property
    def reference(self) -> str | None:
        return self.answer["reference"] if self.answer else None

    @property
    def region(self) -> str | None:
        return self.answer["region"] if self.answer else None

    @property
    def service_open(self) -> bool | None:
        return self.answer["service_open"] if self.answer else None

    @property
    def region_right(self) -> bool:
        return self.answer is not None and self.region == self.record.region

    @property
    def open_right(self) -> bool:
        return self.service_open == self.record.service_open

    @property
    def judged(self) -> tuple[str | None, str | None]:
        """Suggested verdict and urgency."""
        return self.assessed.get("suggested_verdict"), self.assessed.get("suggested_urgency")

    @property
    def judged_right(self) -> bool:
        return self.judged == (self.record.verdict, self.record.urgency)

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.record.id,
            "reference": self.reference,
            "region": self.region,
            "expected_region": self.record.region,
            "service_open": self.service_open,
            "expected_open": self.record.service_open,
            "verdict": self.judged[0],
            "expected_verdict": self.record.verdict,
            "urgency": self.judged[1],
            "expected_urgency": self.record.urgency,
            "reasons": [reason["code"] for reason in self.assessed.get("reasons", [])],
            "error": self.error,
        }


class Client:
    """A commander's HTTP client."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url.rstrip("/")
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {token}"

    def call(self, method: str, path: str, body: Any = None, good: tuple[int, ...] = (200, 201)) -> dict[str, Any]:
        """One API call; raises ApiError for any other status than the good ones."""
        response = self.request(method, f"/api/v1{path}", body)
        if response.status_code not in good:
            raise ApiError(f"{method} {path}: {response.status_code} {words_of(response)}")
        answer: dict[str, Any] = response.json()
        return answer

    def request(self, method: str, path: str, body: Any = None) -> requests.Response:
        try:
            return self.session.request(method, self.url + path, json=body, timeout=TIMEOUT)
        except requests.RequestException as error:
            sentence = (
                f"{self.url} does not answer ({type(error).__name__}); is it running? Give its address with --url"
            )
            raise (Refusal if nobody_there(error) else ApiError)(sentence) from error

    def send(self, record: Record) -> dict[str, Any]:
        return self.call("POST", "/calls", record.body, good=(201,))

    def assess(self, outcome: Outcome) -> dict[str, Any]:
        """What the protocol makes of the record's facts."""
        body = {"answers": outcome.record.facts, "call_type": outcome.record.call_type}
        return self.call("POST", f"/calls/{outcome.reference}/assess", body)

    def judge(self, outcome: Outcome) -> str:
        """Judge as expected, after the call-back a written call needs; returns the incident that was opened."""
        if outcome.record.body["channel"] in BY_FORM:
            self.call("POST", f"/calls/{outcome.reference}/callback", {"reached": True, "spoken_with": "Replay"})
        judged = self.call("POST", f"/calls/{outcome.reference}/triage", self.judgement(outcome.record))
        return str(judged["incident"])

    def attach(self, outcome: Outcome, incident: str) -> str:
        """A further call about an incident joins it; says so."""
        self.call("POST", f"/calls/{outcome.reference}/attach", {"incident": incident})
        return f"attached to {incident}"

    def raise_alarm(self, incident: str) -> tuple[str, bool]:
        """Alarm for an incident: what came of it, and whether anybody is asked."""
        raised = self.call("POST", f"/incidents/{incident}/alarm", {})
        asked = ", ".join(alarm["provider"] for alarm in raised["alarms"]) or "nobody is on duty"
        return f"{incident} {raised['status']}: {asked}", bool(raised["alarms"])

    @staticmethod
    def judgement(record: Record) -> dict[str, Any]:
        return {
            "answers": record.facts,
            "verdict": "emergency",
            "call_type": record.call_type,
            "urgency": record.urgency,
            "override_reason": "as the record expects",
        }


def nobody_there(error: requests.RequestException) -> bool:
    """No use in asking again: the address is none (a ValueError, too), or nobody listens there."""
    cause = error.args[0] if error.args else None
    return isinstance(error, ValueError) or isinstance(getattr(cause, "reason", None), NewConnectionError)


def words_of(response: requests.Response) -> str:
    """The problem's detail, or the beginning of whatever came."""
    try:
        return str(response.json().get("detail"))
    except ValueError:
        return response.text[:200]
