"""The programs service: merchants, stores, settings, programs and rewards as offered."""
