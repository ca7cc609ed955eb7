"""SQL and nothing else: functions take a Connection and never commit."""
