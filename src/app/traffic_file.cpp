#include "app/traffic_file.hpp"

#include "core/error.hpp"
#include "parallel/session.hpp"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <fstream>
#include <span>

namespace htdm {

std::string traffic_line(const Traffic& traffic, int rank, int ranks) {
  nlohmann::ordered_json line{{"rank", rank}, {"ranks", ranks}, {"serving", traffic.serving}};
  for (std::size_t k = 0; k < traffic_kinds; ++k) {
    const auto kind = static_cast<TrafficKind>(k);
    const TrafficCount& count = traffic[kind];
    line[name(kind)] = {{"calls", count.calls},
                        {"messages", count.messages},
                        {"sent", count.sent},
                        {"received", count.received}};
  }
  return line.dump();
}

void write_traffic(const Communicator& world) {
  // The report itself is not in the report.
  const std::string mine = traffic_line(Communicator::traffic(), world.rank(), world.size());
  const char* path = std::getenv("HTDM_TRAFFIC");
  if (!world.any(world.is_root() && path != nullptr)) return;
  const std::vector<Bytes> lines = world.gather(std::as_bytes(std::span(mine)));
  agree_on_errors(world, [&] {
    if (!world.is_root()) return;
    std::ofstream file(path);
    for (const Bytes& line : lines) {
      file.write(reinterpret_cast<const char*>(line.data()),
                 static_cast<std::streamsize>(line.size()));
      file << '\n';
    }
    file.flush();
    check_input(file.good(), "HTDM_TRAFFIC = \"" + std::string(path) + "\" cannot be written",
                "Its folder is not there, or the disk is full", "Name another file");
  });
}

}  // namespace htdm
