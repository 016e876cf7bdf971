"""The verifiable log: an RFC 6962 tree over the event log, in the formats of C2SP. Pure: bytes in, bytes out.

``leaf``         what of an event is hashed, and how it is hidden until it is disclosed
``tree``         which subtrees prove inclusion and consistency; whether a proof of consistency holds
``tiles``        the tree cut into tiles of 256 hashes (tlog-tiles): paths, bundles, proofs made from tiles
``growth``       leaves added at the right edge: the new hashes of every level, and the new root
``note``         signed notes and verifier keys (signed-note)
``checkpoint``   size and root as a signed note (tlog-checkpoint), and witnesses' cosignatures (tlog-cosignature)
``proof``        a leaf's offline proof: index, path and checkpoint in one text (tlog-proof)
"""
