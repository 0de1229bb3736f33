"""For providers: the page behind an alarm's link."""

from cyberwehr.web.provider.views import provider

__all__ = ["provider"]
