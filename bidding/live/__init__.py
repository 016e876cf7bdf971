"""The websocket gateway: anyone follows an opening live, on a port of its own."""
