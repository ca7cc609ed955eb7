"""Pages that people open: server-rendered, without a JavaScript build."""
