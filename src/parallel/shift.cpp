#include "parallel/shift.hpp"

#include "core/stopwatch.hpp"

#include <algorithm>

namespace htdm {
namespace {

/// Work that must be left when a rank asks for more: enough to last until the answer, which may
/// wait for two looks (of the root, and of this rank).
constexpr double low_seconds = 0.01;
constexpr std::uint64_t most_wanted = 4096;

}  // namespace

Shift::Shift(int threads, const Body& body, double wanted_seconds)
    : threads_(threads),
      body_(body),
      wanted_seconds_(wanted_seconds),
      current_(static_cast<std::size_t>(threads)) {}

void Shift::give(std::uint64_t first, std::uint64_t count) {
  {
    const std::lock_guard lock(mutex_);
    for (std::uint64_t k = 0; k < count; ++k) queue_.push_back(first + k);
  }
  ready_.notify_all();
}

void Shift::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  ready_.notify_all();
}

Shift::Need Shift::need() const {
  const std::lock_guard lock(mutex_);
  if (exception_ || closed_) return {};
  // Until a block is done nobody knows how long one takes: one for each thread. Long ones are not
  // asked for ahead of time: at the end of a deal another rank may be free for them.
  const double per_block = done_ > 0 ? busy_ / static_cast<double>(done_) : 0;
  const auto blocks_in = [&](double seconds) {
    if (per_block <= 0) return std::uint64_t{0};
    const double blocks = threads_ * seconds / per_block;
    return static_cast<std::uint64_t>(std::min<double>(blocks, most_wanted));
  };
  const std::uint64_t low = std::max<std::uint64_t>(blocks_in(low_seconds), 1);
  if (queue_.size() >= low || (idle_ == 0 && per_block > wanted_seconds_)) return {};
  return {idle_, std::max<std::uint64_t>({blocks_in(wanted_seconds_), idle_, 1})};
}

bool Shift::idle() const {
  const std::lock_guard lock(mutex_);
  return idle_ > 0;
}

bool Shift::finished() const {
  const std::lock_guard lock(mutex_);
  const bool nobody_works = std::ranges::all_of(current_, [](auto& c) { return c.since == 0; });
  return nobody_works && (exception_ || (closed_ && queue_.empty()));
}

bool Shift::failed() const {
  const std::lock_guard lock(mutex_);
  return exception_ != nullptr;
}

void Shift::wait(double seconds) {
  std::unique_lock lock(mutex_);
  attention_.wait_for(lock, std::chrono::duration<double>(seconds));
}

std::optional<std::uint64_t> Shift::stuck(double seconds) const {
  const std::lock_guard lock(mutex_);
  for (const Current& c : current_) {
    if (c.since > 0 && steady_seconds() - c.since > seconds) return c.block;
  }
  return std::nullopt;
}

void Shift::work(int thread, const std::function<void()>& first_job) {
  if (first_job) {
    try {
      first_job();
    } catch (...) {
      fail(0);
    }
  }
  for (auto block = next(thread); block; block = next(thread)) run(*block, thread);
}

void Shift::work_alone() {
  std::optional<std::uint64_t> block;
  {
    const std::lock_guard lock(mutex_);
    if (queue_.empty() || exception_) return;
    block = take(0);
  }
  run(*block, 0);
}

std::optional<std::uint64_t> Shift::next(int thread) {
  std::unique_lock lock(mutex_);
  ++idle_;
  if (queue_.empty()) attention_.notify_one();
  ready_.wait(lock, [&] { return !queue_.empty() || closed_ || exception_; });
  --idle_;
  if (queue_.empty() || exception_) return std::nullopt;
  return take(thread);
}

/// The next block, which is under way from now on; with the lock held.
std::uint64_t Shift::take(int thread) {
  const std::uint64_t block = queue_.front();
  queue_.pop_front();
  current_[static_cast<std::size_t>(thread)] = {block, steady_seconds()};
  return block;
}

void Shift::run(std::uint64_t block, int thread) {
  try {
    body_(block, thread);
  } catch (...) {
    fail(block);
  }
  const std::lock_guard lock(mutex_);
  Current& current = current_[static_cast<std::size_t>(thread)];
  busy_ += steady_seconds() - current.since;
  current = {};
  ++done_;
}

void Shift::fail(std::uint64_t block) {
  {
    const std::lock_guard lock(mutex_);
    if (exception_ && block >= failed_) return;
    failed_ = block;
    exception_ = std::current_exception();
  }
  ready_.notify_all();
}

void Shift::rethrow() const {
  if (exception_) std::rethrow_exception(exception_);
}

double Shift::busy_seconds() const {
  const std::lock_guard lock(mutex_);
  return busy_;
}

std::uint64_t Shift::blocks() const {
  const std::lock_guard lock(mutex_);
  return done_;
}

}  // namespace htdm
