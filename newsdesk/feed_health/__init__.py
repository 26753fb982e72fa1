"""Which state each feed is in, why, and what helps. Pure: facts and `now` in, a verdict in words out."""

from newsdesk.feed_health.silence import REMEMBERED, Silence, judge_silence, needs_more
from newsdesk.feed_health.states import LATELY, FeedFacts, FeedHealth, FeedState, judge_feed
from newsdesk.feed_health.wording import show_age, show_minute, show_number

__all__ = [
    "LATELY",
    "REMEMBERED",
    "FeedFacts",
    "FeedHealth",
    "FeedState",
    "Silence",
    "judge_feed",
    "judge_silence",
    "needs_more",
    "show_age",
    "show_minute",
    "show_number",
]
