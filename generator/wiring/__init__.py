"""Derives from all services' answers how they are connected; pure, without disk or text."""

from generator.wiring.checks import refuse_own_names
from generator.wiring.checksums import is_generated, is_hand_edited, with_checksums
from generator.wiring.compose_rules import RULES as COMPOSE_RULES
from generator.wiring.compose_rules import ComposeRule, judge_compose
from generator.wiring.compose_service import ComposeFile, ComposeService, compose_service
from generator.wiring.compose_text import included_paths, service_names
from generator.wiring.dotenv import (
    complete_env,
    env_values,
    filled_in,
    missing_secrets,
    orphaned_secrets,
    rename_variables,
    unfilled_secrets,
    unneeded_secrets,
    without_made,
    without_secrets,
)
from generator.wiring.graph import Graph, graph_of
from generator.wiring.interpolation import UnsetVariableError
from generator.wiring.messages import messages_of
from generator.wiring.model import (
    METRICS_PORT_OFFSET,
    OPERATOR,
    Database,
    Kept,
    Link,
    Secret,
    System,
    WiredService,
    Wiring,
    WiringFile,
)
from generator.wiring.picture import picture_of
from generator.wiring.plan import plan_wiring, service_environment
from generator.wiring.ports import allocate_port, hand_set_ports

__all__ = [
    "COMPOSE_RULES",
    "METRICS_PORT_OFFSET",
    "OPERATOR",
    "ComposeFile",
    "ComposeRule",
    "ComposeService",
    "Database",
    "Graph",
    "Kept",
    "Link",
    "Secret",
    "System",
    "UnsetVariableError",
    "WiredService",
    "Wiring",
    "WiringFile",
    "allocate_port",
    "complete_env",
    "compose_service",
    "env_values",
    "filled_in",
    "graph_of",
    "hand_set_ports",
    "included_paths",
    "is_generated",
    "is_hand_edited",
    "judge_compose",
    "messages_of",
    "missing_secrets",
    "orphaned_secrets",
    "picture_of",
    "plan_wiring",
    "refuse_own_names",
    "rename_variables",
    "service_environment",
    "service_names",
    "unfilled_secrets",
    "unneeded_secrets",
    "with_checksums",
    "without_made",
    "without_secrets",
]
