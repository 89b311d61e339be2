"""Updates: taken from Telegram, kept in Redis, and handled in each person's order."""
