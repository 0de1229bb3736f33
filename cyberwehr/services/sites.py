"""Where an incident is, in words."""

from cyberwehr.domain.call import Details
from cyberwehr.instance import Instance
from cyberwehr.storage import Incident


def town_of(instance: Instance, incident: Incident) -> str | None:
    """The town as given; else what the postal code or the region says."""
    details, region = Details.from_json(incident.speaker.details), instance.regions.get(incident.region or "")
    towns = {area.municipality for area in instance.places.areas(details.postal_code or "")}
    return details.town or (towns.pop() if len(towns) == 1 else None) or (region.name.get("de") if region else None)
