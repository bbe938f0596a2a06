"""Write prices.csv: the generated prices this study is tried with, the same at every call.

20,000 days of log-returns 0.01 t_3 (Student-t, three degrees of freedom), so the tails that the
study should find are known: P(|return| > 0.0318) = 5e-2 and P(|return| > 0.0584) = 1e-2.

    python3 make_prices.py [FILE]
"""

import math
import random
import sys
from pathlib import Path


def student_t(generator: random.Random) -> float:
    """A draw of t_3: a normal over the root of a chi-square with three degrees over three."""
    chi_square = sum(generator.gauss(0, 1) ** 2 for _ in range(3))
    return generator.gauss(0, 1) / math.sqrt(chi_square / 3)


def main() -> None:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("prices.csv")
    generator = random.Random(3)
    lines, price = ["day,price"], 100.0
    for day in range(20_001):
        lines.append(f"{day},{price:.10g}")
        price *= math.exp(0.01 * student_t(generator))
    path.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
