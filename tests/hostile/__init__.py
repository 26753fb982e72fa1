"""A web server that misbehaves on purpose, on the loopback address; for tests, and for trying things by hand.

By hand: `python -m tests.hostile --port 8099`, then ask for any of these paths.

| path | what happens |
|---|---|
| `/feed` | a small RSS feed with ETag and Last-Modified; 304 when either validator comes back |
| `/page/NAME` | what a test has put into `pages[NAME]`, else 404 |
| `/echo` | the request's head as text |
| `/status/NNN?Name=value` | that status with those headers and an empty body |
| `/redirect?to=URL&status=NNN` | a redirect there (302 if no status is given) |
| `/hops/N` | N redirects, then the feed |
| `/loop` | a redirect to itself |
| `/coded/CODING`, `/cut/CODING` | the feed in gzip, deflate, rawdeflate, br or zstd; the same, cut off |
| `/stacked` | the feed in gzip in br |
| `/plain-as/CODING` | the feed as it is, under the header of that coding |
| `/noise-as/CODING` | bytes that are neither |
| `/bomb/CODING` | 100 MB of zeros, coded |
| `/big/N` | N bytes, announced; `/inf` bytes without end, in chunks |
| `/length/long`, `/length/short` | a Content-Length beyond the body; one before its end |
| `/chunk/bad`, `/chunk/cut` | a damaged chunk size; a chunked body without its end |
| `/reset/head`, `/reset/body` | the connection is reset before or inside the answer |
| `/hangup` | closed without an answer; `/garbage` something that is not HTTP |
| `/drip` | one byte now and then, for ever; `/stall` a head, then silence; `/nohead` silence |
| `/flood/many`, `/flood/long`, `/flood/endless` | 5,000 headers; one of a megabyte; headers that never end |
"""

from tests.hostile.codings import CODINGS, bomb, encode
from tests.hostile.scripts import ETAG, FEED, LAST_MODIFIED
from tests.hostile.server import HostileServer

__all__ = ["CODINGS", "ETAG", "FEED", "LAST_MODIFIED", "HostileServer", "bomb", "encode"]
