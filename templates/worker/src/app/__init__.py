"""A worker: it does tasks and reacts to events, and reaches its data over HTTP."""
