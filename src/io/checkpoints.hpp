/// Checkpoints of a run: numbered files of which the newest that is whole counts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace htdm {

/// The folder of a run's checkpoints. A series is a name under which states follow each other as
/// NAME.000001.ckpt, NAME.000002.ckpt, ...; the last two are kept. Their order is that number, not
/// the clock's. A file is the frame of io/archive.hpp of kind "checkpoint" around the study that it
/// belongs to and the bytes of a state.
class Checkpoints {
 public:
  /// `identity`: the study as text, by which a checkpoint of another one is told. Makes nothing.
  Checkpoints(std::string folder, std::string identity);

  /// Written aside, read back, flushed and renamed; then all but the last two of `series` go. Makes
  /// the folder where it is missing. Throws InputError when the disk is full or cannot be written;
  /// what was there before is there then.
  void write(const std::string& series, std::span<const std::byte> state);

  /// The newest state of `series` that is whole, or nothing. A damaged file is skipped and what is
  /// wrong with it added to damage(). Throws InputError for a checkpoint of another study.
  std::optional<std::vector<std::byte>> newest(const std::string& series);

  /// The identity of any whole checkpoint in the folder, or nothing.
  std::optional<std::string> identity_found();

  /// What newest() skipped, a sentence each.
  const std::vector<std::string>& damage() const { return damage_; }

  /// Whether the folder holds any checkpoint, whole or not.
  bool any() const;

  /// All of it goes, with the folder.
  void remove_all() const;

 private:
  struct File {
    std::string path;
    std::uint64_t number;
  };
  std::vector<File> files(const std::string& series) const;

  std::string folder_, identity_;
  std::vector<std::string> damage_;
};

}  // namespace htdm
