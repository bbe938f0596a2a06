#include "app/log.hpp"

#include <fmt/core.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace htdm {
namespace {

spdlog::logger& logger() {
  static const auto instance = [] {
    auto made = spdlog::stderr_color_mt("htdm");
    made->set_pattern("%H:%M:%S %^%l%$ %v");
    return made;
  }();
  return *instance;
}

}  // namespace

void silence_log() {
  logger().set_level(spdlog::level::off);
}

void log_info(const std::string& message) {
  logger().info(message);
}

void log_warning(const std::string& message) {
  logger().warn(message);
}

Progress::Progress(std::string label, std::uint64_t total)
    : label_(std::move(label)),
      total_(std::max<std::uint64_t>(total, 1)),
      terminal_(isatty(STDERR_FILENO) == 1),
      start_(std::chrono::steady_clock::now()),
      last_(start_) {}

Progress::~Progress() {
  if (terminal_ && logger().should_log(spdlog::level::info)) std::fputs("\r\033[K", stderr);
}

void Progress::advance(std::uint64_t amount) {
  const std::uint64_t done = done_.fetch_add(amount) + amount;
  if (!logger().should_log(spdlog::level::info)) return;
  const std::unique_lock lock(printing_, std::try_to_lock);
  if (!lock.owns_lock()) return;
  const auto now = std::chrono::steady_clock::now();
  if (now - last_ < (terminal_ ? std::chrono::milliseconds(200) : std::chrono::seconds(10))) return;
  last_ = now;
  print(done);
}

void Progress::print(std::uint64_t done) {
  const double share = static_cast<double>(done) / static_cast<double>(total_);
  const std::chrono::duration<double> elapsed = last_ - start_;
  const std::string text = fmt::format("{} {:5.1f} %, {:.0f} s left", label_, 100 * share,
                                       elapsed.count() * (1 - share) / share);
  if (!terminal_) return log_info(text);
  constexpr int width = 30;
  const auto filled = static_cast<int>(width * share);
  fmt::print(stderr, "\r\033[K[{}{}] {}", std::string(filled, '#'),
             std::string(width - filled, '.'), text);
  std::fflush(stderr);
}

}  // namespace htdm
