/// Target laws: what the data are drawn from, in raw space.
#pragma once

#include "diffusion/empirical.hpp"
#include "diffusion/mixture.hpp"
#include "random/stream.hpp"

#include <cstdint>
#include <span>
#include <variant>

namespace htdm {

/// location + scale t_d(0, I, nu): one kappa per vector; nu = inf is the Gaussian.
struct StudentTTarget {
  int dimension = 1;
  double nu = 3;
  double scale = 1;
  double location = 0;  ///< the same for every component
};

/// N(location, scale^2 I_d).
struct GaussianTarget {
  int dimension = 1;
  double scale = 1;
  double location = 0;
};

/// +a or -a with probability 1/2; a = separation (1, ..., 1)/sqrt(d), so |a| = separation.
struct TwoPointTarget {
  int dimension = 1;
  double separation = 1;
};

/// A target law is a value; functions below visit it. Sample i of a purpose is a pure function of
/// (seed, purpose, i); of data it is row i (modulo their number).
using Target = std::variant<StudentTTarget, GaussianTarget, TwoPointTarget, GaussianMixtureTarget,
                            EmpiricalTarget>;

/// Which number of a sample a tail event looks at: |x - location| of the whole vector or of its
/// first component (the same in d = 1), or x_1 - location itself (upper tail), or its negative
/// (lower tail), or sum_j w_j (x_j - location) for weights w, such as a portfolio's loss.
enum class Event { norm, coordinate, upper, lower, linear };

int dimension(const Target& target);
/// What events are measured from: the centre of the law; 0 for mixtures and data.
double location(const Target& target);

/// Whether the functions of the law below have a meaning: not for data, of which only samples are
/// known.
bool has_law(const Target& target);

/// Whether x - location and location - x have the same law.
bool is_symmetric(const Target& target);

/// The event value of one raw sample. Here and below `weights` are those of Event::linear, d
/// numbers, and empty for others.
double event_value(Event event, double location, std::span<const double> x,
                   std::span<const double> weights = {});

/// Draw sample `index` into x (d numbers). Purpose is train_data, test_data or held_out_data; the
/// mixing variable of a Student-t target comes from lanes of its own.
void draw(const Target& target, std::uint64_t seed, Purpose purpose, std::uint64_t index,
          std::span<double> x);

/// The law of component j of x; all components share it except in mixtures. Needs has_law().
double coordinate_cdf(const Target& target, double x, int j = 0);
double coordinate_survival(const Target& target, double x, int j = 0);
/// Smallest x with F(x) >= p.
double coordinate_quantile(const Target& target, double p, int j = 0);
/// Integral of y dF(y) over y <= x; -inf where it does not exist (Student-t, nu <= 1).
double coordinate_partial_expectation(const Target& target, double x, int j = 0);
/// E[x_j]; NaN where it does not exist.
double coordinate_mean(const Target& target, int j = 0);
/// Density of one component; +inf at the atoms of a two-point law, 0 elsewhere.
double coordinate_density(const Target& target, double x, int j = 0);

/// x* with P(event value > x*) = p.
/// For a two-point law: the event's one value, the smallest x* with P(event value > x*) <= p.
double threshold(const Target& target, Event event, double p, std::span<const double> weights = {});

/// P(event value > x) under the target.
double exceedance(const Target& target, Event event, double x,
                  std::span<const double> weights = {});

}  // namespace htdm
