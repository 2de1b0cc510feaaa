"""The schema's history, one file a change, run by alembic."""

HEAD = "0005_briefings"
"""The newest revision; a test holds it against the files in `versions`."""
