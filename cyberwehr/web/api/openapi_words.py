"""Names and examples in the OpenAPI document. Companies, people and addresses are invented."""

from collections.abc import Mapping
from typing import Any

from cyberwehr.default_rules.protocol_file import load_protocol
from cyberwehr.domain.protocol import Question
from cyberwehr.domain.protocol_rules import UNKNOWN
from cyberwehr.services.assessing import LARGEST

OPERATIONS: Mapping[str, str] = {
    "calls.send": "sendCall",
    "calls.all_calls": "listCalls",
    "calls.one_call": "getCall",
    "calls.claim": "claimCall",
    "calls.place": "placeCall",
    "calls.callback": "noteCallBack",
    "calls.withdraw": "withdrawCall",
    "calls.attach": "attachCall",
    "calls.assess": "assessCall",
    "calls.triage": "judgeCall",
    "incidents.all_incidents": "listIncidents",
    "incidents.one_incident": "getIncident",
    "incidents.ranking": "rankProviders",
    "incidents.alarm": "raiseAlarm",
    "incidents.answer": "noteAnswer",
    "incidents.release": "releaseIncident",
    "incidents.callout": "advanceCallout",
    "incidents.report": "reportCallout",
    "incidents.close": "closeIncident",
    "alarms.accept": "acceptAlarm",
    "alarms.decline": "declineAlarm",
    "alarms.looking": "lookAtAlarm",
    "regions.all_regions": "listRegions",
    "regions.one_region": "getRegion",
    "meta.meta": "getVocabulary",
    "demand.figures": "countDemand",
}
"""Endpoint -> operationId. A route that is not listed keeps its endpoint's name."""

PARAMETERS: Mapping[str, Mapping[str, str]] = {
    "reference": {"description": "As spoken: case, dashes and spaces do not matter.", "example": "CW-7K4M-2Q"},
    "token": {"description": "The last part of the link in an alarm; it is the credential."},
    "alarm_id": {"description": "An alarm's `id`."},
    "key": {"description": "A region's key."},
    "limit": {"description": "How many items at most."},
    "cursor": {"description": "`next` of the page before; opaque."},
    "since": {"description": "From this moment on, by receipt (calls) or opening (incidents)."},
    "region": {"description": "Only this region."},
    "from": {"description": "The first day that counts, in the instance's time zone.", "example": "2026-11-23"},
    "to": {"description": "The last day that counts; it is included.", "example": "2026-11-29"},
    "group": {"description": "Only the figures of this group; without it all groups."},
    "status": {"description": "Only those in this state."},
}

EXAMPLES: Mapping[str, Any] = {
    "CallIn": {
        "channel": "phone",
        "language": "de",
        "company": "Muster Metallbau GmbH",
        "contact_name": "Frau Muster",
        "phone": "0234 5550100",
        "email": "info@muster-metallbau.example",
        "email_safe": False,
        "safe_contact": {"kind": "phone", "value": "0171 39200 11"},
        "postal_code": "44801",
        "street": "Musterweg 1",
        "sector": "Metallbau",
        "employees": 24,
        "description": "Seit heute früh sind alle Dateien auf dem Server verschlüsselt.",
        "call_type": "ransomware",
        "consent": {"forward": True, "statistics": True, "police": None},
    },
    "AssessIn": {"answers": {"business": "limited", "ransom_note": "yes"}, "call_type": "ransomware"},
    "TriageIn": {
        "answers": {"spreading": "yes", "business": "stopped"},
        "verdict": "emergency",
        "call_type": "ransomware",
        "urgency": "critical",
    },
    "CallbackIn": {"reached": True, "spoken_with": "Frau Muster", "consent": {"forward": True}},
    "AttachIn": {"incident": "CW-7K4M-2Q"},
    "ReasonIn": {"reason": "Die Firma hilft sich selbst."},
    "AlarmIn": {},
    "AcceptIn": {"eta_minutes": 35, "technician": "Herr Beispiel"},
    "DeclineIn": {"reason": "no_capacity", "note": "Wieder frei ab 14 Uhr."},
    "AnswerIn": {
        "answer": "accepted",
        "eta_minutes": 35,
        "technician": "Herr Beispiel",
        "spoken_with": "Frau Beispiel",
    },
    "CalloutIn": {"status": "en_route"},
    "ReportIn": {
        "minutes": 145,
        "findings": "Zwei Server verschlüsselt, Einfall über einen Fernzugang.",
        "measures": "Netz getrennt, Spuren gesichert, Zugang gesperrt.",
        "signed_off_by": "Frau Muster",
        "follow_up": "specialist",
    },
}
"""Schema -> one body that fits it."""

SAYS_SOMETHING = r"[^\s\x1c-\x1f\x85]"
"""A text with more in it than white space, as Python understands white space."""

CONDITIONS: Mapping[str, list[dict[str, Any]]] = {
    "CallIn": [
        {"required": ["channel"], "properties": {"channel": {"const": "phone"}}},
        {"required": ["phone"], "properties": {"phone": {"type": "string", "pattern": SAYS_SOMETHING}}},
        {"required": ["email"], "properties": {"email": {"type": "string", "pattern": SAYS_SOMETHING}}},
    ],
    "AnswerIn": [
        {
            "required": ["eta_minutes"],
            "properties": {"answer": {"const": "accepted"}, "eta_minutes": {"type": "integer"}},
        },
        {
            "required": ["reason"],
            "properties": {"answer": {"const": "declined"}, "reason": {"type": "string"}},
        },
    ],
}
"""Schema -> alternatives of which one must hold: what the schemas check beyond single fields."""


def answer_to(question: Question) -> dict[str, Any]:
    """What the question of the interview takes; null takes an answer back."""
    if question.choices:
        return {"enum": [*(choice.value for choice in question.choices), None]}
    number = {"type": "number", "minimum": 0, "maximum": LARGEST, "description": question.unit["en"]}
    return {"anyOf": [number, {"enum": [UNKNOWN, None]}]}


ANSWERS: dict[str, Any] = {
    "type": "object",
    "description": "Question of the interview -> its answer; null: not answered. Further keys are kept: a region's own "
    "questions, answered by a short text, a number, true or false.",
    "maxProperties": 100,
    "propertyNames": {"maxLength": 80},
    "properties": {question.key: answer_to(question) for question in load_protocol().questions},
    "additionalProperties": {
        "type": ["string", "number", "boolean", "null"],
        "maxLength": 2000,
        "exclusiveMinimum": -1e15,
        "exclusiveMaximum": 1e15,
    },
}

FIELDS: Mapping[tuple[str, str], dict[str, Any]] = {
    ("CalloutIn", "status"): {
        "type": "string",
        "enum": ["en_route", "on_site", "done", "nobody_there", "no_emergency"],
    },
    ("AlarmIn", "providers"): {
        "type": "array",
        "description": "REGION/KEY as in the ranking; none: as proposed.",
        "maxItems": 100,
        "items": {"type": "string", "maxLength": 130, "pattern": SAYS_SOMETHING},
    },
    ("AssessIn", "answers"): ANSWERS,
    ("TriageIn", "answers"): ANSWERS,
}
"""(schema, field) -> its description where marshmallow's says too little."""
