"""What a form of export cannot say."""

from newsdesk.errors import NewsdeskError


class ExportError(NewsdeskError):
    """A query cannot be said in another language.

    `construct` is the part that has no form there, as a query of its own or in words; `remedy` is what to do instead.
    `str()` says both, and the language.
    """

    def __init__(self, message: str, *, construct: str, remedy: str) -> None:
        super().__init__(f"{message} {remedy}")
        self.message = message
        self.construct = construct
        self.remedy = remedy
