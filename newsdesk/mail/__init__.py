"""Handing mail over: to a folder, or to an SMTP relay."""

from newsdesk.mail.protocol import Mailer
from newsdesk.mail.smtp import SmtpMailer
from newsdesk.mail.spool import SpoolMailer
from newsdesk.mail.target import Security, SmtpSettings, open_mailer, parse_mail_url

__all__ = ["Mailer", "Security", "SmtpMailer", "SmtpSettings", "SpoolMailer", "open_mailer", "parse_mail_url"]
