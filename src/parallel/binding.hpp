/// What the machine gives this rank: processors, threads, memory.
#pragma once

#include <string>
#include <vector>

namespace htdm {

/// Processors this rank may run on, in increasing order.
std::vector<int> bound_processors();

/// A list of processors in compact form: {0, 1, 4} is "0-1,4".
std::string compact_list(const std::vector<int>& sorted);

/// Threads a rank starts when nobody says otherwise: OMP_NUM_THREADS (its first number) if that is
/// a positive integer, else the number of bound processors.
int default_threads();

/// Largest resident memory of this process so far, in bytes.
double peak_memory_bytes();

}  // namespace htdm
