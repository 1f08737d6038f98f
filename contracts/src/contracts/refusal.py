"""What every refusal is made of: a code, a status, words in the caller's language, members that help."""

from __future__ import annotations

from datetime import datetime
from importlib.resources import files
from typing import Any, ClassVar, NamedTuple

from contracts.event import instant_text
from contracts.words import ENGLISH, Catalogue, Said, placeholders

#: Titles by code, details by their English, and what is wrong with a field by its code.
WORDS = Catalogue(files("contracts") / "locale")


class FieldError(NamedTuple):
    """One field that was wrong: where it is, a stable code, and English words beside it."""

    field: str
    code: str
    message: str


class Refusal(Exception):
    """What was asked is answered with a problem. `members` go into the problem beside the code.

    `detail` is English: a text, or one `said` with values. Each has its translations in `locale/`.
    """

    code: ClassVar[str] = "internal-error"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong on our side"
    retryable: ClassVar[bool] = False
    #: The detail where none is given and the members are there to fill it.
    saying: ClassVar[str] = ""
    #: Whole seconds for the `Retry-After` header, where there is one.
    retry_after_s: int | None = None

    def __init__(self, detail: str | None = None, /, **members: Any) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.members = members

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Refusal) and (self.code, self.members) == (other.code, other.members)

    def __hash__(self) -> int:
        return hash(self.code)

    def problem(
        self, *, base: str, instance: str, request_id: str, language: str = ENGLISH
    ) -> dict[str, Any]:
        """The RFC 9457 object. `base` is the public base URL, `instance` the path that was asked."""
        title = self.title_in(language)
        body: dict[str, Any] = {
            "type": f"{base}/problems/{self.code}",
            "title": title,
            "status": self.status,
            "detail": self.detail_in(language) or title,
            "instance": instance,
            "code": self.code,
            "request_id": request_id,
            "retryable": self.retryable,
        }
        body.update({name: _written(value) for name, value in self.members.items()})
        return body

    @classmethod
    def title_in(cls, language: str) -> str:
        """What it is, in this language."""
        return WORDS.say(language, "title", cls.code) or cls.title

    def detail_in(self, language: str) -> str | None:
        """What it is in this case; None where there is no more to say than the title does."""
        if isinstance(self.detail, Said):
            return WORDS.translate(language, "detail", self.detail.template, self.detail.values)
        if self.detail is not None:
            return WORDS.translate(language, "detail", self.detail)
        names = placeholders(self.saying)
        if not names or not all(name in self.members for name in names):
            return None
        values = {name: self.members[name] for name in names}
        return WORDS.translate(language, "detail", self.saying, values)


def _written(value: Any) -> Any:
    """Instants as everywhere: RFC 3339 in UTC, six decimals and `Z`."""
    return instant_text(value) if isinstance(value, datetime) else value
