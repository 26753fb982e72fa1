"""The spool, and the mail URL."""

import dataclasses
import threading
from pathlib import Path

import pytest

from newsdesk.errors import DeliveryError, SettingsError
from newsdesk.mail import Security, SmtpMailer, SmtpSettings, SpoolMailer, open_mailer, parse_mail_url
from newsdesk.messages import Message

MESSAGE = Message(
    message_id="<abc@paper.example>",
    subject="Hello",
    sender="newsdesk@paper.example",
    recipient="desk@paper.example",
    data=b"Subject: Hello\r\n\r\nHello\r\n",
)


def test_a_message_becomes_one_file_named_by_its_id(tmp_path: Path) -> None:
    SpoolMailer(tmp_path / "new" / "spool").deliver(MESSAGE)
    (file,) = (tmp_path / "new" / "spool").iterdir()
    assert file.name == "abc@paper.example.eml"
    assert file.read_bytes() == MESSAGE.data


def test_a_second_hand_over_changes_nothing(tmp_path: Path) -> None:
    spool = SpoolMailer(tmp_path)
    spool.deliver(MESSAGE)
    before = (tmp_path / "abc@paper.example.eml").stat()
    spool.deliver(MESSAGE)
    after = (tmp_path / "abc@paper.example.eml").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert len(list(tmp_path.iterdir())) == 1
    spool.close()


def test_many_hands_at_once_leave_each_message_once_and_whole(tmp_path: Path) -> None:
    messages = [dataclasses.replace(MESSAGE, message_id=f"<{n}@paper.example>", data=b"x" * 50_000) for n in range(20)]

    def deliver_all() -> None:
        for message in messages:
            SpoolMailer(tmp_path).deliver(message)

    threads = [threading.Thread(target=deliver_all) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    files = list(tmp_path.iterdir())
    assert len(files) == 20
    assert {file.stat().st_size for file in files} == {50_000}


@pytest.mark.parametrize("message_id", ["<../../etc/x@y>", "<.hidden@y>", "<" + "a" * 300 + "@y>", "<a b@y>", "<é@y>"])
def test_an_unsafe_id_never_leaves_the_folder(tmp_path: Path, message_id: str) -> None:
    SpoolMailer(tmp_path / "spool").deliver(dataclasses.replace(MESSAGE, message_id=message_id))
    (file,) = (tmp_path / "spool").iterdir()
    assert len(file.stem) == 64
    assert list(tmp_path.iterdir()) == [tmp_path / "spool"]


def test_a_folder_that_cannot_be_written_is_not_the_messages_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DeliveryError, match="name another folder") as caught:
        SpoolMailer(tmp_path / "file" / "spool").deliver(MESSAGE)
    assert caught.value.relay_down
    assert not caught.value.permanent


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "abc@paper.example.eml").symlink_to(tmp_path / "nowhere" / "x")  # does not exist, and is replaced
    SpoolMailer(tmp_path).deliver(MESSAGE)
    assert [file.name for file in tmp_path.iterdir()] == ["abc@paper.example.eml"]
    assert (tmp_path / "abc@paper.example.eml").read_bytes() == MESSAGE.data


# ------------------------------------------------------------------ the URL


@pytest.mark.parametrize(
    ("url", "folder"),
    [
        ("spool:mail", "mail"),
        ("spool:/var/mail", "/var/mail"),
        ("spool:///var/mail", "/var/mail"),
        ("spool:a b", "a b"),
    ],
)
def test_a_spool_is_a_folder(url: str, folder: str) -> None:
    assert parse_mail_url(url) == Path(folder)
    assert isinstance(open_mailer(url), SpoolMailer)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://relay.example", SmtpSettings(host="relay.example", port=587, security=Security.STARTTLS)),
        ("smtp://localhost?security=none", SmtpSettings(host="localhost", port=25)),
        ("smtp://[::1]:2525?security=none", SmtpSettings(host="::1", port=2525)),
        ("smtps://relay.example", SmtpSettings(host="relay.example", port=465, security=Security.TLS)),
        ("smtp://relay.example?security=tls", SmtpSettings(host="relay.example", port=465, security=Security.TLS)),
        (
            "smtp://desk%40paper:p%2Fss@relay.example:587?security=starttls&ca_file=ca.pem&domain=me.example&timeout=5",
            SmtpSettings(
                host="relay.example",
                port=587,
                security=Security.STARTTLS,
                username="desk@paper",
                password="p/ss",
                ca_file=Path("ca.pem"),
                domain="me.example",
                timeout=5,
            ),
        ),
        (
            "smtp://u:p@127.0.0.1:25?security=none",
            SmtpSettings(host="127.0.0.1", port=25, username="u", password="p"),
        ),
        (
            "smtp://u:p@localhost:25?security=none",
            SmtpSettings(host="localhost", port=25, username="u", password="p"),
        ),
    ],
)
def test_a_relay_is_read_from_its_url(url: str, expected: SmtpSettings) -> None:
    assert parse_mail_url(url) == expected
    assert isinstance(open_mailer(url), SmtpMailer)


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("", "begins with ''"),
        ("http://relay.example", "begins with 'http'"),
        ("relay.example:25", "write spool:FOLDER"),
        ("spool:", "names no folder"),
        ("spool:///", "names no folder"),
        ("smtp://", "only a host"),
        ("smtp://relay.example/path", "only a host"),
        ("smtp://relay.example:port", "wrong host or port"),
        ("smtp://[::1", "wrong host or port"),
        ("smtp://relay.example?security=ssl", "security=none, starttls or tls"),
        ("smtp://relay.example?timeout=never", "timeout=SECONDS"),
        ("smtp://relay.example?timeout=90", "up to 60"),
        ("smtp://relay.example?domain=a%0d%0ab", "domain=HOST"),
        ("smtp://relay.example?colour=blue", "colour=blue"),
        ("smtp://relay.example?nonsense", "cannot be read"),
        ("smtps://relay.example?security=none", "keep one of them"),
        ("smtp://u:secret@relay.example?security=none", "unprotected"),
        ("smtp://u@relay.example", "alone"),
    ],
)
def test_a_wrong_url_is_explained_without_the_password(url: str, problem: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse_mail_url(url)
    assert problem in str(caught.value)
    assert "secret" not in str(caught.value)


def test_settings_do_not_show_their_password() -> None:
    assert "secret" not in repr(SmtpSettings(host="h", username="u", password="secret"))
