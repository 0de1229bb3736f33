"""For everybody: what this is, the form, the caller's own page."""

from cyberwehr.web.public import case
from cyberwehr.web.public.views import public

__all__ = ["case", "public"]
