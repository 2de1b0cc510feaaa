"""The history of the accounts' tables, in a line of its own (table `accounts_version`) beside the records' one."""

HEAD = "accounts_0005_mail_recipients"
"""The newest revision; a test holds it against the files in `versions`."""
VERSION_TABLE = "accounts_version"
