"""The API as an outsider meets it: one method per way of asking, and short cuts to the states worth testing."""

from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from cyberwehr.app import create_app
from cyberwehr.domain.terms import Role
from cyberwehr.instance import Instance
from cyberwehr.services.actors import ENGINE
from cyberwehr.services.api_tokens import create_token
from cyberwehr.storage import Alarm
from cyberwehr.web.context import EXTENSION

CALL = {
    "channel": "phone",
    "language": "de",
    "company": "Muster GmbH",
    "contact_name": "Frau Muster",
    "phone": "0234 5550100",
    "email": "info@muster.example",
    "postal_code": "44801",
    "town": "Bochum",
    "street": "Musterweg 1",
    "sector": "Handwerk",
    "employees": 20,
    "description": "Alles verschlüsselt",
}
EMERGENCY = {"verdict": "emergency", "call_type": "ransomware", "urgency": "critical"}
REPORT = {
    "minutes": 95,
    "findings": "Verschlüsselt",
    "measures": "Getrennt",
    "signed_off_by": "Frau Muster",
    "follow_up": "specialist",
}
ACCEPT = {"eta_minutes": 30, "technician": "Herr Beispiel"}


APPS: list[Flask] = []


def one_app(instance: Instance) -> Flask:
    """Building the app takes longer than most tests: it is built once and given each test's instance in turn."""
    if not APPS:
        APPS.append(create_app(instance.config, instance=instance))
    APPS[0].extensions[EXTENSION] = instance
    return APPS[0]


class World:
    """An instance behind its web application. A role may carry a number: `operator 2` is another operator's token."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.app = one_app(instance)
        self.client = self.app.test_client()
        self.tokens: dict[str, str] = {}

    def token(self, who: str, provider: str = "bochum/bo-1") -> str:
        role = Role(who.split()[0])
        if who not in self.tokens:
            asked = provider if role is Role.PROVIDER else None
            self.tokens[who] = create_token(self.instance, role, who, ENGINE, asked)
        return self.tokens[who]

    def ask(self, method: str, path: str, who: str | None = "commander", **options: Any) -> TestResponse:
        headers = dict(options.pop("headers", {}))
        if who is not None:
            headers["Authorization"] = f"Bearer {self.token(who)}"
        full = path if path.startswith("/api/") else f"/api/v1{path}"
        return self.client.open(full, method=method, headers=headers, **options)

    def get(self, path: str, who: str | None = "commander", **options: Any) -> TestResponse:
        return self.ask("GET", path, who, **options)

    def post(self, path: str, json: Any = None, who: str | None = "commander", **options: Any) -> TestResponse:
        if json is not None:
            options["json"] = json
        return self.ask("POST", path, who, **options)

    def call(self, who: str = "operator", **fields: Any) -> str:
        """Send a call; returns its reference."""
        answer = self.post("/calls", {**CALL, **fields}, who)
        assert answer.status_code == 201, answer.get_data(as_text=True)
        return str(answer.json["reference"])  # type: ignore[index]

    def emergency(self, call: str | None = None, who: str = "operator", **judged: Any) -> str:
        """Judge a call (a fresh one if none is given) an emergency; returns the incident's reference."""
        answer = self.post(f"/calls/{call or self.call()}/triage", {**EMERGENCY, **judged}, who)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return str(answer.json["incident"])  # type: ignore[index]

    def alarmed(self, incident: str | None = None, **wish: Any) -> str:
        """Raise the alarm; returns the incident's reference."""
        reference = incident or self.emergency()
        answer = self.post(f"/incidents/{reference}/alarm", wish)
        assert answer.status_code == 201, answer.get_data(as_text=True)
        return reference

    def incident(self, reference: str, who: str = "commander") -> dict[str, Any]:
        answer = self.get(f"/incidents/{reference}", who)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return dict(answer.json)  # type: ignore[arg-type]

    def links(self, reference: str) -> dict[str, str]:
        """Provider -> the token in the newest alarm it got for this incident, as it reads in the message."""
        found = {}
        for alarm in self.incident(reference)["alarms"]:
            with self.instance.reading() as tx:
                row = tx.get(Alarm, alarm["id"])
                assert row is not None
                found[alarm["provider"]] = str(row.link).rsplit("/", 1)[1]
        return found

    def assigned(self, provider: str = "bochum/bo-1") -> str:
        """An incident that this provider has accepted."""
        reference = self.alarmed(providers=[provider], override_reason="Test")
        answer = self.post(f"/alarms/{self.links(reference)[provider]}/accept", ACCEPT, None)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return reference

    def done(self) -> str:
        reference = self.assigned()
        assert self.post(f"/incidents/{reference}/callout", {"status": "done"}).status_code == 200
        return reference


def code(answer: TestResponse) -> tuple[int, str]:
    """Status and code of a problem+json answer."""
    assert answer.mimetype == "application/problem+json", answer.get_data(as_text=True)
    body = answer.json
    assert body is not None
    assert body["status"] == answer.status_code
    assert {"type", "title", "detail", "code"} <= set(body)
    return answer.status_code, body["code"]
