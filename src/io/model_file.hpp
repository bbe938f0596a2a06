/// Trained networks as files; FORMAT.md describes them.
#pragma once

#include "denoiser/model.hpp"
#include "io/provenance.hpp"
#include "io/study.hpp"

#include <string>

namespace htdm {

/// A model file at `path`, written aside, read back, and renamed. Throws InputError when it cannot
/// be written.
void write_model(const std::string& path, const Model& model, const Provenance& provenance);

/// Throws InputError for a missing, truncated or foreign file, a wrong kind, a newer schema,
/// another convention of the network's inputs, or a model that check_model refuses.
Model read_model(const std::string& path);

/// Who made a model file, when, and from which seed. Throws as read_model does.
Provenance read_model_provenance(const std::string& path);

/// "results", "samples", "trajectories", "rare" or "model"; throws InputError for anything else
/// than a file of htdm.
std::string file_kind(const std::string& path);

/// Throws InputError when the noise or nu written in the study beside `file` differs from what
/// the file holds.
void check_against_file(const ModelSection& section, const Model& model);

}  // namespace htdm
