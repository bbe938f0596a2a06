#include "denoiser/exact_mixture.hpp"

#include "core/error.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

namespace htdm {
namespace {

/// A spherical law along a ray from its centre.
class RadialProfile : public ExactDenoiser {
 public:
  explicit RadialProfile(const RadialLaw& law) : law_(law) {}

  int dimension() const override { return 1; }

  void posterior(double sigma, Tile<const double> x, const PosteriorTiles& out) const override {
    for (std::size_t i = 0; i < x.paths; ++i) {
      const double r = x.data[i];
      const RadialPosterior p = radial_posterior(law_, sigma, r * r);
      if (out.gap.data != nullptr) out.gap.data[i] = p.noise_share * (r / sigma);
      if (out.square != nullptr) out.square[i] = p.square;
      if (out.mean.data != nullptr) out.mean.data[i] = p.data_share * r;
    }
  }

 private:
  RadialLaw law_;
};

double squared_distance(Tile<const double> x, std::size_t path, const std::vector<double>& center) {
  double sum = 0;
  for (std::size_t j = 0; j < center.size(); ++j) {
    const double y = x.row(j)[path] - center[j];
    sum += y * y;
  }
  return sum;
}

/// From log_weights to numbers in proportion to them that sum to 1.
void normalise(std::vector<double>& log_weights) {
  const double largest = std::ranges::max(log_weights);
  double sum = 0;
  for (double& w : log_weights) sum += w = std::exp(w - largest);
  for (double& w : log_weights) w /= sum;
}

}  // namespace

MixtureDenoiser::MixtureDenoiser(std::vector<MixturePart> parts, double nu)
    : parts_(std::move(parts)), nu_(nu) {
  HTDM_EXPECTS(!parts_.empty());
  for (const MixturePart& part : parts_) {
    HTDM_EXPECTS(part.center.size() == parts_[0].center.size());
    check_input(part.weight > 0 && part.scale >= 0 && part.nu_data > 0 && nu > 0,
                "a law of the data has a part of weight " + std::to_string(part.weight) +
                    ", scale " + std::to_string(part.scale) + " and nu " +
                    std::to_string(part.nu_data) + ", under noise of nu " + std::to_string(nu),
                "Its posterior is not defined", "Use positive numbers");
  }
}

void MixtureDenoiser::posterior(double sigma, Tile<const double> x,
                                const PosteriorTiles& out) const {
  std::vector<RadialPosterior> given_part(parts_.size());
  std::vector<double> weight(parts_.size());
  for (std::size_t i = 0; i < x.paths; ++i) {
    for (std::size_t k = 0; k < parts_.size(); ++k) {
      const double r2 = squared_distance(x, i, parts_[k].center);
      given_part[k] = radial_posterior(law(parts_[k]), sigma, r2);
      weight[k] = std::log(parts_[k].weight) + given_part[k].log_density;
    }
    normalise(weight);
    const auto average = [&](const auto& of_part) {
      double sum = 0;
      for (std::size_t k = 0; k < parts_.size(); ++k) {
        if (weight[k] > 0) sum += weight[k] * of_part(parts_[k], given_part[k]);
      }
      return sum;
    };
    if (out.square != nullptr) {
      out.square[i] =
          average([](const MixturePart&, const RadialPosterior& p) { return p.square; });
    }
    for (std::size_t j = 0; j < parts_[0].center.size(); ++j) {
      const double x_j = x.row(j)[i];
      if (out.gap.data != nullptr) {
        out.gap.row(j)[i] = average([&](const MixturePart& part, const RadialPosterior& p) {
          return p.noise_share * ((x_j - part.center[j]) / sigma);
        });
      }
      if (out.mean.data != nullptr) {
        out.mean.row(j)[i] = average([&](const MixturePart& part, const RadialPosterior& p) {
          return part.center[j] + p.data_share * (x_j - part.center[j]);
        });
      }
    }
  }
}

std::optional<Ray> MixtureDenoiser::ray() const {
  if (parts_.size() > 1) return std::nullopt;
  return Ray{parts_[0].center, std::make_unique<RadialProfile>(law(parts_[0]))};
}

}  // namespace htdm
