"""``python -m affinity_gw``."""

from affinity_gw.cli import main

if __name__ == "__main__":
    main(prog_name="python -m affinity_gw")
