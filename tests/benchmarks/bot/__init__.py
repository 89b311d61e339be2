"""A bot that is measured, in processes of its own: ours, bare aiogram, and what both talk to."""
