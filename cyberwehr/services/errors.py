"""Why a use case refuses. Each carries a code that `words` can say in the user's language; nothing was written."""

from cyberwehr.domain.notices import Notice


class Refused(Exception):
    """The base of all refusals. status: the HTTP status the web gives it."""

    status = 409

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.notice = Notice(code, params)

    @property
    def code(self) -> str:
        return self.notice.code


class Unknown(Refused):
    """There is no such thing, or it is not yours (which must look the same)."""

    status = 404


class Conflict(Refused):
    """Not in the state things are in."""

    status = 409


class Gone(Refused):
    """It was there, and is over."""

    status = 410


class Invalid(Refused):
    """Understood, but it makes no sense."""

    status = 422


class TooMany(Refused):
    """Knocked too often; `retry_after` in seconds."""

    status = 429

    def __init__(self, retry_after: int) -> None:
        super().__init__("rate_limited")
        self.retry_after = retry_after
