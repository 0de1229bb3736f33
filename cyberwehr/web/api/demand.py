"""/api/v1/demand: the figures of the demand page."""

from typing import Any

from flask_smorest import Blueprint

from cyberwehr.services.demand import Period, rows
from cyberwehr.services.demand import demand as count
from cyberwehr.web.api.calls import known_region
from cyberwehr.web.api.schemas_demand import DemandIn, DemandOut
from cyberwehr.web.context import the_instance

demand = Blueprint("demand", __name__, url_prefix="/api/v1/demand", description="How much help was asked for")


@demand.get("")
@demand.arguments(DemandIn, location="query")
@demand.response(200, DemandOut)
def figures(query: dict[str, Any]) -> dict[str, Any]:
    """How many calls came: per week, region, channel, outcome, call type, urgency, in and out of hours."""
    period = Period(query.get("first"), query.get("last"), known_region(query.get("region")))
    found = count(the_instance(), period)
    return {
        "first": period.first,
        "last": period.last,
        "region": period.region,
        "total": found.total,
        "items": [
            {"group": group, "key": key, "calls": calls}
            for group, key, calls in rows(found)
            if query.get("group", group) == group
        ],
    }
