"""What is due in a lot, when, by which rule and article, and who acts (R-NB-ZX-01…03)."""

from bidding.domain.timeline.node import Kind, Light, Node, State, Step, Who
from bidding.domain.timeline.plan import timeline

__all__ = ["Kind", "Light", "Node", "State", "Step", "Who", "timeline"]
