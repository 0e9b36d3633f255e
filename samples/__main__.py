"""python -m samples: lay the sample districts' returns into the drop folders."""

from samples.returns import main

raise SystemExit(main())
