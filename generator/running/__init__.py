"""Runs the services of a workspace as real processes, one system: started, watched, stopped."""

from generator.running.control import Actions, Control
from generator.running.logs import LogBook, LogLine, follow_logs, read_logs
from generator.running.model import Failure, Policy, ServicePlan, ServiceStatus, State
from generator.running.places import Places
from generator.running.ports import Port, choose_ports
from generator.running.record import (
    Phase,
    Record,
    ServerNote,
    read_record,
    record_from_text,
    record_to_text,
    write_record,
)
from generator.running.settings import Surroundings, settings_here
from generator.running.system import System, in_link_order
from generator.running.traces import Span, TraceCollector, show_trace
from generator.running.usage import Usage, UsageMeter
from generator.running.venvs import make_venv

__all__ = [
    "Actions",
    "Control",
    "Failure",
    "LogBook",
    "LogLine",
    "Phase",
    "Places",
    "Policy",
    "Port",
    "Record",
    "ServerNote",
    "ServicePlan",
    "ServiceStatus",
    "Span",
    "State",
    "Surroundings",
    "System",
    "TraceCollector",
    "Usage",
    "UsageMeter",
    "choose_ports",
    "follow_logs",
    "in_link_order",
    "make_venv",
    "read_logs",
    "read_record",
    "record_from_text",
    "record_to_text",
    "settings_here",
    "show_trace",
    "write_record",
]
