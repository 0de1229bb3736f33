"""The web application on a real instance."""

import pytest

from cyberwehr.instance import Instance
from tests.web.world import World


@pytest.fixture
def world(instance: Instance) -> World:
    """On both databases."""
    return World(instance)


@pytest.fixture
def small_world(sqlite_instance: Instance) -> World:
    """Where the kind of database makes no difference."""
    return World(sqlite_instance)
