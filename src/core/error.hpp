/// Two families of failure: wrong input (always checked) and broken contracts (audit builds).
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace htdm {

/// Exit codes of every program of the suite, the same on every rank.
enum class ExitCode { done = 0, failure = 1, bad_input = 2, run_me_again = 75 };

/// Input the user can mend: a study key, a file, a command line. Programs exit with code 2.
class InputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A number that must be finite is not, or an algorithm did not converge. Programs exit with 1.
class NumericalError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A caller broke a function's stated precondition: a defect of the suite, never of the input.
class ContractError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

/// Throw InputError with the three sentences of every message: "`what`. `why`. `remedy`."
[[noreturn]] void fail_input(std::string_view what, std::string_view why, std::string_view remedy);

/// Throw as fail_input does unless `holds`.
inline void check_input(bool holds, std::string_view what, std::string_view why,
                        std::string_view remedy) {
  if (!holds) fail_input(what, why, remedy);
}

[[noreturn]] void fail_contract(const char* condition, const char* file, int line);

}  // namespace htdm

/// Check a precondition in Debug and audit builds; costs nothing in Release.
#ifdef HTDM_CONTRACTS
#define HTDM_EXPECTS(condition) \
  ((condition) ? void(0) : ::htdm::fail_contract(#condition, __FILE__, __LINE__))
#else
#define HTDM_EXPECTS(condition) void(0)
#endif
