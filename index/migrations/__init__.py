"""The schema's history, one file a change, run by alembic."""

HEAD = "0004_document_readers"
"""The newest revision; a test holds it against the files in `versions`."""
