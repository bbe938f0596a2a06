/// The end of a run that waits for a rank in vain.
#pragma once

#include <string>

namespace htdm {

/// "rank 3 on node7", of this rank.
std::string here(int rank);

/// "600 s".
std::string seconds_text(double seconds);

/// Print `message`, which names the rank that cannot be waited for, and end all ranks.
[[noreturn]] void give_up(const std::string& message);

}  // namespace htdm
