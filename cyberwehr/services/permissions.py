"""Permission to work: what the company signs before the technician touches anything."""

from dataclasses import asdict, dataclass

from cyberwehr.instance import Instance
from cyberwehr.services.actors import Actor
from cyberwehr.services.callouts import owned_callout
from cyberwehr.services.errors import Conflict
from cyberwehr.services.journalling import record
from cyberwehr.services.states import CALLOUT_RUNNING
from cyberwehr.storage import Callout, now


@dataclass(frozen=True, slots=True)
class Permission:
    """access: to the systems; liability, data_protection: explained and understood. signed_by: a name."""

    signed_by: str
    access: bool
    liability: bool
    data_protection: bool


def sign_permission(instance: Instance, reference: str, permission: Permission, actor: Actor) -> Callout:
    """Once, while the call-out runs. The journal says that it was signed, not by whom."""
    with instance.begin() as tx:
        incident, callout = owned_callout(tx, reference, actor)
        if callout.permission is not None:
            raise Conflict("already_signed")
        if callout.status not in CALLOUT_RUNNING:
            raise Conflict("callout_over")
        callout.permission = {**asdict(permission), "at": now(tx).isoformat()}
        record(tx, actor, "permission_signed", incident=incident, alarm=callout.alarm, provider=callout.provider)
        return callout
