"""For everybody: what this is, the form, the caller's own page, first aid."""

from cyberwehr.web.public import case, first_aid
from cyberwehr.web.public.views import public

__all__ = ["case", "first_aid", "public"]
