#include "core/error.hpp"
#include "random/draw_tile.hpp"
#include "random/draws.hpp"
#include "random/normal_tile.hpp"
#include "samplers/time_loop.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace htdm {
namespace {

constexpr std::size_t z_slot = 6, factor_slot = 7, p_slot = 8, v_slot = 9, square_slot = 10;

/// The Wiener normals of a tile: draw n of every path in row n % rows of a ring. Draws come four
/// at a time; the ring keeps those that the next components and steps still need.
class WienerRows {
 public:
  WienerRows(std::uint64_t seed, std::uint64_t first_path, std::size_t paths, int dimension,
             std::size_t first_step, Scratch& scratch)
      : seed_(seed),
        first_path_(first_path),
        columns_(padded(paths)),
        dimension_(static_cast<std::size_t>(dimension)),
        quads_((dimension_ + 6) / 4),
        ring_(scratch.floats(z_slot, 4 * quads_ * columns_)),
        ready_(first_step * dimension_ / 4) {}

  /// The d rows of step i; steps are asked for in order, from first_step on.
  RingRows step(std::size_t i) {
    const std::size_t first = i * dimension_;
    for (; 4 * ready_ < first + dimension_; ++ready_) {
      normal_tile(seed_, Purpose::wiener, first_path_, static_cast<std::uint32_t>(ready_), columns_,
                  columns_, ring_ + 4 * (ready_ % quads_) * columns_);
    }
    return {ring_, columns_, 4 * quads_, first % (4 * quads_)};
  }

 private:
  std::uint64_t seed_, first_path_;
  std::size_t columns_, dimension_, quads_;
  float* ring_;
  std::size_t ready_;  ///< quads before it are drawn, or not needed
};

/// Draw n of a path's Wiener stream, one at a time.
double wiener_normal(const Stream& stream, std::size_t n) {
  return normal_quad(stream.words(static_cast<std::uint32_t>(n / 4)))[n % 4];
}

class StochasticSampler : public LevelSampler {
 public:
  StochasticSampler(std::shared_ptr<const Denoiser> denoiser, const SamplerOptions& options,
                    const StepLaw& law)
      : LevelSampler(std::move(denoiser), options, law.prior_nu,
                     law.second_point == SecondPoint::halfway),
        law_(law),
        seed_(options.seed) {
    HTDM_EXPECTS(steps() < (std::uint64_t{1} << 34) / static_cast<std::uint64_t>(dimension()));
    for (std::size_t i = 0; i < steps(); ++i) {
      coefficients_.push_back(kernel_numbers(law, place(i)));
    }
  }

  int network_calls_per_path() const override {
    return (asks_twice() ? 2 : 1) * static_cast<int>(steps()) + 1;
  }

  void sample_from(std::uint64_t first_path, Tile<float> x, Tile<float> out,
                   Scratch& scratch) const override {
    const Tile<float> u = state(out.paths, u_slot, scratch);
    NoWatch none;
    march(first_path, 0, x, u, none, scratch);
    denoise(x, u, out, scratch);
  }

  void walk_tile(std::uint64_t first_path, std::size_t first, Tile<float> x, LevelWatch& watch,
                 Scratch& scratch) const override {
    const Tile<float> u = state(x.paths, u_slot, scratch);
    march(first_path, first, x, u, watch, scratch);
    watch.enter(steps(), x);
    ask(steps(), x, u, nullptr, scratch);
    watch.see(steps(), level(steps()), x, u, nullptr);
  }

  void sample_path(std::uint64_t path, std::span<double> out) const override {
    std::vector<double> x(out.size()), u(out.size());
    start_path(path, x);
    march_path(path, 0, x, u, {});
    denoise(x, u, out);
  }

  void walk_path(std::uint64_t path, std::size_t first, std::span<double> x,
                 const PathWatch& watch) const override {
    std::vector<double> u(x.size());
    march_path(path, first, x, u, watch);
    ask(steps(), x, u);
    watch(steps(), level(steps()), x, u, 0);
  }

 private:
  struct NoWatch {
    void enter(std::size_t, Tile<float>) {}
    void see(std::size_t, double, Tile<const float>, Tile<const float>, const float*) {}
  };

