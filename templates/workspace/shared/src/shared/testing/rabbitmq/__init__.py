"""An own RabbitMQ for the time of a test run, from the programs that are installed."""

from shared.testing.rabbitmq.broker import OwnBroker, own_broker, rabbitmq_server
from shared.testing.rabbitmq.programs import RabbitError, find_programs

__all__ = ["OwnBroker", "RabbitError", "find_programs", "own_broker", "rabbitmq_server"]
