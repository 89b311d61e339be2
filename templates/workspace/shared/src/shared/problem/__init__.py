"""Turns every error into problem details (RFC 9457) that carry the request id."""

from shared.problem.details import PROBLEM_MEDIA_TYPE, Problem, ProblemResponse, problem_response
from shared.problem.documentation import PROBLEM_RESPONSES, document_problems, problem_responses
from shared.problem.edge import ProblemEdge
from shared.problem.handlers import install_problem_handlers

__all__ = [
    "PROBLEM_MEDIA_TYPE",
    "PROBLEM_RESPONSES",
    "Problem",
    "ProblemEdge",
    "ProblemResponse",
    "document_problems",
    "install_problem_handlers",
    "problem_response",
    "problem_responses",
]
