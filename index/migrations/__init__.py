"""The schema's history, one file a change, run by alembic."""

HEAD = "0003_recognised_text"
"""The newest revision; a test holds it against the files in `versions`."""
