"""HTTP as the hostile server reads and writes it: a request's head, and an answer."""

import asyncio
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a client sent, and when. `count`: how often this target was asked for by then, this time included."""

    method: str
    target: str
    headers: dict[str, str]
    head: bytes
    body: bytes = b""
    count: int = 1
    at: float = 0.0  # seconds of a clock that never goes back

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query))


def parse_request(head: bytes) -> Request:
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines if line)
    method, target, *_ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    return Request(method=method, target=target, headers=headers, head=head)


def answer_head(status: int, headers: dict[str, str]) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} Said so\r\n{lines}\r\n".encode("latin-1")


async def send(writer: asyncio.StreamWriter, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
    length = {} if status == 304 else {"Content-Length": str(len(body))}
    writer.write(answer_head(status, length | (headers or {})) + body)
    await writer.drain()
