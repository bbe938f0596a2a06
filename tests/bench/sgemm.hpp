/// The yardstick: how fast this machine multiplies single-precision matrices.
#pragma once

#include <string>

namespace htdm::bench {

/// OpenBLAS's floating-point operations per second on square matrices of 2048, with that many
/// threads: the best of several runs, measured at the first call. 0 without OpenBLAS.
double sgemm_rate(int threads);

/// The processor whose kernels OpenBLAS has chosen (OPENBLAS_CORETYPE overrides its choice).
std::string sgemm_core();

}  // namespace htdm::bench
