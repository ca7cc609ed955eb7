"""The commands of the paper: one file each, one line for what went wrong."""
