"""Document workers: parsers run in child processes that may be killed, so that a hostile document costs only itself.

The children are plain programs (`python -m newsdesk.workers`) that talk over pipes, not `multiprocessing` ones. That
module imports the parent's main program again in each spawned child: below the `airflow` command 2.2 to 2.8 s and
112 MB for each, against 0.2 s and 22 MB here (measured), and again after every kill. It also refuses to work below a
daemonic process and leaves a tracker process behind. Forking without an exec is no way out: the parent has threads,
locks and a connection to its supervisor.

A child ends when its pipe does, and is killed by the kernel when its parent dies (Linux), so none outlives a kill -9.
"""

import contextlib
import os
import pickle
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, BinaryIO, ParamSpec, Self, TypeVar

from newsdesk.errors import WorkerError

P = ParamSpec("P")
T = TypeVar("T")

_LENGTH = struct.Struct(">Q")
_START_SECONDS = 60.0
_WALL = 3  # times the limit: how long a document may take on a machine too busy to give it its CPU time
_READ = 1 << 20
WORKER_FAILED = "worker-failed"  # the reason where no document is to blame
_DONE, _FAILED, _NO_MEMORY, _UNPORTABLE = "done", "failed", "no memory", "unportable"  # kinds of answers


class DocumentWorkers:
    """A pool of `count` children; each starts when there is work for it and is replaced after `documents` documents.

    A document may use `seconds` of CPU time and `memory_bytes` of address space beyond what the loaded parsers take.
    `preload` names the modules that a child imports before its first document. Leaving the block stops everything:
    waiting documents are cancelled, running ones end with `WorkerError`.
    """

    def __init__(
        self,
        count: int = 2,
        seconds: float = 10.0,
        memory_bytes: int = 1 << 30,
        *,
        documents: int = 500,
        preload: tuple[str, ...] = ("extractors",),
    ) -> None:
        self._seconds = seconds
        self._documents = documents
        self._command = [sys.executable, "-P", "-m", "newsdesk.workers", str(memory_bytes), *preload]
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="document-worker")
        self._mine = threading.local()
        self._lock = threading.Lock()
        self._children: set[_Child] = set()
        self._stopped = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            self._stopped = True
            for child in self._children:
                child.kill()
        self._threads.shutdown(wait=True)
        for child in self._children:
            child.close()

    def submit(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Call `function` in a child: one that can be imported by name, with arguments and a result that pickle.

        The result raises what the function raised, or `WorkerError` where the document cost the child its life.
        """
        return self._threads.submit(self._call, function, args, kwargs)

    async def run(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """`submit` for coroutines."""
        import asyncio

        return await asyncio.wrap_future(self.submit(function, *args, **kwargs))

    def _call(self, function: Callable[..., T], args: tuple[object, ...], kwargs: dict[str, object]) -> T:
        job = pickle.dumps((function, args, kwargs), pickle.HIGHEST_PROTOCOL)
        child = self._child()
        try:
            try:
                answer = child.ask(job, self._seconds)
            except BrokenPipeError:  # it died while idle: this document is not to blame
                self._discard(child)
                child = self._child()
                answer = child.ask(job, self._seconds)
            kind, value = _opened(answer)
        except BaseException:
            self._discard(child)
            raise
        if kind == _NO_MEMORY or child.documents >= self._documents:
            self._discard(child)
        result: T = _result_of(kind, value)
        return result

    def _child(self) -> "_Child":
        """The child of this thread; a thread has at most one."""
        child: _Child | None = getattr(self._mine, "child", None)
        if child is None:
            child = self._mine.child = _Child(self._command)
            with self._lock:
                self._children.add(child)
                if self._stopped:
                    child.kill()
        return child

    def _discard(self, child: "_Child") -> None:
        child.close()
        self._mine.child = None
        with self._lock:
            self._children.discard(child)


def _opened(answer: bytes) -> tuple[str, Any]:
    kind, value = pickle.loads(answer)  # noqa: S301 - written by our own child
    return str(kind), value


def _result_of(kind: str, value: Any) -> Any:
    if kind == _NO_MEMORY:
        raise WorkerError(f"the document needs more memory than a worker has: {value}", reason="parser-memory")
    if kind == _UNPORTABLE:
        raise WorkerError(f"the document's error does not leave its worker: {value}", reason="parser-crash")
    if kind == _FAILED:
        raise value
    return value


class _Child:
    """One process, used by one thread; only `kill` may come from another."""

    def __init__(self, command: list[str]) -> None:
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
            "OPENBLAS_NUM_THREADS": "1",  # threads of number crunchers would eat the address space
            "OMP_NUM_THREADS": "1",
        }
        self.documents = 0
        self._ready = False
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, bufsize=0
            )
        except OSError as error:  # no memory, no process numbers, too many open files
            raise WorkerError(f"no document worker can be started: {error}", reason=WORKER_FAILED) from error

    def ask(self, job: bytes, seconds: float) -> bytes:
        """Hand over a job and wait for its answer; `BrokenPipeError` if the child was dead already."""
        if not self._ready:
            try:
                self._receive(_START_SECONDS, f"not ready after {_START_SECONDS:g} s")
            except WorkerError as error:
                raise WorkerError(f"a document worker did not start: {error}", reason=WORKER_FAILED) from error
            self._ready = True
        jobs = self._process.stdin
        if jobs is None:
            raise BrokenPipeError
        self.documents += 1
        view = memoryview(_LENGTH.pack(len(job)) + job)
        while view:
            view = view[jobs.write(view) or 0 :]
        return self._receive(seconds, f"the document took more than {seconds:g} s of its worker")

    def kill(self) -> None:
        """End the process now; a thread that waits for its answer learns of it by the end of the pipe."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """End the process and leave nothing of it behind."""
        self.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def _receive(self, seconds: float, complaint: str) -> bytes:
        answers = self._process.stdout
        if answers is None:
            raise BrokenPipeError
        limit = _Limit(self._process.pid, seconds)
        waiting = select.poll()
        waiting.register(answers, select.POLLIN)
        received = bytearray()
        while len(received) < _LENGTH.size or len(received) < _LENGTH.size + _LENGTH.unpack_from(received)[0]:
            if not waiting.poll(limit.left() * 1000):
                if limit.left() > 0:
                    continue
                raise WorkerError(complaint, reason="parser-timeout")
            piece = answers.read(_READ)
            if not piece:
                raise WorkerError(f"the document worker died: {_obituary(self._process)}", reason="parser-crash")
            received += piece
        return bytes(memoryview(received)[_LENGTH.size :])


class _Limit:
    """A limit on CPU time where the system tells it, with a wider one on the time that passes."""

    def __init__(self, pid: int, seconds: float) -> None:
        self._pid = pid
        self._seconds = seconds
        self._start = time.monotonic()
        self._cpu = _cpu_seconds(pid)

    def left(self) -> float:
        """The least time after which the limit may be passed; 0 when it is."""
        passed = time.monotonic() - self._start
        if passed < self._seconds:
            return self._seconds - passed
        now = _cpu_seconds(self._pid)
        spent = passed if now is None or self._cpu is None else now - self._cpu
        return max(0.0, min(self._seconds - spent, self._seconds * _WALL - passed))


def _cpu_seconds(pid: int) -> float | None:
    """CPU time of a process by /proc; None where that is not to be had."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123 - a hot path
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _obituary(process: "subprocess.Popen[bytes]") -> str:
    code = process.wait()
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name


# ------------------------------------------------------------------ the child


def main() -> None:
    """Serve jobs from standard input until it ends; what libraries print goes to standard error."""
    memory_bytes, preload = int(sys.argv[1]), sys.argv[2:]
    _die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when it is over
    jobs, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123 - a device, no path
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    for module in preload:
        __import__(module)
    raise_memory_limit = _limit_resources(memory_bytes)
    _write(answers, b"")
    while (job := _read(jobs)) is not None:
        answer = _answer(job, raise_memory_limit)
        del job
        _write(answers, answer)


def _answer(job: bytes, raise_memory_limit: Callable[[], None]) -> bytes:
    try:
        function, args, kwargs = pickle.loads(job)  # noqa: S301 - written by our own parent
        return pickle.dumps((_DONE, function(*args, **kwargs)), pickle.HIGHEST_PROTOCOL)
    except MemoryError as error:
        raise_memory_limit()
        return pickle.dumps((_NO_MEMORY, str(error) or "none is left"))
    except Exception as error:
        return _pickled_failure(error)


def _pickled_failure(error: Exception) -> bytes:
    """The function's own error, with the child's traceback as a note; a stand-in if it does not travel."""
    import traceback

    error.add_note("".join(traceback.format_exception(error)))
    try:
        answer = pickle.dumps((_FAILED, error))
        pickle.loads(answer)  # noqa: S301 - an error whose arguments do not fit its class fails only here
    except Exception:
        return pickle.dumps((_UNPORTABLE, f"{type(error).__name__}: {error}"))
    return answer


def _die_with_parent() -> None:
    """PR_SET_PDEATHSIG; elsewhere the end of the pipe has to do."""
    if sys.platform == "linux":
        import ctypes

        parent = os.getppid()
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)
        if parent != os.getppid():  # it died before the call
            sys.exit()


def _limit_resources(memory_bytes: int) -> Callable[[], None]:
    """Set the limits; the function that comes back lifts the one on memory, to report that it was reached."""
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    try:
        with open("/proc/self/statm", "rb") as file:  # noqa: PTH123 - a device, no path
            taken = int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        taken = 0  # not Linux: the limit counts from nothing
    limit = taken + memory_bytes
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)  # the house is stricter than we
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    return lambda: resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


def _read(jobs: BinaryIO) -> bytes | None:
    head = jobs.read(_LENGTH.size)
    return jobs.read(_LENGTH.unpack(head)[0]) if len(head) == _LENGTH.size else None


def _write(answers: BinaryIO, answer: bytes) -> None:
    answers.write(_LENGTH.pack(len(answer)) + answer)
    answers.flush()


if __name__ == "__main__":
    main()
