"""The denoiser of a model.h5 in PyTorch, for the comparison of speeds: plain code as a user of
PyTorch would write it.

    D = c_skip x + c_out F(c_in x, ln(sigma)/4),  s = a sigma^2 + 1, a = nu/(nu - 2):
    c_in = s^-1/2, c_skip = 1/s, c_out = (a sigma^2/s)^1/2.
"""

import math

import h5py
import torch


def layers_of(path):
    """(weight, bias) of every layer, and nu."""
    with h5py.File(path) as file:
        layers = file["layers"]
        arrays = [(torch.tensor(layers[str(i)]["weight"][()]), torch.tensor(
            layers[str(i)]["bias"][()])) for i in range(len(layers))]
        return arrays, float(file.attrs["nu"])


class Denoiser(torch.nn.Module):
    def __init__(self, path):
        super().__init__()
        layers, self.nu = layers_of(path)
        modules = []
        for weight, bias in layers:
            linear = torch.nn.Linear(weight.shape[1], weight.shape[0])
            linear.weight.data, linear.bias.data = weight, bias
            modules += [linear, torch.nn.SiLU()]
        self.network = torch.nn.Sequential(*modules[:-1])
        self.factor = 1.0 if math.isinf(self.nu) else self.nu / (self.nu - 2)

    def forward(self, x, sigma):
        """D of x (paths, d) at sigma (paths, 1)."""
        variance = self.factor * sigma ** 2
        total = variance + 1
        inputs = torch.cat([x / total.sqrt(), sigma.log() / 4], dim=1)
        return x / total + (variance / total).sqrt() * self.network(inputs)

    def gap(self, x, noise_column, sigma):
        """(x - D)/sigma at one level for all paths; every factor of the level is a plain number,
        noise_column holds ln(sigma)/4."""
        variance = self.factor * sigma ** 2
        total = variance + 1
        output = self.network(torch.cat([x * total ** -0.5, noise_column], dim=1))
        return torch.add(x * (variance / total / sigma), output,
                         alpha=-(variance / total) ** 0.5 / sigma)


def noise_levels(levels=128, largest=80.0, smallest=0.002, rho=7.0):
    i = torch.arange(levels, dtype=torch.float64) / (levels - 1)
    top, bottom = largest ** (1 / rho), smallest ** (1 / rho)
    return ((top + i * (bottom - top)) ** rho).tolist()


def student_t(shape, nu):
    """Draws of t_d(0, I, nu): one chi-square per row."""
    chi_square = torch.distributions.Chi2(torch.tensor(nu)).sample((shape[0], 1))
    return torch.randn(shape) / (chi_square / nu).sqrt()
