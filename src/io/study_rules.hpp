/// From the values a study file gives to a study that can be planned.
#pragma once

#include "io/study.hpp"

#include <string>

namespace htdm {

/// Fill in the defaults that depend on other keys, put back to their defaults the keys that mean
/// nothing where they stand, so that equal studies are equal values, and check the rules between
/// keys. Dependent defaults are
///   name of the study    `source` without folder and ending, _ for what a name cannot hold
///   noise of a model     student_t where nu is written, gaussian in a table named edm, else
///                        student_t
///   nu of a model        inf for gaussian noise
///   kind of a sampler    the name of its table, where that is a kind
///   model of a sampler   the first of Gaussian noise where the sampler starts from a Gaussian, the
///                        first of student_t noise elsewhere; a point mass suits both
///   levels of a sampler  the default of its kind
///   scheme of a sampler  the first of its kind
///   nu of a sampler      the default of its kind, else the model's; stays empty where only the
///                        model file knows it
/// Throws InputError naming `source`, key, reason and remedy.
void complete_study(Study& study, const std::string& source);

/// Whether the denoiser of `model` is radial about a centre, so that one number decides about it in
/// any dimension: the exact posterior of a single spherical law.
bool is_radial(const DataSection& data, const ModelSection& model);

/// The rules between keys of sections whose defaults are filled in. Throw as above.
void check_sections(const Study& study, const std::string& source);
void check_models(const Study& study, const std::string& source);
void check_samplers(const Study& study, const std::string& source);

}  // namespace htdm
