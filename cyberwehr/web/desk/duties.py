"""Notes that a duty to report was met, until services.guidance does it with one call (meet_duty)."""

from datetime import datetime

from cyberwehr.instance import Instance
from cyberwehr.services import guidance
from cyberwehr.services.actors import Actor
from cyberwehr.services.errors import Unknown


def meet(instance: Instance, reference: str, code: str, at: datetime | None, actor: Actor) -> object:
    """`at`: when it was reported; None: now."""
    meet_duty = getattr(guidance, "meet_duty", None)
    if meet_duty is None:
        raise Unknown("unknown_duty")
    return meet_duty(instance, reference, code, at, actor)