  /// From level `first` to the last, whose denoiser is not asked yet.
  template <class Watch>
  void march(std::uint64_t first_path, std::size_t first, Tile<float> x, Tile<float> u,
             Watch& watch, Scratch& scratch) const {
    const Tile<float> p = asks_twice() ? state(x.paths, p_slot, scratch) : Tile<float>{};
    const Tile<float> v = asks_twice() ? state(x.paths, v_slot, scratch) : Tile<float>{};
    float* const square = law_.asks_square ? scratch.floats(square_slot, padded(x.paths)) : nullptr;
    float* const factor = scratch.floats(factor_slot, padded(x.paths));
    WienerRows z(seed_, first_path, x.paths, dimension(), first, scratch);

    for (std::size_t i = first; i < steps(); ++i) {
      watch.enter(i, x);
      ask(i, x, u, asks_twice() ? nullptr : square, scratch);
      watch.see(i, level(i), x, u, asks_twice() ? nullptr : square);
      const bool mixed = draw_mixing(first_path, i, x.paths, factor);
      StepTiles tiles{x, u, v, square, z.step(i), mixed ? factor : nullptr};
      if (law_.second_point == SecondPoint::halfway) {
        const HeunStep h = heun_step(process(), level(i), halfway(level(i), level(i + 1)));
        add_scaled(dimension(), x, h.keep_predicted, h.predict, u, p);
        ask(steps() + 1 + i, p, v, square, scratch);
      } else if (law_.second_point == SecondPoint::end) {
        for (int j = 0; j < dimension(); ++j) std::copy_n(x.row(j), padded(x.paths), p.row(j));
        stochastic_step(coefficients_[i], dimension(), {p, u, {}, nullptr, tiles.z, tiles.factor});
        ask(i + 1, p, v, nullptr, scratch);
      }
      stochastic_step(coefficients_[i], dimension(), tiles);
    }
  }

  /// The same of one path in double precision; `watch` may be empty.
  void march_path(std::uint64_t path, std::size_t first, std::span<double> x, std::span<double> u,
                  const PathWatch& watch) const {
    const std::size_t d = x.size();
    const Stream wiener(seed_, Purpose::wiener, path);
    const Stream mixing(seed_, Purpose::chain_mixing, path);
    std::vector<double> p(d), v(asks_twice() ? d : 0), tau(d);

    for (std::size_t i = first; i < steps(); ++i) {
      const double factor =
          law_.noise_scale * student_t_mixing(mixing, static_cast<std::uint32_t>(i), law_.noise_nu);
      for (std::size_t j = 0; j < d; ++j) tau[j] = factor * wiener_normal(wiener, i * d + j);
      double square = ask(i, x, u, law_.asks_square && !asks_twice());
      if (watch) watch(i, level(i), x, u, square);
      if (law_.second_point == SecondPoint::halfway) {
        plain_heun_predict(process(), level(i), halfway(level(i), level(i + 1)), x, u, p);
        square = ask(steps() + 1 + i, p, v, law_.asks_square);
      } else if (law_.second_point == SecondPoint::end) {
        std::ranges::copy(x, p.begin());
        law_.plain({place(i), u, {}, 0, tau}, p);
        ask(i + 1, p, v);
      }
      const double rest = law_.asks_square ? square - squared_norm(asks_twice() ? v : u) : 0;
      law_.plain({place(i), u, v, rest, tau}, x);
    }
  }

  StepPlace place(std::size_t i) const {
    return {process(), level(i), level(i + 1), law_.step_nu, dimension(), law_.reading};
  }
  bool asks_twice() const { return law_.second_point != SecondPoint::none; }

  /// The factors sqrt(noise_nu/kappa) of step i, ones in the padding; false when all are 1.
  bool draw_mixing(std::uint64_t first_path, std::size_t i, std::size_t paths,
                   float* factor) const {
    if (std::isinf(law_.noise_nu)) return false;
    constexpr std::size_t chunk = 64;
    double wide[chunk];
    for (std::size_t p = 0; p < paths; p += chunk) {
      const std::size_t n = std::min(chunk, paths - p);
      student_t_mixing_tile(seed_, Purpose::chain_mixing, first_path + p,
                            static_cast<std::uint32_t>(i), law_.noise_nu, n, wide);
      std::copy_n(wide, n, factor + p);
    }
    std::fill(factor + paths, factor + padded(paths), 1.0F);
    return true;
  }

  StepLaw law_;
  std::uint64_t seed_;
  std::vector<StepCoefficients> coefficients_;
};

}  // namespace

std::unique_ptr<Sampler> make_stochastic_sampler(std::shared_ptr<const Denoiser> denoiser,
                                                 const SamplerOptions& options,
                                                 const StepLaw& law) {
  check_input(!law.asks_square || denoiser->knows_square(),
              "the denoiser knows the posterior mean only",
              "The coefficient of t_sde_exact is made of E[|x - x0|^2/sigma^2 | x]",
              "Use an exact model, a network with a spread network beside it, or another sampler");
  return std::make_unique<StochasticSampler>(std::move(denoiser), options, law);
}

}  // namespace htdm
