/// Mean and central moments of a stream of numbers.
#pragma once

#include <cstdint>

namespace htdm {

/// Count, mean and central sums m_k = sum (x - mean)^k, k = 2, 3, 4, of the numbers added so far.
///
/// Values are added and parts merged with the one-pass updates of Pebay (2008), Sandia report
/// SAND2008-6212, which reduce to Welford's and Chan's for m2. Floating sums depend on the order of
/// the calls: the caller adds paths in path order and merges blocks in block order.
class Moments {
 public:
  /// Add one finite number.
  void add(double x);

  /// Add everything `later` has seen, as if it came after what is here.
  void merge(const Moments& later);

  std::uint64_t count() const { return n_; }
  double mean() const { return mean_; }
  /// m2/n; NaN when empty, like the two below. Those are NaN for constant data too.
  double variance() const;
  double standard_deviation() const;
  /// (m3/n)/(m2/n)^{3/2}.
  double skewness() const;
  /// (m4/n)/(m2/n)^2; 3 for a Normal law.
  double kurtosis() const;
  double excess_kurtosis() const { return kurtosis() - 3; }

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& n_& mean_& m2_& m3_& m4_;
  }

  friend bool operator==(const Moments&, const Moments&) = default;

 private:
  std::uint64_t n_ = 0;
  double mean_ = 0, m2_ = 0, m3_ = 0, m4_ = 0;
};

}  // namespace htdm
