"""/api/v1/regions and /api/v1/meta: what this instance serves, and the words of the API."""

from datetime import datetime
from typing import Any

from flask_smorest import Blueprint

from cyberwehr.domain import terms
from cyberwehr.domain.region import Region
from cyberwehr.services.errors import Unknown
from cyberwehr.storage import now
from cyberwehr.web.api import schemas_out as out
from cyberwehr.web.context import the_instance

regions = Blueprint("regions", __name__, url_prefix="/api/v1/regions", description="Regions this instance serves")
meta_pages = Blueprint("meta", __name__, url_prefix="/api/v1/meta", description="Enumerations")

ENUMS = {
    "channel": terms.Channel,
    "call_type": terms.CallType,
    "urgency": terms.Urgency,
    "verdict": terms.Verdict,
    "call_status": terms.CallStatus,
    "incident_status": terms.IncidentStatus,
    "alarm_status": terms.AlarmStatus,
    "callout_status": terms.CalloutStatus,
    "decline_reason": terms.DeclineReason,
    "follow_up": terms.FollowUp,
    "role": terms.Role,
    "disclosure": terms.Disclosure,
}


@regions.get("")
@regions.response(200, out.RegionPageOut)
def all_regions() -> dict[str, Any]:
    """All regions; few enough for one page."""
    moment = this_moment()
    return {"items": [region_view(region, moment) for region in the_instance().regions.values()], "next": None}


@regions.get("/<string:key>")
@regions.response(200, out.RegionOut)
def one_region(key: str) -> dict[str, Any]:
    """One region: is it open now, when next."""
    region = the_instance().regions.get(key)
    if region is None:
        raise Unknown("unknown_region", region=key)
    return region_view(region, this_moment())


def this_moment() -> datetime:
    with the_instance().reading() as tx:
        return now(tx)


def region_view(region: Region, moment: datetime) -> dict[str, Any]:
    open_now = region.opening.is_open(moment)
    return {
        "key": region.key,
        "name": region.name,
        "districts": region.districts,
        "hotline": region.hotline,
        "languages": region.languages,
        "open_now": open_now,
        "next_opening": None if open_now else region.opening.next_opening(moment),
    }


@meta_pages.get("")
@meta_pages.response(200, out.MetaOut)
def meta() -> dict[str, Any]:
    """All enumerations, and the RSIT tag of each call type."""
    return {"enums": {name: [m.value for m in kind] for name, kind in ENUMS.items()}, "rsit": terms.RSIT}
