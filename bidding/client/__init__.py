"""A party's own side: keys that stay on the device, signed acts, sealed bids, resumable uploads."""
