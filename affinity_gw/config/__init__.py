"""What the operator wrote, and how it becomes a ``Config``: the only room that reads TOML.

A configuration goes through this room from left to right, and every step complains into one list, so that an operator
sees all that is wrong at once, each with its file, line, table and key:

    load        a file or Python's mappings in, a ``Config`` out
    source      read the file, expand ``${VAR}``, and remember the line of every key (scan); slips says what the author
                of a text that is no TOML probably meant
    schema      what may be said: one pydantic model a table (schema_frontend, schema_backend, schema_rules, schema_tls,
                schema_users), from values and addresses; a field's description is its line in the manual (reference)
    layers      whose word counts: built-in < [defaults] < preset < the section's own; tables merge key by key; faults
                says in an operator's words what the schema found
    build       sections become the frozen dataclasses of ``routing.configuration`` (frontends, backends, servers,
                checks, instances, affinity, files, tls, forwarding, errorfiles, userlists, logs); names are resolved
                (presets, extractors), circles found
    rules       each becomes a condition (conditions) and what it does (actions, with making); mode says what tcp has
                no use for
    problem     what is wrong with one value; section: where it is being read
    advisories  what is allowed and probably not meant: warnings

Three rules hold everywhere in here:

* A value is checked where it stands, before layers are merged, so that a complaint names the line that is wrong and not
  the section that inherited it.
* A key that is wrong is taken out and the rest is checked as if it were right: one slip is one complaint.
* Built-in values are the defaults of these dataclasses and stand nowhere else; what is written in no layer is simply
  not passed on.

A preset (``presets/*.toml``) is data: a fragment of a backend. Nothing in the code asks which preset is in force.
"""
