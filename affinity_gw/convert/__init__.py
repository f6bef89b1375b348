"""A haproxy.cfg, read as HAProxy 2.6 reads it, becomes what a TOML file would hold.

``Carried`` is the one thing that everything else here makes or takes: the nested mapping of a TOML file, the line of
haproxy.cfg that each key came from, and a note on all that was repaired or left out. Running a haproxy.cfg builds the
configuration from that mapping; ``convert`` writes the same mapping as TOML. So both do the same, and what cannot be
said in TOML cannot be run either.

    read        the file in, a ``Carried`` out; comments are the operator's own
    load        a ``Carried``, or a TOML file, becomes a ``Config``
    carried     that mapping, while it is being filled and after
    lexer       a line becomes words; words: single ones; conditional: which lines count; sections: what they say, and
                what a directive may do
    proxies     the directives of a proxy: options, timeouts, rules (actions, redirects, names of acls), logs; global
                has global_directives and global_others; userlists are sections of their own
    servers     with server_options, and addresses; binds; tls_options and optionwords are theirs together
    balance     with affinity (cookie and its kin); checks with http_check, expectations and check_rules
    leftovers   what a proxy can say and the gateway does not do; unsupported: what conditions cannot ask
    assembly    sections become tables: effective (what a section amounts to), http_mode (where no mode is said),
                idle (sections that do nothing)
    toml        a ``Carried`` as text: units (one table as rows, each with its lines), order (what a reader wants),
                literals (TOML's spelling), remarks (notes and comments, each at its place); save puts it on the disk
    idiom       one backend a server, as Wt's users had to write it, in four lines: pins (the rules), pinned (the one
                backend), differences (what changes with it)
"""
