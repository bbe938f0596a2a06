/// What communicator.cpp makes its messages of. For it alone.
#pragma once

#include "parallel/communicator.hpp"
#include "parallel/pieces.hpp"

#include <mpi.h>

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace htdm {

/// Bytes that are sent in one piece at most.
constexpr std::size_t largest_message = std::size_t{1} << 30;

/// Note one call of this rank.
inline void count(TrafficKind kind, std::uint64_t sent, std::uint64_t received,
                  std::uint64_t messages = 0) {
  TrafficCount& own = Communicator::traffic()[kind];
  ++own.calls;
  own.messages += messages;
  own.sent += sent;
  own.received += received;
}

/// Messages that an array of `bytes` is cut into.
inline std::uint64_t pieces_of(std::uint64_t bytes) {
  return (bytes + largest_message - 1) / largest_message;
}

using Meanwhile = std::function<void()>;

/// Complete `requests`, calling `meanwhile` until they are, where there is one.
inline void complete(std::span<MPI_Request> requests, const Meanwhile* meanwhile) {
  const int n = static_cast<int>(requests.size());
  if (meanwhile == nullptr) {
    MPI_Waitall(n, requests.data(), MPI_STATUSES_IGNORE);
    return;
  }
  while (true) {
    int done = 0;
    MPI_Testall(n, requests.data(), &done, MPI_STATUSES_IGNORE);
    if (done != 0) return;
    (*meanwhile)();
  }
}

template <class T>
void all_reduce(MPI_Comm comm, std::span<T> values, MPI_Datatype type, MPI_Op op,
                const Meanwhile* meanwhile) {
  count(TrafficKind::reduce, values.size_bytes(), values.size_bytes());
  for_each_piece(values.size(), largest_message / sizeof(T), [&](std::size_t at, std::size_t n) {
    T* const piece = values.data() + at;
    const int elements = static_cast<int>(n);
    if (meanwhile == nullptr) {
      MPI_Allreduce(MPI_IN_PLACE, piece, elements, type, op, comm);
      return;
    }
    MPI_Request request;
    MPI_Iallreduce(MPI_IN_PLACE, piece, elements, type, op, comm, &request);
    complete(std::span(&request, 1), meanwhile);
  });
}

template <class T>
T all_reduce(MPI_Comm comm, T value, MPI_Datatype type, MPI_Op op, const Meanwhile* meanwhile) {
  all_reduce(comm, std::span(&value, 1), type, op, meanwhile);
  return value;
}

/// Begin to send `data` from `root` to all.
inline void start_broadcast(MPI_Comm comm, std::span<std::byte> data, int root,
                            std::vector<MPI_Request>& requests) {
  for_each_piece(data.size(), largest_message, [&](std::size_t at, std::size_t n) {
    MPI_Ibcast(data.data() + at, static_cast<int>(n), MPI_BYTE, root, comm,
               &requests.emplace_back());
  });
}

inline std::uint64_t total(std::span<const std::uint64_t> sizes) {
  std::uint64_t sum = 0;
  for (const std::uint64_t size : sizes) sum += size;
  return sum;
}

/// `rows` pieces of `width` bytes, `stride` bytes apart, as one element of a message.
class StridedBytes {
 public:
  StridedBytes(std::size_t rows, std::size_t width, std::size_t stride) {
    MPI_Type_create_hvector(static_cast<int>(rows), static_cast<int>(width),
                            static_cast<MPI_Aint>(stride), MPI_BYTE, &type_);
    MPI_Type_commit(&type_);
  }
  StridedBytes(const StridedBytes&) = delete;
  StridedBytes& operator=(const StridedBytes&) = delete;
  ~StridedBytes() { MPI_Type_free(&type_); }

  MPI_Datatype type() const { return type_; }

 private:
  MPI_Datatype type_;
};

}  // namespace htdm
