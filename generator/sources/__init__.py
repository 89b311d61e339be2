"""Template repositories at a version: ours and an organisation's, fetched, trusted and exported."""
