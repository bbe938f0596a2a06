#include "io/model_file.hpp"

#include "core/error.hpp"
#include "io/aside.hpp"
#include "io/file_header.hpp"
#include "io/hdf5.hpp"
#include "io/model_parts.hpp"
#include "io/seal.hpp"
#include "io/text.hpp"

#include <cmath>

namespace htdm {
namespace {

constexpr const char* noise_input = "ln(sigma)/4";
constexpr const char* activation = "silu";
constexpr const char* spread_inputs = "y/sqrt(1+|y|^2), ln(1+|y|^2)/2, ln(sigma)/4; y = c_in x";

void write_layer(hdf5::Group group, const DenseLayer& layer) {
  const auto rows = static_cast<std::size_t>(layer.rows);
  const auto columns = static_cast<std::size_t>(layer.columns);
  group.write_index("row", rows);
  group.write_index("column", columns);
  group.write_matrix<float>("weight", layer.weight, rows, columns, {"weights, y = W x + b"});
  group.write<float>("bias", layer.bias, {"biases"});
  group.attach_axis("weight", 0, "row");
  group.attach_axis("weight", 1, "column");
  group.attach_axis("bias", 0, "row");
}

void write_layers(hdf5::Group group, const std::vector<DenseLayer>& layers) {
  for (std::size_t i = 0; i < layers.size(); ++i) {
    write_layer(group.create_group(std::to_string(i)), layers[i]);
  }
}

DenseLayer read_layer(const hdf5::Group& group) {
  const std::vector<std::uint64_t> shape = group.shape("weight");
  constexpr std::uint64_t widest = 1U << 24;
  if (shape.size() != 2 || shape[0] > widest || shape[1] > widest) {
    group.fail("weight", "is not a matrix");
  }
  return {static_cast<int>(shape[0]), static_cast<int>(shape[1]), group.read<float>("weight"),
          group.read<float>("bias")};
}

std::vector<DenseLayer> read_layers(const hdf5::Group& group) {
  std::vector<DenseLayer> layers;
  const std::size_t count = group.members().size();
  for (std::size_t i = 0; i < count; ++i) {
    layers.push_back(read_layer(group.open_group(std::to_string(i))));
  }
  return layers;
}

void write_spread(hdf5::Group group, const SpreadNetwork& spread) {
  group.set_attribute<std::string>("inputs", spread_inputs);
  write_layers(group.create_group("layers"), spread.layers);
  write_spread_record(group, spread);
}

SpreadNetwork read_spread(const hdf5::Group& group) {
  if (group.attribute<std::string>("inputs") != spread_inputs) {
    group.fail("inputs", std::string("is not \"") + spread_inputs + "\"");
  }
  SpreadNetwork spread = read_spread_record(group);
  spread.layers = read_layers(group.open_group("layers"));
  return spread;
}

void write_content(hdf5::Group& root, const Model& model) {
  root.set_attribute("name", model.name);
  root.set_attribute("nu", model.nu);
  root.set_attribute("steps", model.steps);
  root.set_attribute<std::string>("c_noise", noise_input);
  root.set_attribute("sigma_data", 1.0);
  root.set_attribute<std::string>("activation", activation);
  root.set_attribute<std::int32_t>("dimension", model.dimension());
  write_normalization(root, model.normalization);
  write_layers(root.create_group("layers"), model.layers);
  write_loss(root.create_group("loss"), model.loss);
  if (!model.spread.empty()) write_spread(root.create_group("spread"), model.spread);
}

/// The conventions the network was trained under must be the ones this build evaluates.
void check_conventions(const hdf5::Group& root) {
  const auto expect = [&](const char* name, const std::string& value) {
    const auto found = root.attribute<std::string>(name);
    if (found != value) root.fail(name, "is \"" + found + "\" instead of \"" + value + "\"");
  };
  expect("c_noise", noise_input);
  expect("activation", activation);
  if (root.attribute<double>("sigma_data") != 1) root.fail("sigma_data", "is not 1");
}

Model read_content(const hdf5::Group& root, const std::string& shown) {
  check_conventions(root);
  Model model;
  model.name = root.attribute<std::string>("name");
  model.nu = root.attribute<double>("nu");
  model.steps = root.attribute<std::int64_t>("steps");
  model.normalization = read_normalization(root);
  model.layers = read_layers(root.open_group("layers"));
  if (root.has("loss")) model.loss = read_loss(root.open_group("loss"));
  if (root.has("spread")) model.spread = read_spread(root.open_group("spread"));
  check_model(model, shown);
  if (root.attribute<std::int32_t>("dimension") != model.dimension()) {
    root.fail("dimension", "differs from the length of mean");
  }
  return model;
}

Model read_model_as(const std::string& path, const std::string& shown) {
  const hdf5::File file = hdf5::File::open(path, shown);
  const hdf5::Group root = file.root();
  check_header(root, "model", shown);
  return read_content(root, shown);
}

}  // namespace

void write_model(const std::string& path, const Model& model, const Provenance& provenance) {
  check_model(model, path);
  const hdf5::File file = hdf5::File::create(path);
  hdf5::Group root = file.root();
  write_header(root, "model", provenance);
  write_content(root, model);
  std::vector<std::byte> bytes = file.bytes();
  append_seal(bytes);
  write_aside(path, bytes, [&](const std::string& partial) {
    check_input(read_model_as(partial, path) == model, path + " does not read back as written",
                "The disk or the network file system is at fault", "Choose another folder");
  });
}

Model read_model(const std::string& path) {
  return read_model_as(path, path);
}

Provenance read_model_provenance(const std::string& path) {
  const hdf5::File file = hdf5::File::open(path, path);
  const hdf5::Group root = file.root();
  check_header(root, "model", path);
  return read_provenance(root);
}

std::string file_kind(const std::string& path) {
  const hdf5::File file = hdf5::File::open(path, path);
  const hdf5::Group root = file.root();
  std::string kind = root.has_attribute("kind") ? root.attribute<std::string>("kind") : "";
  const bool other = kind == "model" || kind == "samples" || kind == "trajectories" ||
                     kind == "rare" || kind == "tail";
  check_header(root, other ? kind : "results", path);
  return kind;
}

void check_against_file(const ModelSection& section, const Model& model) {
  const std::string key = "models." + section.name + ".";
  const std::string why = "The weights in " + section.file +
                          " were trained under noise with nu = " + number_text(model.nu);
  // A Student-t noise with nu = inf is the Gaussian by another name.
  const bool agrees = section.noise == "gaussian"
                          ? std::isinf(model.nu)
                          : std::isfinite(model.nu) || std::isinf(section.nu);
  check_input(!section.noise_given || agrees,
              key + "noise = \"" + section.noise + "\" disagrees with " + key + "file", why,
              "Leave the key out: the file brings its noise");
  check_input(!section.nu_given || section.nu == model.nu,
              key + "nu = " + number_text(section.nu) + " disagrees with " + key + "file", why,
              "Leave the key out: the file brings its nu");
}

}  // namespace htdm
