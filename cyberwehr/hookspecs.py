"""The whole plugin contract on one page.

A region or plugin is a module (or package) with functions of these names, each marked `@hookimpl`. Hooks get and
return values, never sessions, rows or the app. Hooks of a region are called for that region's calls only.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pluggy

from cyberwehr.domain.delivery import Channel
from cyberwehr.domain.protocol import Question
from cyberwehr.domain.ranking import Candidate, IncidentSite
from cyberwehr.domain.region import Region
from cyberwehr.domain.terms import CallType

PROJECT = "cyberwehr"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class RegionHooks:
    """What a region folder may implement; `cyberwehr_region` is required."""

    @hookspec
    def cyberwehr_region(self) -> Region:  # type: ignore[empty-body]
        """The region itself, usually `load_region(__file__)`. Called once at start."""

    @hookspec(firstresult=True)
    def cyberwehr_rank_providers(
        self, region: Region, incident: IncidentSite, candidates: Sequence[Candidate], now: datetime
    ) -> Sequence[str] | None:
        """Put the eligible candidates in an order of your own: their ids (`REGION/KEY`), best first.

        None leaves the decision to the core. Ids you leave out follow in the core's order. If the hook raises, the
        core decides and the journal says so. `now` is aware, UTC.
        """

    @hookspec
    def cyberwehr_triage_questions(  # type: ignore[empty-body]
        self, region: Region, call_type: CallType | None
    ) -> Sequence[Question]:
        """Further questions of the interview, a list asked after the protocol's own; answers are kept with the call.

        call_type: None as long as nobody knows it. Rules do not look at these answers. A key of the protocol is
        ignored. If the hook raises, the interview goes on without it and the journal says so.
        """


class PluginHooks:
    """What a function plugin may implement."""

    @hookspec
    def cyberwehr_channels(self, settings: Mapping[str, Any]) -> Sequence[Channel]:  # type: ignore[empty-body]
        """The channels this plugin offers under these settings; an empty list if it is not configured.

        settings: `demo` (bool), `data_dir` (pathlib.Path), `mail_url` (str or None), `mail_sender` (str),
        `host` (str, the right side of Message-IDs). Called once at the start of each process that delivers or shows.
        """
