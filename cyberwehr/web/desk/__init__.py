"""For the control room: sign in, see what is going on, take calls, judge them, raise the alarm, and see it through."""

from cyberwehr.web.desk import board, calls, incidents, login, new_calls
from cyberwehr.web.desk.blueprint import desk

__all__ = ["board", "calls", "desk", "incidents", "login", "new_calls"]
