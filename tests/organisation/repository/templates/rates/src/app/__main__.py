"""Starts the process."""

from app.features import FEATURES
from shared.log import configure_logging
from shared.server import serve
from shared.settings import ServiceSettings, exit_on_configuration_error, load_settings
from shared.web import create_app

if __name__ == "__main__":
    with exit_on_configuration_error():
        settings = load_settings(ServiceSettings)
        configure_logging(settings)
        serve(create_app(settings=settings, features=FEATURES), settings)
