/// Mixtures against a table that another program made by quadrature over the data.
#include "denoiser/exact_mixture.hpp"
#include "denoiser/posterior_at.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace htdm {
namespace {

using test::posterior_at;
using test::PosteriorAt;
using test::Vector;

double length(const Vector& x) {
  double squares = 0;
  for (const double component : x) squares += component * component;
  return std::sqrt(squares);
}

double distance(Vector a, const Vector& b) {
  for (std::size_t j = 0; j < a.size(); ++j) a[j] -= b[j];
  return length(a);
}

/// A number, "inf" among them.
double read_number(std::istream& cells) {
  std::string text;
  cells >> text;
  return std::stod(text);
}

Vector read_numbers(std::istream& cells, int n) {
  Vector numbers(n);
  for (double& number : numbers) number = read_number(cells);
  return numbers;
}

/// A part of the table's mixtures in two dimensions.
MixturePart read_part(std::istream& cells) {
  const double weight = read_number(cells);
  const Vector center = read_numbers(cells, 2);
  const double scale = read_number(cells);
  return {weight, center, scale, read_number(cells)};
}

std::vector<MixturePart> in_dimension(std::vector<MixturePart> parts, int d) {
  for (MixturePart& part : parts) part.center.resize(d);
  return parts;
}

/// Asymmetric mixtures of overlapping and of far parts, Gaussian and Student-t, under t_3 and
/// Gaussian noise, sigma from 0.002 to 80, x up to 1e6. The table has 14 digits.
TEST(Mixture, EqualsATableByQuadrature) {
  std::ifstream file(HTDM_TEST_DATA "/mixture_values.txt");
  std::map<std::string, std::vector<MixturePart>> mixtures;
  int rows = 0;
  for (std::string line; std::getline(file, line);) {
    std::istringstream cells(line);
    std::string name;
    cells >> name;
    if (name.starts_with('#')) continue;
    if (name == "part") {
      cells >> name;
      mixtures[name].push_back(read_part(cells));
      continue;
    }
    int d = 0;
    cells >> d;
    const double nu = read_number(cells), sigma = read_number(cells);
    const Vector x = read_numbers(cells, d), mean = read_numbers(cells, d),
                 gap = read_numbers(cells, d);
    const double square = read_number(cells);
    const PosteriorAt p =
        posterior_at(MixtureDenoiser(in_dimension(mixtures[name], d), nu), sigma, x);
    EXPECT_LT(distance(p.mean, mean), 1e-10 * std::max(length(mean), sigma)) << line;
    EXPECT_LT(distance(p.gap, gap), 1e-10 * std::max({1.0, length(gap), length(mean) / sigma}))
        << line;
    EXPECT_LT(std::abs(p.square - square), 1e-10 * square) << line;
    ++rows;
  }
  EXPECT_EQ(rows, 4 * 2 * 2 * 5 * 3);
}

}  // namespace
}  // namespace htdm
