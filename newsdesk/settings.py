"""How we run: one frozen `Settings`, built from defaults and the environment. Nobody else reads the environment.

Every variable is `NEWSDESK_` and the field's name in capitals; a secret may also be given as `…_FILE`, the path of a
file that holds it. An unknown variable is an error that names it. With nothing set at all, the embedded profile runs:
everything below `var/`, mail into a spool folder.
"""

import dataclasses
import difflib
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from newsdesk.errors import SettingsError

PREFIX = "NEWSDESK_"

# read by the tests, not by the product
FOREIGN = ("NEWSDESK_TEST_", "NEWSDESK_LONG", "NEWSDESK_SHARED")


def _setting(default: Any, meaning: str, *, secret: bool = False) -> Any:
    return dataclasses.field(default=default, metadata={"meaning": meaning, "secret": secret})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How this installation runs."""

    home: Path = _setting(Path("var"), "the folder of all state")
    watchlist: Path = _setting(Path("watchlist.yaml"), "what is watched")
    ledger_url: str = _setting(
        "", "ledger database, sqlite:///… or postgresql://…; empty: ledger.db in home", secret=True
    )
    index_url: str = _setting("", "search index; empty: index.db in home")
    archive: Path | None = _setting(None, "folder of fetched pages; empty: archive/ in home")
    archive_days: int = _setting(0, "how long fetched pages are kept; 0: for ever")
    mail_url: str = _setting("", "spool:FOLDER, smtp://HOST:PORT or smtps://…; empty: mail/ in home", secret=True)
    mail_from: str = _setting("Newsdesk <newsdesk@localhost.localdomain>", "the sender of all mail")
    user_agent: str = _setting(
        "Newsdesk/0.1 (news monitoring; set NEWSDESK_USER_AGENT to say who runs it)", "how we name ourselves to servers"
    )
    allow_networks: tuple[IPv4Network | IPv6Network, ...] = _setting(
        (), "networks in CIDR form, separated by commas, that may be fetched from although they are not public"
    )
    spacing_seconds: float = _setting(2.0, "least time between two requests to one registrable domain")
    address_spacing_seconds: float = _setting(
        0.5, "least time between two requests to one address; hosts in NEWSDESK_ALLOW_NETWORKS are exempt"
    )
    tdmrep: bool = _setting(True, "on or off: ask each site once a day for the reservations of its tdmrep.json")
    fetch_seconds: float = _setting(30.0, "total time of one request, from name look-up to last byte")
    fetch_concurrency: int = _setting(50, "requests under way at once in one step")
    poll_minimum_seconds: int = _setting(300, "shortest time between two polls of a feed")
    poll_default_seconds: int = _setting(
        900, "time to the second poll of a new feed; feeds are polled more often only where entries would be lost"
    )
    poll_maximum_seconds: int = _setting(86400, "longest time between two polls of a feed")
    first_sight_hours: float = _setting(
        24.0, "when a feed is seen for the first time, only entries younger than this may raise alerts"
    )
    web_url: str = _setting("", "where the web app is reached from outside; hubs push to it; empty: no hub is asked")
    report_to: str = _setting("", "address for the weekly report of feeds that need a person; empty: no mail")
    workers: int = _setting(0, "processes that parse feeds and pages; 0: one for each core")
    worker_seconds: float = _setting(10.0, "time limit of one document in its worker")
    worker_megabytes: int = _setting(1024, "memory limit of one worker")
    engine: str = _setting("cascade", "article extraction: cascade or newspaper")
    languages: tuple[str, ...] = _setting(
        (), "ISO 639 codes, separated by commas: pages are taken for one of these; empty: for any language"
    )
    batch: int = _setting(50, "rows claimed at a time")
    step_seconds: float = _setting(60.0, "after this time poll and collect take up nothing more: the next steps' turn")
    lease_seconds: int = _setting(120, "how long a claimed row belongs to its claimer")
    attempts: int = _setting(8, "tries of one row before a person must look")
    poll_schedule: str = _setting(
        "* * * * *", "Airflow: when to ask which feeds are due, a cron line; none: not by the clock"
    )
    task_retries: int = _setting(2, "Airflow: further tries of a task that failed")
    watch_patience: float = _setting(10.0, "Airflow: seconds that work may wait before the watcher rings")
    failpoint: str = _setting("", "for tests: NAME:kill or NAME:raise, the place where the process is to fail")

    @property
    def ledger_address(self) -> str:
        """The ledger's URL with the default filled in."""
        return self.ledger_url or f"sqlite:///{self.home / 'ledger.db'}"

    @property
    def index_address(self) -> str:
        """Where the search index is, with the default filled in."""
        return self.index_url or str(self.home / "index.db")

    @property
    def archive_folder(self) -> Path:
        """The folder of fetched pages."""
        return self.archive or self.home / "archive"

    @property
    def mail_address(self) -> str:
        """Where mail goes, with the default filled in."""
        return self.mail_url or f"spool:{self.home / 'mail'}"


