#include "core/error.hpp"

namespace htdm {

void fail_input(std::string_view what, std::string_view why, std::string_view remedy) {
  std::string message(what);
  for (std::string_view sentence : {why, remedy}) {
    if (!sentence.empty()) message.append(". ").append(sentence);
  }
  throw InputError(message + ".");
}

void fail_contract(const char* condition, const char* file, int line) {
  throw ContractError(std::string("contract broken: ") + condition + " at " + file + ":" +
                      std::to_string(line) + ". This is a defect of htdm; please report it.");
}

}  // namespace htdm
