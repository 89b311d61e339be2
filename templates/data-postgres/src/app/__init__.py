"""A data API over PostgreSQL: the only service that touches these tables."""
