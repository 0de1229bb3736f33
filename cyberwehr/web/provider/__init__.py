"""For providers: the page behind an alarm's link, and their own list."""

from cyberwehr.web.provider import own
from cyberwehr.web.provider.views import provider

__all__ = ["own", "provider"]
