#include "denoiser/fast_gap.hpp"
#include "denoiser/network.hpp"
#include "denoiser/reference_model.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <string>
#include <vector>

namespace htdm {
namespace {

class ReferenceValues : public testing::TestWithParam<const char*> {};

// Values of an independent program in double precision, 16 points x 7 levels.
TEST_P(ReferenceValues, AreMet) {
  const NetworkDenoiser denoiser(test::reference_model(GetParam()));
  std::ifstream file(std::string(HTDM_TEST_DATA) + "/denoiser_values.json");
  const auto table = nlohmann::json::parse(file)[GetParam()];
  const auto x = table["x"].get<std::vector<double>>();
  const auto sigma = table["sigma"].get<std::vector<double>>();
  const auto d = table["D_float64"].get<std::vector<std::vector<double>>>();
  ASSERT_EQ(x.size() * sigma.size(), 112U);
  const auto levels = denoiser.at_levels(sigma);
  const AlignedVector<float> narrow(x.begin(), x.end());
  for (std::size_t s = 0; s < sigma.size(); ++s) {
    std::vector<double> gap(x.size());
    denoiser.gap(sigma[s], Tile<const double>{x.data(), x.size(), x.size()},
                 Tile<double>{gap.data(), x.size(), x.size()});
    const auto fast = test::fast_gap(*levels, s, 1, narrow, x.size(), x.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double size = std::max(std::abs(d[i][s]), sigma[s]);
      const double expected = (x[i] - d[i][s]) / sigma[s];
      EXPECT_NEAR(x[i] - sigma[s] * gap[i], d[i][s], 1e-11 * size + 1e-15 * std::abs(x[i]));
      // x itself is rounded on its way to the fast path.
      const double rounding = std::abs(x[i] - narrow[i]);
      EXPECT_LE(test::error_of_d(sigma[s], fast[i], expected), 1e-6 * size + 2 * rounding)
          << "x = " << x[i] << ", sigma = " << sigma[s];
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Networks, ReferenceValues, testing::Values("edm_10k", "t_edm_10k"));

}  // namespace
}  // namespace htdm
