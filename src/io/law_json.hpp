/// What `htdm law` found, as JSON.
#pragma once

#include "io/json_parts.hpp"
#include "io/results.hpp"

#include <optional>

namespace htdm {

/// With the keys that a counted exceedance has.
Json law_exceedance_json(const LawExceedance& e, const LawResult& law);

/// The rest; null without a law.
Json law_json(const std::optional<LawResult>& law);

}  // namespace htdm
