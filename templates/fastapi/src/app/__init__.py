"""A business API: it holds rules and no data, which it reaches over HTTP."""
