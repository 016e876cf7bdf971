"""The witness: a small service for supervisor or notary, which keeps the platform's log from having two histories.

``ledger``   the last checkpoint seen of each log, and the cosignature
``mailbox``  what a bidder hands in when the platform will not take it
``service``  both over HTTP (c2sp.org/tlog-witness)
"""
