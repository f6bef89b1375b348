"""A haproxy.cfg, read as HAProxy 2.6 reads it, becomes what a TOML file would hold.

``Carried`` is the one thing that everything else here makes or takes: the nested mapping of a TOML file, the line of
haproxy.cfg that each key came from, and a note on all that was repaired or left out. Running a haproxy.cfg builds the
configuration from that mapping; ``convert`` writes the same mapping as TOML. So both do the same, and what cannot be
said in TOML cannot be run either.
"""
