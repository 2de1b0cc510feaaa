"""Who may ask: accounts, sessions, tokens, mail and the audit log. No web page is made here; `ui` calls this."""
