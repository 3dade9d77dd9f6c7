"""Somebody between two who speak TLS: ends it on either side with a certificate of its own, and reads what passes."""
