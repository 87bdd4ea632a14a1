"""The certificate of a session: what was recorded, whole and in order."""
