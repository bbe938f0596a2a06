/// Increasing maps that give data without a variance one, applied before z-scoring.
#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace htdm {

enum class TransformKind { none, signed_log, rank };

/// "none", "signed_log" or "rank", as in study and model files.
std::string_view name(TransformKind kind);
/// Throws InputError for another name.
TransformKind parse_transform(std::string_view name);

/// y = T(x), increasing; what is trained and sampled is the law of y.
///
///   none        y = x
///   signed_log  y = sign(x - center) ln(1 + |x - center|/scale).
///               A power tail P(|X| > x) ~ x^-alpha becomes an exponential one, exp(-alpha |y|).
///   rank        y = Phi^-1(F(x)), F a smooth distribution function of the training data: linear
///               from knot (value, score) to knot, and beyond the outer knots a power tail,
///               P = P_outer ((x - center)/(value_outer - center))^-alpha.
///               The law of y is nearly N(0, 1).
///
/// T only chooses the scale in which the law is learned; a tail index that is off makes y less
/// normal, and leaves the data as they are.
struct Transform {
  TransformKind kind = TransformKind::none;
  double center = 0;                        ///< median of the training data
  double scale = 1;                         ///< median of |x - center|; signed_log
  double lower_index = 0, upper_index = 0;  ///< alpha of each side; inf: T is constant there
  std::vector<double> value{}, score{};     ///< the knots of rank, both strictly increasing

  double forward(double x) const;
  /// T^-1(y). Numbers are kept within +-1e37, so that they and their squares stay finite; an event
  /// with a threshold below that is the same event.
  double inverse(double y) const;

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& kind& center& scale& lower_index& upper_index& value& score;
  }
  friend bool operator==(const Transform&, const Transform&) = default;
};

/// signed_log with the median and the median distance from it (the mean distance where more than
/// half of the data are equal). `sorted` must not be empty.
Transform fit_signed_log(std::span<const double> sorted);

/// The power tail of one side: its index, and the share of all data that lie beyond its start.
struct PowerTail {
  double index;
  double share;
};

/// rank with up to 513 knots, evenly spaced in score between the starts of the two tails.
/// Throws InputError when the data have fewer than two different quantiles there.
Transform fit_rank(std::span<const double> sorted, PowerTail lower, PowerTail upper);

}  // namespace htdm
