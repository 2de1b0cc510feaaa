"""One module a change of the accounts' tables, in order."""