def describe_settings() -> tuple[tuple[str, str, str], ...]:
    """Every setting as (variable, default, meaning), in order; the reference page is made of it."""
    return tuple(
        (PREFIX + f.name.upper(), _shown(f.default), f.metadata["meaning"]) for f in dataclasses.fields(Settings)
    )


def _shown(default: object) -> str:
    if isinstance(default, bool):
        return "on" if default else "off"
    return "" if default in (None, ()) else str(default)


def read_settings(
    environ: Mapping[str, str] | None = None, *, kept: Mapping[str, str] | None = None, **overrides: object
) -> Settings:
    """Settings from the environment; `kept` ones (of a state folder) win over it, `overrides` (of a command) over both.

    SettingsError names the variable that is wrong.
    """
    environ = {**(os.environ if environ is None else environ), **(kept or {})}
    fields = {f.name: f for f in dataclasses.fields(Settings)}
    values: dict[str, Any] = {}
    for variable, given in environ.items():
        if not variable.startswith(PREFIX) or variable.startswith(FOREIGN):
            continue
        name = variable.removeprefix(PREFIX).lower()
        in_file = name not in fields and name.endswith("_file") and name.removesuffix("_file") in fields
        name = name.removesuffix("_file") if in_file else name
        if name not in fields:
            raise SettingsError(_unknown(variable, fields))
        text = (_read_secret(variable, given) if in_file else given).strip()
        if text:
            values[name] = _convert(variable, name, text)
    values.update({name: value for name, value in overrides.items() if value is not None})
    settings = Settings(**values)
    _check_ranges(settings)
    return settings


def _unknown(variable: str, fields: Mapping[str, object]) -> str:
    near = difflib.get_close_matches(variable.removeprefix(PREFIX).lower(), fields, n=1)
    hint = f"; did you mean {PREFIX}{near[0].upper()}?" if near else "; docs/reference/settings.md lists them all"
    return f"{variable} is not a setting{hint}"


def _read_secret(variable: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{variable} names {path}, which cannot be read: {error.strerror}") from error


def _networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def _switch(text: str) -> bool:
    if text.lower() not in ("on", "off"):
        raise ValueError("write on or off")
    return text.lower() == "on"


def _languages(text: str) -> tuple[str, ...]:
    codes = tuple(part.strip().lower() for part in text.split(",") if part.strip())
    wrong = next((code for code in codes if not re.fullmatch(r"[a-z]{2,3}", code)), None)
    if wrong is not None:
        raise ValueError(f"{wrong} is no language code; write ISO 639 codes, such as en,hi,ta")
    return codes


def _web_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("write an address such as https://news.example/")
    return text


def _mail_address(text: str) -> str:
    if not re.fullmatch(r"[^@\s,;<>]+@[^@\s,;<>]+", text):
        raise ValueError("write one address, such as desk@paper.example")
    return text


_CONVERTERS: Mapping[str, Callable[[str], Any]] = {
    "home": Path,
    "watchlist": Path,
    "archive": Path,
    "allow_networks": _networks,
    "languages": _languages,
    "tdmrep": _switch,
    "web_url": _web_address,
    "report_to": _mail_address,
    **dict.fromkeys(
        (
            "spacing_seconds",
            "address_spacing_seconds",
            "fetch_seconds",
            "first_sight_hours",
            "worker_seconds",
            "watch_patience",
            "step_seconds",
        ),
        float,
    ),
    **dict.fromkeys(
        (
            "fetch_concurrency",
            "poll_minimum_seconds",
            "poll_default_seconds",
            "poll_maximum_seconds",
            "workers",
            "worker_megabytes",
            "batch",
            "lease_seconds",
            "attempts",
            "archive_days",
            "task_retries",
        ),
        int,
    ),
}


def _convert(variable: str, name: str, text: str) -> Any:
    try:
        return _CONVERTERS.get(name, str)(text)
    except ValueError as error:
        raise SettingsError(f"{variable}={text}: {error}") from error


def _check_ranges(settings: Settings) -> None:
    positive = (
        "fetch_seconds",
        "fetch_concurrency",
        "worker_seconds",
        "worker_megabytes",
        "batch",
        "step_seconds",
        "lease_seconds",
        "attempts",
    )
    for name in positive:
        if getattr(settings, name) <= 0:
            raise SettingsError(f"{PREFIX}{name.upper()} must be greater than 0")
    if not settings.poll_minimum_seconds <= settings.poll_default_seconds <= settings.poll_maximum_seconds:
        raise SettingsError(f"{PREFIX}POLL_MINIMUM_SECONDS ≤ …DEFAULT… ≤ …MAXIMUM… must hold")
    if settings.workers < 0:
        raise SettingsError(f"{PREFIX}WORKERS must not be less than 0 (one for each core)")
    if settings.engine not in ("cascade", "newspaper"):
        raise SettingsError(f"{PREFIX}ENGINE={settings.engine}: write cascade or newspaper")
