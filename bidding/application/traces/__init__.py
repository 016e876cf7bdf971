"""Reading the opened files of a bid for what their making left in them (R-EVAL-04). Runs in worker processes."""

from bidding.application.traces.reading import Names, OpenedEnvelope, read_traces

__all__ = ["Names", "OpenedEnvelope", "read_traces"]
