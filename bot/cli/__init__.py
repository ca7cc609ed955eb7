"""The operator's commands: one verb each, one line for what went wrong."""
