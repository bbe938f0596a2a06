"""Write prices.csv: the generated prices this study is tried with, the same at every call.

20,000 days of log-returns 0.01 t_3 (Student-t, three degrees of freedom), so the tails that the
study should find are known: P(|return| > 0.0318) = 5e-2 and P(|return| > 0.0584) = 1e-2.

    python3 make_prices.py [FILE]
"""

import sys
from pathlib import Path

import numpy as np


def main() -> None:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("prices.csv")
    returns = 0.01 * np.random.Generator(np.random.Philox(3)).standard_t(3, size=20_000)
    prices = 100 * np.exp(np.cumsum(np.concatenate([[0.0], returns])))
    lines = [f"{day},{price:.10g}\n" for day, price in enumerate(prices)]
    path.write_text("day,price\n" + "".join(lines))


if __name__ == "__main__":
    main()
