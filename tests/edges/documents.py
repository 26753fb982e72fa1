"""What document workers are given in the tests: functions that behave, and functions that do not."""

import ctypes
import os
import signal
import sys
import time


def double(number: int) -> int:
    return number * 2


def pid() -> int:
    return os.getpid()


def slow_double(number: int) -> int:
    time.sleep(0.05 if number % 5 == 0 else 0.0)
    return number * 2


def hang() -> None:
    while True:
        pass


def sleep_for_ever() -> None:
    time.sleep(3600)


def hog() -> int:
    hoard = []
    while True:
        hoard.append(bytearray(16 << 20))


def leave() -> None:
    os._exit(7)


def exit_politely() -> None:
    sys.exit("no more")


def fault() -> None:
    signal.signal(signal.SIGSEGV, signal.SIG_DFL)
    ctypes.string_at(0)


def complain(text: str) -> None:
    raise ValueError(text)


class OddError(Exception):
    """Cannot be made again from its arguments."""

    def __init__(self, text: str, *, code: int) -> None:
        super().__init__(text)
        self.code = code


def complain_oddly() -> None:
    raise OddError("odd", code=3)


def give_what_does_not_pickle() -> object:
    return lambda: None


def chatter(text: str) -> str:
    print(text, flush=True)
    os.write(1, text.encode())
    return text


def echo(document: bytes) -> bytes:
    return document


def read_input() -> str:
    return sys.stdin.read()
