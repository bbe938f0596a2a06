#include "parallel/communicator.hpp"

#include "core/error.hpp"
#include "parallel/communicator_parts.hpp"
#include "parallel/pieces.hpp"

#include <mpi.h>

#include <cstring>
#include <numeric>
#include <utility>

namespace htdm {
namespace {

constexpr int gather_tag = 1, matrix_tag = 2;

}  // namespace

/// Owns what split() made; the world belongs to MPI.
struct Communicator::Handle {
  MPI_Comm comm;
  bool owned;
  int rank = 0;
  int size = 1;

  Handle(MPI_Comm given, bool owns) : comm(given), owned(owns) {
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &size);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    int finalised = 0;
    MPI_Finalized(&finalised);
    if (owned && !finalised) MPI_Comm_free(&comm);
  }
};

Communicator Communicator::world() {
  int started = 0, finalised = 0;
  MPI_Initialized(&started);
  MPI_Finalized(&finalised);
  if (!started || finalised) return {};
  return Communicator(std::make_shared<const Handle>(MPI_COMM_WORLD, false));
}

Traffic& Communicator::traffic() {
  static Traffic all;
  return all;
}

int Communicator::rank() const {
  return handle_ ? handle_->rank : 0;
}
int Communicator::size() const {
  return handle_ ? handle_->size : 1;
}

void Communicator::barrier() const {
  if (size() == 1) return;
  count(TrafficKind::barrier, 0, 0);
  MPI_Barrier(handle_->comm);
}

void Communicator::broadcast(std::span<std::byte> data, int root) const {
  HTDM_EXPECTS(0 <= root && root < size());
  if (size() == 1) return;
  const bool mine = rank() == root;
  count(TrafficKind::broadcast, mine ? data.size() : 0, mine ? 0 : data.size());
  if (meanwhile_) {
    std::vector<MPI_Request> requests;
    start_broadcast(handle_->comm, data, root, requests);
    complete(requests, meanwhile_.get());
    return;
  }
  for_each_piece(data.size(), largest_message, [&](std::size_t at, std::size_t n) {
    MPI_Bcast(data.data() + at, static_cast<int>(n), MPI_BYTE, root, handle_->comm);
  });
}

std::vector<Bytes> Communicator::gather(std::span<const std::byte> mine, int root) const {
  HTDM_EXPECTS(0 <= root && root < size());
  if (size() == 1) return {Bytes(mine.begin(), mine.end())};
  const std::uint64_t my_size = mine.size();
  std::vector<std::uint64_t> sizes(rank() == root ? size() : 0);
  MPI_Gather(&my_size, 1, MPI_UINT64_T, sizes.data(), 1, MPI_UINT64_T, root, handle_->comm);
  if (rank() != root) {
    count(TrafficKind::gather, sizeof my_size + mine.size(), 0, pieces_of(mine.size()));
    for_each_piece(mine.size(), largest_message, [&](std::size_t at, std::size_t n) {
      MPI_Send(mine.data() + at, static_cast<int>(n), MPI_BYTE, root, gather_tag, handle_->comm);
    });
    return {};
  }
  std::vector<Bytes> all(sizes.size());
  std::uint64_t received = 0, messages = 0;
  for (int from = 0; from < size(); ++from) {
    if (from == root) {
      all[from].assign(mine.begin(), mine.end());
      continue;
    }
    all[from].resize(sizes[from]);
    received += sizeof my_size + sizes[from];
    messages += pieces_of(sizes[from]);
    for_each_piece(all[from].size(), largest_message, [&](std::size_t at, std::size_t n) {
      MPI_Recv(all[from].data() + at, static_cast<int>(n), MPI_BYTE, from, gather_tag,
               handle_->comm, MPI_STATUS_IGNORE);
    });
  }
  count(TrafficKind::gather, 0, received, messages);
  return all;
}

std::vector<Bytes> Communicator::all_gather(std::span<const std::byte> mine) const {
  std::vector<std::uint64_t> sizes(size());
  sizes[rank()] = mine.size();
  all_gather_in_place(std::span(sizes), std::vector<std::size_t>(sizes.size(), 1));

  Bytes whole(total(sizes));
  std::uint64_t offset = total(std::span(sizes).first(rank()));
  if (!mine.empty()) std::memcpy(whole.data() + offset, mine.data(), mine.size());
  all_gather_in_place(std::span(whole), std::vector<std::size_t>(sizes.begin(), sizes.end()));

  std::vector<Bytes> all;
  offset = 0;
  for (const std::uint64_t n : sizes) {
    all.emplace_back(whole.begin() + offset, whole.begin() + offset + n);
    offset += n;
  }
  return all;
}

