#include "bench/sgemm.hpp"
#include "core/isa.hpp"

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <string>

int main(int argc, char** argv) {
  if (const char* isa = std::getenv("HTDM_ISA")) htdm::use_isa(htdm::parse_isa(isa));
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::AddCustomContext("htdm_isa", std::string(htdm::name(htdm::current_isa())));
  benchmark::AddCustomContext("openblas_core", htdm::bench::sgemm_core());
  for (const int threads : {1, 2}) {
    benchmark::AddCustomContext("sgemm_gflops_threads_" + std::to_string(threads),
                                std::to_string(htdm::bench::sgemm_rate(threads) * 1e-9));
  }
  benchmark::RunSpecifiedBenchmarks();
}
