"""For everybody: what this is, the form, the caller's own page, first aid."""

from cyberwehr.web.public import first_aid
from cyberwehr.web.public.views import public

__all__ = ["first_aid", "public"]
