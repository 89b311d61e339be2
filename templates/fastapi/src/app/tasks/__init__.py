"""Tasks: work that a worker does later, and what has become of it."""

from app.tasks import endpoints, stats_endpoints
from app.tasks.resources import RESOURCES
from shared.web import Feature

feature = Feature(name="tasks", routers=(endpoints.router,), resources=RESOURCES)
# Apart, because not everybody who may post a task may see how the workers are doing.
stats = Feature(name="task-stats", routers=(stats_endpoints.router,), resources=RESOURCES)
