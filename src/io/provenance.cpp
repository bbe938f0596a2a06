#include "io/provenance.hpp"

#include <unistd.h>

#include <ctime>

namespace htdm {

const char* git_hash();  // generated at build time

namespace {

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

std::string host_name() {
  char name[256] = "";
  if (gethostname(name, sizeof name - 1) != 0 || name[0] == '\0') return "unknown";
  return name;
}

}  // namespace

Provenance current_provenance(std::uint64_t seed) {
  Provenance provenance;
  provenance.version = HTDM_VERSION;
  provenance.git_hash = git_hash();
  provenance.created = utc_now();
  provenance.host = host_name();
  provenance.seed = seed;
  return provenance;
}

}  // namespace htdm
