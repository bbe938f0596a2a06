/// Mean and central moments of a stream of numbers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace htdm {

/// A state of Moments as plain numbers.
struct MomentSums {
  std::uint64_t n = 0;
  double mean = 0, m2 = 0, m3 = 0, m4 = 0;
};

/// Count, mean and central sums m_k = sum (x - mean)^k, k = 2, 3, 4, of the numbers added so far.
///
/// Numbers are summed in two passes and parts merged with the updates of Pebay (2008), Sandia
/// report SAND2008-6212, which reduce to Chan's for m2. Floating sums depend on the order of the
/// calls and on how numbers are cut into spans: the caller adds paths in path order, in runs of
/// fixed length (MomentStream), and merges blocks in block order.
class Moments {
 public:
  Moments() = default;
  /// What gave these sums.
  explicit Moments(const MomentSums& s) : n_(s.n), mean_(s.mean), m2_(s.m2), m3_(s.m3), m4_(s.m4) {}
  MomentSums sums() const { return {n_, mean_, m2_, m3_, m4_}; }

  /// Add finite numbers.
  void add(std::span<const double> x);

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

/// Moments of numbers that come one by one: added in runs of 1024, however they arrive.
class MomentStream {
 public:
  void add(double x) {
    run_[size_++] = x;
    if (size_ == run_.size()) flush();
  }
  /// Of all numbers so far; the next run starts here.
  const Moments& result() {
    flush();
    return moments_;
  }

 private:
  void flush() {
    moments_.add(std::span(run_).first(size_));
    size_ = 0;
  }

  std::array<double, 1024> run_;
  std::size_t size_ = 0;
  Moments moments_;
};

}  // namespace htdm
