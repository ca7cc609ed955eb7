"""What gunicorn reads by itself when it is started in this folder."""

control_socket_disable = True  # nothing of ours uses it, and it would lie in the home folder
graceful_timeout = 8  # seconds; a stop of the whole house takes no longer than ten
