"""The verifiable log over the event log: sequenced, served, proved and audited.

``sequencer``  follows the event log and lets the tree grow, beat by beat
``places``     at which leaf of a beat an event stands
``export``     full tiles into the object store
``reader``     checkpoint, tiles and proofs
``audit``      whether the event log still is what the tree commits to
"""
