"""The schema's history, one file a change, run by alembic."""

HEAD = "0006_undated_texts"
"""The newest revision; a test holds it against the files in `versions`."""
