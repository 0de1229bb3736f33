"""For the control room: sign in, and see what is going on."""

from cyberwehr.web.desk.views import desk

__all__ = ["desk"]
