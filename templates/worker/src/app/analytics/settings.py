"""The settings of what is counted."""

from pydantic import Field

from app.settings import WorkerSettings


class AnalyticsSettings(WorkerSettings):
    """For how many days counts and reports are kept."""

    analytics_days: int = Field(default=90, ge=2, le=3650)
