"""For the control room: sign in, see what is going on, take calls, judge them, raise the alarm, and see it through."""

from cyberwehr.web.desk import board, login
from cyberwehr.web.desk.blueprint import desk

__all__ = ["board", "desk", "login"]
