#include "bench/sgemm.hpp"

#ifdef HTDM_HAVE_OPENBLAS
#include <cblas.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <vector>
#endif

namespace htdm::bench {

#ifdef HTDM_HAVE_OPENBLAS

namespace {

double measure(int threads) {
  constexpr int n = 2048;
  constexpr std::size_t size = std::size_t{n} * n;
  constexpr int runs = 12;
  const std::vector<float> a(size, 0.5F);
  const std::vector<float> b(size, 0.25F);
  std::vector<float> c(size);
  openblas_set_num_threads(threads);
  double rate = 0;
  for (int run = 0; run < runs; ++run) {
    const auto start = std::chrono::steady_clock::now();
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, a.data(), n, b.data(), n, 0,
                c.data(), n);
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
    rate = std::max(rate, 2.0 * n * n * n / time.count());
  }
  return rate;
}

}  // namespace

double sgemm_rate(int threads) {
  static std::map<int, double> rates;
  const auto [rate, is_new] = rates.try_emplace(threads, 0);
  if (is_new) rate->second = measure(threads);
  return rate->second;
}

std::string sgemm_core() {
  return openblas_get_corename();
}

#else

double sgemm_rate(int) {
  return 0;
}

std::string sgemm_core() {
  return "not built with OpenBLAS";
}

#endif

}  // namespace htdm::bench
