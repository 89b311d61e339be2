"""Tasks and events between services, on RabbitMQ, with their state in Redis."""
