"""A web server that misbehaves on purpose, on the loopback address; for tests, and for trying things by hand.

By hand: `python -m tests.hostile --port 8099`, then ask for any of these paths.

| path | what happens |
|---|---|
| `/feed` | a small RSS feed with ETag and Last-Modified; 304 when either validator comes back |
| `/page/NAME` | what a test has put into `pages[NAME]`, else 404 |
| `/echo` | the request's head as text |
| `/status/NNN?Name=value` | that status with those headers and an empty body |
| `/redirect?to=URL&status=NNN` | a redirect there (302 if no status is given) |
| `/hops/N?status=NNN` | N redirects, then the feed (301 if no status is given) |
| `/loop` | a redirect to itself |
| `/coded/CODING`, `/cut/CODING` | the feed in gzip, deflate, rawdeflate, br or zstd; the same, cut off |
| `/stacked` | the feed in gzip in br |
| `/plain-as/CODING` | the feed as it is, under the header of that coding |
| `/noise-as/CODING` | bytes that are neither |
| `/bomb/CODING` | 100 MB of zeros, coded |
| `/big/N` | N bytes, announced; `/inf` bytes without end, in chunks |
| `/length/long`, `/length/short` | a Content-Length beyond the body; one before its end |
| `/chunk/bad`, `/chunk/late`, `/chunk/cut` | a damaged chunk size, at once or later; a chunked body without its end |
| `/reset/head`, `/reset/body` | the connection is reset before or inside the answer |
| `/hangup` | closed without an answer; `/garbage` something that is not HTTP |
| `/drip` | one byte now and then, for ever; `/stall` a head, then silence; `/nohead` silence |
| `/flood/many`, `/flood/long`, `/flood/endless` | 5,000 headers; one of a megabyte; headers that never end |
| `/slow/SECONDS` | a small feed after that time |
| `/etag/same`, `/etag/new` | another story under the same ETag at each request; the same story under another ETag |
| `/max-age/N?then=M` | a feed with max-age=N; when its ETag comes back, 304 with max-age=M |
| `/wall/login`, `/wall/parked` | a web page with status 200 and an ETag, where a feed should be |
| `/guids/moving`, `/guids/migrated` | the same stories under other ids at each request; once, from the second on |
| `/window?size=N&every=S&at=T` | the newest N of an endless row, one in S seconds of T; without `at`: one a request |
| `/later/NNN?seconds=N&form=date` | status NNN (429, 503) with Retry-After as a date, else as seconds |
| `/archive`, `/archive/N` | an Atom feed in four parts, each with a link to the one before it (RFC 5005) |
| `/json-feed`, `/sitemap` | stories as JSON Feed 1.1, as a news sitemap |
| `/hub-feed?hub=URL` | a feed whose Link headers name a hub (by default `/form`) and itself |
| `/form` | 202 and the form that was posted |
| `/cookies` | sets a cookie and redirects to itself until the cookie is sent back |

By hand a redirect chain for good is `/hops/3?status=308`, a feed that is gone `/status/410`.

`names` has resolvers that misbehave, to be given to a fetcher as `look_up`: `Rebinding` answers otherwise at each
question, `Silent` never, `Zone` as it is told.
"""

from tests.hostile.codings import CODINGS, bomb, encode
from tests.hostile.names import Rebinding, Silent, Zone
from tests.hostile.scripts import ETAG, FEED, LAST_MODIFIED
from tests.hostile.server import HostileServer

__all__ = ["CODINGS", "ETAG", "FEED", "LAST_MODIFIED", "HostileServer", "Rebinding", "Silent", "Zone", "bomb", "encode"]
