/// A group of ranks as a value; without MPI it is one rank and every operation is trivial.
#pragma once

#include "parallel/traffic.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <type_traits>
#include <vector>

namespace htdm {

using Bytes = std::vector<std::byte>;

/// std::vector or std::string of plain values.
template <class C>
concept PlainContainer = requires(C& c, std::size_t n) {
  c.resize(n);
  c.data();
  requires std::is_trivially_copyable_v<typename C::value_type>;
};

/// Copies share the group. All operations are collective: every rank of the group calls them in the
/// same order, from one thread. Messages of any size are cut into pieces that MPI can count.
/// Floating numbers are moved, never summed: sums are folded in block order (ordered_fold.hpp).
class Communicator {
 public:
  /// One rank, no MPI.
  Communicator() = default;

  /// All ranks of this program; one rank when MPI has not been started.
  static Communicator world();

  int rank() const;
  int size() const;
  bool is_root() const { return rank() == 0; }

  void barrier() const;

  /// Overwrite `data` everywhere with what `root` holds; sizes agree.
  void broadcast(std::span<std::byte> data, int root = 0) const;
  /// The same for a container, which takes the root's size.
  template <PlainContainer C>
  void broadcast(C& container, int root = 0) const {
    std::uint64_t n = container.size();
    broadcast(std::as_writable_bytes(std::span(&n, 1)), root);
    container.resize(n);
    broadcast(std::as_writable_bytes(std::span(container.data(), n)), root);
  }

  /// What every rank gave, in rank order; empty except on `root`.
  std::vector<Bytes> gather(std::span<const std::byte> mine, int root = 0) const;
  /// What every rank gave, in rank order, on all ranks.
  std::vector<Bytes> all_gather(std::span<const std::byte> mine) const;

  /// Complete an array of which each rank has written its own part: rank r owns the counts[r]
  /// elements after those of the ranks before it. No copies besides the messages.
  template <class T>
  requires std::is_trivially_copyable_v<T>
  void all_gather_in_place(std::span<T> whole, std::span<const std::size_t> counts) const {
    std::vector<std::size_t> bytes(counts.begin(), counts.end());
    for (auto& b : bytes) b *= sizeof(T);
    all_gather_bytes_in_place(std::as_writable_bytes(whole), bytes);
  }

  /// A matrix, `stride` elements from row to row, of which rank r has written rows[r] rows after
  /// those of the ranks before it: every rank completes the columns[r] columns that are its own,
  /// likewise in rank order. A rank's columns of one row are fewer than 2^31 bytes.
  template <class T>
  requires std::is_trivially_copyable_v<T>
  void rows_to_columns(std::span<T> matrix, std::size_t stride, std::span<const std::size_t> rows,
                       std::span<const std::size_t> columns) const {
    std::vector<std::size_t> bytes(columns.begin(), columns.end());
    for (auto& b : bytes) b *= sizeof(T);
    rows_to_columns_of_bytes(std::as_writable_bytes(matrix), stride * sizeof(T), rows, bytes);
  }

  /// Sums over ranks, element by element and in place; exact.
  void sum(std::span<std::uint64_t> values) const;
  std::uint64_t sum(std::uint64_t value) const;
  std::int64_t min(std::int64_t value) const;
  std::int64_t max(std::int64_t value) const;
  /// Exact, as no rounding takes part; for times and memory.
  double max(double value) const;
  bool any(bool value) const;

  /// What this process has communicated so far, by all communicators and what is made of them. Only
  /// the thread that communicates may look.
  static Traffic& traffic();

  /// Address of the MPI_Comm, for a library that talks to MPI itself; null where there is no MPI.
  const void* native() const;

  /// The same ranks; while this one waits for others in broadcast(), all_gather(),
  /// all_gather_in_place(), rows_to_columns(), sum(), min(), max() or any(), it calls `meanwhile`
  /// over and over, on the thread that waits. All ranks do this, or none.
  Communicator attentive(std::function<void()> meanwhile) const;

  /// The ranks that gave the same color (>= 0), ordered by key, then by rank here.
  Communicator split(int color, int key) const;

 private:
  struct Handle;
  explicit Communicator(std::shared_ptr<const Handle> handle) : handle_(std::move(handle)) {}
  void all_gather_bytes_in_place(std::span<std::byte> whole,
                                 std::span<const std::size_t> counts) const;
  void rows_to_columns_of_bytes(std::span<std::byte> matrix, std::size_t stride,
                                std::span<const std::size_t> rows,
                                std::span<const std::size_t> columns) const;

  std::shared_ptr<const Handle> handle_;
  std::shared_ptr<const std::function<void()>> meanwhile_;
};

}  // namespace htdm
