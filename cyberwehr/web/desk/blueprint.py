"""Where all the pages of the control room hang."""

from flask import Blueprint

desk = Blueprint("desk", __name__, template_folder="templates")
