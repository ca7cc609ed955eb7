"""The printed slips: the legal forms as PDF, the mini-slip, the label, the counter's poster."""
