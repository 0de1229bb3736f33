"""For the office: choosing a password, and the demo's messages."""

from cyberwehr.web.office import demand
from cyberwehr.web.office.views import office

__all__ = ["demand", "office"]
