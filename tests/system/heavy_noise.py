"""The excess denoising risk of jobs/heavy_noise against closed forms and reference values."""

import json
import os
import sys
import unittest
from pathlib import Path

import numpy as np

TESTS = Path(os.environ["HTDM_TESTS"])
sys.path.insert(0, str(TESTS.parent / "jobs" / "heavy_noise"))

from excess_risk import excess_risk, network, posterior  # noqa: E402


def closed_form(x, sigma, width):
    """D and the density of x for width t_3 data under t_3 noise."""
    a, b = np.sqrt(3) * width, np.sqrt(3) * sigma
    w = a + b
    n = w**2 * (w**2 + a * b) + x**2 * (a**2 - a * b + b**2)
    return (a**2 * x * (w**2 * (w + 3 * b) + a * x**2) / (w * n),
            2 * w * n / (np.pi * (w**2 + x**2)**3))


class ExcessRisk(unittest.TestCase):
    def test_posterior_of_t3_data_under_t3_noise(self):
        x = np.array([-40, -3, -0.5, 0, 1, 8, 300])
        for sigma in (0.01, 0.1, 1, 10):
            mean, density = posterior(x, sigma, 0, 0.58, 3, 3)
            expected, p = closed_form(x, sigma, 0.58)
            error = np.abs(mean - expected) / np.maximum(np.abs(expected), sigma)
            self.assertLess(np.max(error), 1e-3)
            self.assertLess(np.max(np.abs(density / p - 1)), 3e-3)

    def test_posterior_of_a_shifted_law_is_shifted(self):
        x = np.array([-2.0, 0.3, 5])
        mean, density = posterior(x, 0.5, 0, 0.7, 3, np.inf)
        shifted, same = posterior(x + 0.2, 0.5, 0.2, 0.7, 3, np.inf)
        np.testing.assert_allclose(shifted, mean + 0.2, atol=1e-4)
        np.testing.assert_allclose(same, density, rtol=1e-3)

    def test_a_known_error_has_a_known_risk(self):
        """D* + 0.1 c_out errs by 0.1 in the units of the loss everywhere: risk 0.01."""
        for nu in (3, 5, np.inf):
            a = 1 / (1 - 2 / nu)

            def answer(x, sigma):
                c_out = np.sqrt(a) * sigma / np.sqrt(a * sigma**2 + 1)
                return posterior(x, sigma, 0.1, 0.6, 3, nu)[0] + 0.1 * c_out

            self.assertAlmostEqual(excess_risk(answer, 0.1, 0.6, 3, nu, levels=8), 0.01, delta=2e-5)

    def test_the_network_is_evaluated_as_in_sampling(self):
        values = json.loads((TESTS / "data" / "denoiser_values.json").read_text())
        weights = np.load(TESTS / "data" / "t_edm_10k.npz")
        layers = [{"weight": weights[f"f.net.{i}.weight"], "bias": weights[f"f.net.{i}.bias"]}
                  for i in (0, 2, 4)]
        checked = 0
        for sigma, x, expected in table(values, "t_edm_10k"):
            found = network(layers, 3.0, np.array([x]), sigma)[0]
            self.assertLess(abs(found - expected), 1e-9 * max(abs(x), sigma))
            checked += 1
        self.assertGreater(checked, 20)


def table(values, name):
    """(sigma, x, D) of one network."""
    of = values[name]
    for i, sigma in enumerate(of["sigma"]):
        for j, x in enumerate(of["x"]):
            yield sigma, x, of["D_float64"][j][i]


if __name__ == "__main__":
    unittest.main()
