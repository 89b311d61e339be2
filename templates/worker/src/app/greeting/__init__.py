"""An example to copy or delete: a task that greets somebody."""

from app.feature import WorkFeature
from app.greeting.consumers import CONSUMERS

feature = WorkFeature(name="greeting", consumers=CONSUMERS)