void Communicator::all_gather_bytes_in_place(std::span<std::byte> whole,
                                             std::span<const std::size_t> counts) const {
  HTDM_EXPECTS(counts.size() == static_cast<std::size_t>(size()));
  if (size() == 1) return;
  if (whole.size() > largest_message) {
    std::size_t offset = 0;
    for (int owner = 0; owner < size(); offset += counts[owner++]) {
      broadcast(whole.subspan(offset, counts[owner]), owner);
    }
    return;
  }
  const std::size_t mine = counts[static_cast<std::size_t>(rank())];
  count(TrafficKind::all_gather, mine, whole.size() - mine);
  if (meanwhile_) {
    // A message per owner that has anything: MPI_Iallgatherv takes one between any two ranks.
    std::vector<MPI_Request> requests;
    std::size_t offset = 0;
    for (int owner = 0; owner < size(); offset += counts[owner++]) {
      start_broadcast(handle_->comm, whole.subspan(offset, counts[owner]), owner, requests);
    }
    complete(requests, meanwhile_.get());
    return;
  }
  std::vector<int> sizes(counts.begin(), counts.end());
  std::vector<int> offsets(counts.size());
  for (std::size_t r = 1; r < offsets.size(); ++r) offsets[r] = offsets[r - 1] + sizes[r - 1];
  MPI_Allgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, whole.data(), sizes.data(), offsets.data(),
                 MPI_BYTE, handle_->comm);
}

void Communicator::rows_to_columns_of_bytes(std::span<std::byte> matrix, std::size_t stride,
                                            std::span<const std::size_t> rows,
                                            std::span<const std::size_t> columns) const {
  const auto ranks = static_cast<std::size_t>(size());
  const auto me = static_cast<std::size_t>(rank());
  HTDM_EXPECTS(rows.size() == ranks && columns.size() == ranks);
  if (ranks == 1) return;
  std::vector<std::size_t> first_row(ranks), first_column(ranks);
  std::exclusive_scan(rows.begin(), rows.end(), first_row.begin(), std::size_t{0});
  std::exclusive_scan(columns.begin(), columns.end(), first_column.begin(), std::size_t{0});
  std::vector<MPI_Request> requests;
  std::size_t sent = 0, received = 0;
  // MPI keeps a type for as long as a message of it is under way.
  for (std::size_t r = 0; r < ranks; ++r) {
    if (r == me || rows[r] * columns[me] == 0) continue;
    received += rows[r] * columns[me];
    const StridedBytes theirs(rows[r], columns[me], stride);
    MPI_Irecv(matrix.data() + first_row[r] * stride + first_column[me], 1, theirs.type(),
              static_cast<int>(r), matrix_tag, handle_->comm, &requests.emplace_back());
  }
  for (std::size_t r = 0; r < ranks; ++r) {
    if (r == me || rows[me] * columns[r] == 0) continue;
    sent += rows[me] * columns[r];
    const StridedBytes mine(rows[me], columns[r], stride);
    MPI_Isend(matrix.data() + first_row[me] * stride + first_column[r], 1, mine.type(),
              static_cast<int>(r), matrix_tag, handle_->comm, &requests.emplace_back());
  }
  count(TrafficKind::exchange, sent, received, requests.size());
  complete(requests, meanwhile_.get());
}

void Communicator::sum(std::span<std::uint64_t> values) const {
  if (size() > 1) {
    all_reduce(handle_->comm, values, MPI_UINT64_T, MPI_SUM, meanwhile_.get());
  }
}

std::uint64_t Communicator::sum(std::uint64_t value) const {
  sum(std::span(&value, 1));
  return value;
}

std::int64_t Communicator::min(std::int64_t value) const {
  return size() > 1 ? all_reduce(handle_->comm, value, MPI_INT64_T, MPI_MIN, meanwhile_.get())
                    : value;
}

std::int64_t Communicator::max(std::int64_t value) const {
  return size() > 1 ? all_reduce(handle_->comm, value, MPI_INT64_T, MPI_MAX, meanwhile_.get())
                    : value;
}

double Communicator::max(double value) const {
  return size() > 1 ? all_reduce(handle_->comm, value, MPI_DOUBLE, MPI_MAX, meanwhile_.get())
                    : value;
}

bool Communicator::any(bool value) const {
  return max(std::int64_t{value}) != 0;
}

const void* Communicator::native() const {
  return handle_ ? &handle_->comm : nullptr;
}

Communicator Communicator::attentive(std::function<void()> meanwhile) const {
  Communicator ranks = *this;
  ranks.meanwhile_ = std::make_shared<const std::function<void()>>(std::move(meanwhile));
  return ranks;
}

Communicator Communicator::split(int color, int key) const {
  HTDM_EXPECTS(color >= 0);
  if (!handle_) return {};
  MPI_Comm part;
  MPI_Comm_split(handle_->comm, color, key, &part);
  return Communicator(std::make_shared<const Handle>(part, true));
}

}  // namespace htdm
