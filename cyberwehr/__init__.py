"""Cyberwehr: the software a cyber fire brigade runs on.

Authors of regions and plugins import from here; everything else is inside.
"""

from cyberwehr.domain.delivery import Channel, Delivery, Failed, HandedOver, Message, Retry
from cyberwehr.domain.protocol import Choice, Question
from cyberwehr.domain.region import AlarmPlan, Closure, Contact, Provider, Region
from cyberwehr.hookspecs import hookimpl
from cyberwehr.region_file import load_region

__all__ = [
    "AlarmPlan",
    "Channel",
    "Choice",
    "Closure",
    "Contact",
    "Delivery",
    "Failed",
    "HandedOver",
    "Message",
    "Provider",
    "Question",
    "Region",
    "Retry",
    "hookimpl",
    "load_region",
]
