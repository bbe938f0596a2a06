/// A program that ends in the way its argument names; endings_test.sh watches it.
#include "core/error.hpp"
#include "parallel/lookout.hpp"
#include "parallel/session.hpp"

#include <chrono>
#include <string>
#include <thread>

int main(int argc, char** argv) {
  using namespace htdm;
  Session session(argc, argv);
  const std::string ending = argc > 1 ? argv[1] : "";
  return session.run([&](const Communicator& world) {
    const int last = world.size() - 1;
    if (ending == "agreed") {
      agree_on_errors(world, [&] {
        if (world.rank() == last) throw InputError("agreed");
      });
    }
    if (ending == "last hangs" || ending == "root hangs") {
      Lookout lookout(world, 1);
      const bool hangs = world.rank() == (ending == "root hangs" ? 0 : last);
      if (hangs) std::this_thread::sleep_for(std::chrono::seconds(60));
      lookout.watched(world).any(false);
    }
    // Nobody agreed on anything below: some or all ranks simply fail.
    if (ending == "all") throw InputError("all");
    if (ending == "mixed" && world.is_root()) throw InputError("mixed");
    if (ending == "mixed") throw std::runtime_error("mixed");
    if (ending == "last" && world.rank() == last) throw InputError("last");
    if (ending == "upper" && world.rank() > 0) throw std::runtime_error("upper");
    world.barrier();  // where the ranks that did not fail wait
    return ending == "again" ? static_cast<int>(ExitCode::run_me_again) : 0;
  });
}
