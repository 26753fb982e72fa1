"""Makes the pictures of the README from a finished demonstration: `python docs/images/make.py demo-output`.

The summary becomes an SVG; the first mail with two topics is rendered by Chromium (Debian's package `chromium`).
"""

import email
import email.policy
import io
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI

from newsdesk.cli.frame import settings_for
from newsdesk.cli.summary import print_summary
from newsdesk.ledger import lists
from newsdesk.services import open_services

HERE = Path(__file__).parent
CHROMIUM = ("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=640,900")


def main() -> None:
    """Write demo.svg and mail.png beside this file."""
    home = Path(sys.argv[1])
    with open_services(settings_for(home)) as services:
        console = Console(record=True, force_terminal=True, width=112, file=io.StringIO(), highlight=False)
        print_summary(services, seconds=60, home=home.name, console=console)
        console.save_svg(str(HERE / "demo.svg"), title="make demo", theme=MONOKAI)
        with services.ledger.read() as connection:
            mails = lists.mails(connection, limit=1000)
            chosen = next(mail for mail in mails if "memorandum" in mail.subject)
            data = lists.mail_bytes(connection, chosen.id)
    body = email.message_from_bytes(data or b"", policy=email.policy.default).get_body(("html",))
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "mail.html"
        page.write_text(body.get_content() if body else "", encoding="utf-8")
        subprocess.run([*CHROMIUM, f"--screenshot={HERE / 'mail.png'}", page.as_uri()], check=True)


main()
