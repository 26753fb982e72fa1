"""The process behind `Watchdog`: reads session numbers, a line each; when its input ends, it ends these sessions."""

import signal
import sys

from newsdesk.supervisor.processes import end_sessions

GRACE = 5.0  # seconds


def main() -> None:
    """Wait for the end of the input, then end what is left."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # we go last
    end_sessions([int(line) for line in sys.stdin], grace=GRACE)


if __name__ == "__main__":
    main()
