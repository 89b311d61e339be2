"""A Telegram bot: it talks to people, and reaches its data over HTTP."""
