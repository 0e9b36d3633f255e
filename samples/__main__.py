"""python -m samples: lay the sample districts' returns into the drop folders."""

from samples.returns import main

if __name__ == "__main__":  # worker processes import this module again
    raise SystemExit(main())
