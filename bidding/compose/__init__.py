"""The composition root: the only place that puts storage under the application."""
