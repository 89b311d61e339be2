"""The closed list of templates: what each one is, needs and offers."""

from generator.catalog.backing import BACKING_SERVICES, backing_specs
from generator.catalog.services import SERVICE_TEMPLATES, WORKSPACE_TEMPLATE, template_spec
from generator.catalog.specs import BackingSpec, FeatureSpec, TemplateSpec

__all__ = [
    "BACKING_SERVICES",
    "SERVICE_TEMPLATES",
    "WORKSPACE_TEMPLATE",
    "BackingSpec",
    "FeatureSpec",
    "TemplateSpec",
    "backing_specs",
    "template_spec",
]
