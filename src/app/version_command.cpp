#include "app/commands.hpp"
#include "app/environment.hpp"
#include "core/isa.hpp"
#include "io/provenance.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <iostream>

namespace htdm {

ExitCode version_command(bool json) {
  const Provenance here = current_provenance(0);
  nlohmann::ordered_json report{{"name", "htdm"},
                                {"version", here.version},
                                {"git_hash", here.git_hash},
                                {"compiler", __VERSION__},
#ifdef HTDM_CONTRACTS
                                {"contract_checks", true},
#else
                                {"contract_checks", false},
#endif
                                {"detected_isa", name(detected_isa())}};
  for (const EnvironmentVariable& variable : environment_variables()) {
    const char* value = std::getenv(variable.name);
    report["environment"][variable.name] = {
        {"value", value != nullptr ? nlohmann::ordered_json(value) : nullptr},
        {"help", variable.help}};
  }
  if (json) {
    std::cout << report.dump(2) << '\n';
    return ExitCode::done;
  }
  fmt::print("htdm {} ({})\ncompiler {}\ncontract checks {}\ninstruction set {}\nenvironment\n",
             here.version, here.git_hash, __VERSION__,
             report["contract_checks"].get<bool>() ? "on" : "off", name(detected_isa()));
  for (const EnvironmentVariable& variable : environment_variables()) {
    const char* value = std::getenv(variable.name);
    fmt::print("  {:<16} {:<12} {}\n", variable.name, value != nullptr ? value : "(unset)",
               variable.help);
  }
  return ExitCode::done;
}

}  // namespace htdm
