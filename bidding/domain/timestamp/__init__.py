"""What fixes a lot's history from outside and from within: tokens of time-stamp authorities over the close, the
window's end and the opening record (RFC 3161), and statements of how many events there are and which."""
