/// Target laws: what the data are drawn from, in raw space.
#pragma once

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
/// (seed, purpose, i).
using Target = std::variant<StudentTTarget, GaussianTarget, TwoPointTarget>;

/// Which number of a sample a tail event looks at: |x - location| of the whole vector, or of its
/// first component. The same in d = 1.
enum class Event { norm, coordinate };

int dimension(const Target& target);
double location(const Target& target);

/// Draw sample `index` into x (d numbers). Purpose is train_data, test_data or held_out_data; the
/// mixing variable of a Student-t target comes from lanes of its own.
void draw(const Target& target, std::uint64_t seed, Purpose purpose, std::uint64_t index,
          std::span<double> x);

/// The law of one component (all components of each target share it).
double coordinate_cdf(const Target& target, double x);
double coordinate_survival(const Target& target, double x);
/// Smallest x with F(x) >= p.
double coordinate_quantile(const Target& target, double p);
/// Integral of y dF(y) over y <= x; -inf where it does not exist (Student-t, nu <= 1).
double coordinate_partial_expectation(const Target& target, double x);
/// Density of one component; +inf at the atoms of a two-point law, 0 elsewhere.
double coordinate_density(const Target& target, double x);

/// x* with P(event value > x*) = p, event value = |x - location| (norm or first component).
/// For a two-point law: the event's one value, the smallest x* with P(event value > x*) <= p.
double threshold(const Target& target, Event event, double p);

/// P(event value > x) under the target.
double exceedance(const Target& target, Event event, double x);

}  // namespace htdm
