// Every kind of bad study, and that the message names file, key, reason and remedy.
#include "io/study.hpp"
#include "samples.hpp"

#include <gtest/gtest.h>

namespace htdm {
namespace {

struct Bad {
  const char* text;
  std::vector<std::string> parts;  ///< of the message
};

void expect_refused(const std::vector<Bad>& cases) {
  for (const Bad& bad : cases) {
    SCOPED_TRACE(bad.text);
    std::vector<std::string> parts = bad.parts;
    parts.emplace_back("bad.toml");
    test::expect_input_error([&] { parse_study(bad.text, "bad.toml", ""); }, parts);
  }
}

TEST(BadStudy, Syntax) {
  expect_refused({
      {"[study\n", {"line 1", "column", "not valid TOML"}},
      {"[study]\nseed = 1\nseed = 2\n", {"line 3", "not valid TOML"}},
      {"[study]\nname = \"unfinished\n", {"line 2", "not valid TOML"}},
      {"[study]\nname = \"\xff\xfe\"\n", {"line 2", "not valid TOML"}},
  });
}

TEST(BadStudy, UnknownKeysAndTables) {
  expect_refused({
      {"[study]\nsede = 1\n", {"line 2", "study.sede is not a key", "Perhaps you meant seed"}},
      {"[data]\ntrain_sample = 1\n", {"data.train_sample", "Perhaps you meant train_samples"}},
      {"[samplers.t_sde]\nlevles = 9\n", {"samplers.t_sde.levles", "Perhaps you meant levels"}},
      {"[models.t_edm]\nlearning_rat = 1\n", {"models.t_edm.", "meant learning_rate"}},
      {"[statistics]\nxyzzy = 1\n", {"statistics.xyzzy", "Known: batches, batch_size"}},
      {"[statistic]\nbatches = 1\n", {"statistic is not a table", "Perhaps you meant statistics"}},
      {"seed = 1\n", {"line 1", "seed is not a table of a study"}},
      {"[samplers.t_sde.extra]\n", {"samplers.t_sde.extra is not a key"}},
  });
}

TEST(BadStudy, Types) {
  expect_refused({
      {"[study]\nseed = \"one\"\n",
       {"line 2", "study.seed = \"one\" has the wrong type", "a whole number", "random draw"}},
      {"[study]\nseed = 1.5\n", {"study.seed = 1.5", "whole number"}},
      {"[study]\nname = 3\n", {"study.name = 3", "text"}},
      {"[study]\nindependent_noise = 1\n", {"independent_noise = 1", "true or false"}},
      {"[data]\nnu = \"three\"\n", {"data.nu = \"three\"", "a number"}},
      {"[data]\nnu = [3.0]\n", {"data.nu = [3.0]", "a number"}},
      {"[models.t_edm]\nhidden = [128, \"x\"]\n", {"hidden = \"x\"", "whole number"}},
      {"[samplers.t_sde]\nnu = [[2.5]]\n", {"nu = [2.5]", "a number"}},
      {"[samplers.t_sde]\nlevels = 2026-01-31\n", {"levels = a date or time"}},
      {"study = 1\n", {"study is not a table"}},
      {"models = 3\n", {"models is not a table"}},
      {"[models]\nedm = 3\n", {"models.edm = 3 is not a table"}},
      {"[[models.edm]]\n", {"models.edm", "is not a table"}},
  });
}

TEST(BadStudy, Ranges) {
  expect_refused({
      {"[study]\nseed = -1\n", {"study.seed = -1 is out of range"}},
      {"[study]\nallowed_nonfinite_rate = 1.1\n", {"out of range", "0 to 1"}},
      {"[data]\nnu = 1\n", {"data.nu = 1 is out of range", "> 1, or inf"}},
      {"[data]\nnu = nan\n", {"data.nu = nan is out of range"}},
      {"[data]\nscale = 0\n", {"data.scale", "> 0"}},
      {"[data]\nscale = inf\n", {"data.scale"}},
      {"[data]\nlocation = inf\n", {"data.location", "any finite number"}},
      {"[data]\nseparation = -1\n", {"data.separation"}},
      {"[data]\ndimension = 0\n", {"data.dimension = 0 is out of range", "1 to 65536"}},
      {"[data]\ndimension = 4294967297\n", {"data.dimension"}},
      {"[data]\ntrain_samples = 0\n", {"data.train_samples"}},
      {"[data]\ntest_samples = -5\n", {"data.test_samples"}},
      {"[models.t_edm]\nnu = 0\n", {"models.t_edm.nu"}},
      {"[models.t_edm]\nsteps = 0\n", {"models.t_edm.steps"}},
      {"[models.t_edm]\nbatch = 0\n", {"models.t_edm.batch"}},
      {"[models.t_edm]\nhidden = [128, 0]\n", {"models.t_edm.hidden = 0"}},
      {"[models.t_edm]\nlearning_rate = 0\n", {"models.t_edm.learning_rate"}},
      {"[models.t_edm]\nbeta1 = 1\n", {"models.t_edm.beta1", "from 0, below 1"}},
      {"[models.t_edm]\nweight_decay = -1\n", {"models.t_edm.weight_decay", ">= 0"}},
      {"[models.t_edm]\nlevel_deviation = 0\n", {"models.t_edm.level_deviation"}},
      {"[models.t_edm]\nshards = 0\n", {"models.t_edm.shards"}},
      {"[samplers.t_sde]\nlevels = 1\n", {"samplers.t_sde.levels = 1", "2 to 1000000"}},
      {"[samplers.t_sde]\nlevels = 0\n", {"samplers.t_sde.levels = 0"}},
      {"[samplers.t_sde]\nnu = [2.5, -1]\n", {"line 2", "samplers.t_sde.nu = -1 is out of range"}},
      {"[samplers.t_sde]\nsigma_min = 0\n", {"samplers.t_sde.sigma_min"}},
      {"[samplers.t_sde]\nrho = -7\n", {"samplers.t_sde.rho"}},
      {"[samplers.t_sde]\nprocess = \"vp\"\nbeta_min = 30\n", {"beta_min = 30", "beta_max"}},
      {"[samplers.t_ode]\nscheme = \"ancestral\"\n", {"samplers.t_ode.scheme", "none of t_ode"}},
      {"[samplers.t_sde]\nincrements = \"student_t\"\nincrement_nu = 1.5\n",
       {"increment_nu = 1.5"}},
      {"[samplers.t_sde]\nscheme = \"heun\"\nconvention = \"hanggi\"\n", {"convention", "euler"}},
      {"[samplers.t_sde_exact]\nmodel = \"edm\"\n",
       {"samplers.t_sde_exact.model", "Gaussian noise", "ve_sde"}},
      {"[statistics]\nbatches = 0\n", {"statistics.batches"}},
      {"[statistics]\nbatch_size = -1\n", {"statistics.batch_size"}},
      {"[statistics]\nexceedance_levels = [0.5, 1]\n", {"levels = 1 is out", "above 0, below 1"}},
      {"[statistics]\nexceedance_levels = [0.0]\n", {"exceedance_levels = 0.0 is out of range"}},
      {"[statistics]\nthresholds = [0]\n", {"statistics.thresholds"}},
      {"[statistics]\nw1_samples = 0\n", {"statistics.w1_samples"}},
      {"[statistics]\nblock_size = 0\n", {"statistics.block_size"}},
      {"[statistics]\nevent = \"linear\"\n", {"statistics.weights", "0 numbers"}},
      {"[statistics]\nevent = \"linear\"\nweights = [0.0]\n", {"statistics.weights"}},
      {"[rare]\nparticles = 1\n", {"rare.particles"}},
      {"[rare]\nreplicas = 3\n", {"rare.replicas"}},
      {"[rare]\nkilled = 0.95\n", {"rare.killed"}},
      {"[rare]\ntarget_relative_error = [0.1, 1.0]\n", {"rare.target_relative_error"}},
      {"[rare]\nmethod = \"guessing\"\n", {"rare.method", "splitting"}},
      {"[rare]\ntarget_relative_error = [0.1, 0.2, 0.3]\n", {"target_relative_error", "3", "2"}},
      {"[store]\nsamples = -1\n", {"store.samples"}},
      {"[store]\npaths = 2e15\n", {"store.paths"}},
  });
}

TEST(BadStudy, Choices) {
  expect_refused({
      {"[data]\nkind = \"student\"\n",
       {"data.kind = \"student\" is none of student_t, gaussian, two_point", "meant student_t"}},
      {"[models.m]\nkind = \"file\"\n", {"models.m.kind", "network, exact, empirical, point_mass"}},
      {"[models.m]\nnoise = \"normal\"\n", {"models.m.noise", "gaussian, student_t"}},
      {"[samplers.s]\nkind = \"t_sed\"\n", {"samplers.s.kind", "Perhaps you meant t_sde"}},
      {"[statistics]\nevent = \"sum\"\n", {"statistics.event", "norm, coordinate"}},
  });
}

TEST(BadStudy, Rules) {
  expect_refused({
      {"[models.t_edm]\nnu = 2\n",
       {"models.t_edm.nu = 2.0 is not above 2", "no finite variance", "Choose nu > 2"}},
      {"[models.t_edm]\nfile = \"x.h5\"\nnu = 2\n", {"models.t_edm.nu = 2.0 is not above 2"}},
      {"[models.m]\nnoise = \"gaussian\"\nnu = 3\n",
       {"models.m.nu = 3.0 contradicts", "Remove nu"}},
      {"[models.m]\nkind = \"exact\"\nfile = \"x.h5\"\n", {"models.m.file is set", "no weights"}},
      {"[data]\ntransform = \"rank\"\n[models.m]\nkind = \"exact\"\n",
       {"models.m.kind = \"exact\" with data.transform = \"rank\"", "kind = \"empirical\""}},
      {"[models.m]\nbatch = 2000000\n[samplers.t_ode]\n",
       {"models.m.batch = 2000000 exceeds data.train_samples = 1000000"}},
      {"[models.m]\nbatch = 4\n[samplers.t_ode]\n", {"models.m.shards = 8 exceeds batch = 4"}},
      {"[models.m]\nhidden = []\n[samplers.t_ode]\n", {"models.m.hidden is empty"}},
      {"[samplers.t_sde]\nnu = 1\n",
       {"samplers.t_sde.nu = 1.0", "nu + d = 2.0 is not above 2", "Choose nu > 1"}},
      {"[samplers.t_sde_ablated]\nnu = [3, 0.5]\n", {"samplers.t_sde_ablated.nu = 0.5"}},
      {"[samplers.t_sde]\nsigma_min = 80\n", {"sigma_min = 80.0 is not below sigma_max = 80.0"}},
      {"[samplers.t_sde]\nsigma_max = 0.001\n", {"samplers.t_sde.sigma_min = 0.002 is not below"}},
      {"[samplers.t_sde]\nmodel = \"t_emd\"\n",
       {"samplers.t_sde.model = \"t_emd\" is not in the study", "Perhaps you meant t_edm"}},
      {"[data]\ndimension = 2\n[samplers.t_sde]\ndenoiser = \"table\"\n",
       {"samplers.t_sde.denoiser = \"table\"", "dimension = 2", "one number", "\"network\""}},
      {"[samplers.t_sde_exact]\nscheme = \"euler\"\ncoefficient = \"ode_law\"\ndenoiser = "
       "\"table\"\n",
       {"samplers.t_sde_exact.denoiser = \"table\"", "ode_law", "corners", "\"auto\""}},
      {"[models.m]\nkind = \"empirical\"\n[samplers.t_sde]\ndenoiser = \"table\"\n",
       {"samplers.t_sde.denoiser = \"table\"", "training sample", "\"auto\""}},
      {"[data]\nkind = \"file\"\npath = \"x.csv\"\n[models.m]\nkind = \"exact\"\n"
       "[samplers.t_sde]\ndenoiser = \"table\"\n",
       {"denoiser = \"table\"", "training sample"}},
      {"[data]\nkind = \"two_point\"\n[models.m]\nkind = \"exact\"\nnoise = \"gaussian\"\n"
       "[samplers.ve_sde]\ndenoiser = \"table\"\n",
       {"samplers.ve_sde.denoiser = \"table\"", "two_point", "closed form"}},
      {"[data]\nkind = \"two_point\"\n[models.m]\nkind = \"exact\"\n"
       "[samplers.t_sde_exact]\ndenoiser = \"table\"\n",
       {"samplers.t_sde_exact.denoiser = \"table\"", "two_point"}},
      {"[samplers.t_sde_exact]\nconvention = \"hanggi\"\n",
       {"samplers.t_sde_exact.convention = \"hanggi\"", "Ito", "kind = \"t_sde\""}},
      {"[samplers.t_sde_exact]\nscheme = \"euler\"\nconvention = \"stratonovich\"\n",
       {"convention = \"stratonovich\"", "t_sde_exact"}},
      {"[samplers.t_sde]\ntable_error = 1e-8\n", {"samplers.t_sde.table_error", "3e-7"}},
      {"[samplers.ve_sde]\nnu = 3\n", {"samplers.ve_sde.nu is set", "Remove the key"}},
      {"[samplers.mine]\nlevels = 9\n", {"samplers.mine.kind is not written", "Set kind"}},
      {"[models.t_edm]\n", {"samplers.ve_sde.model is not written", "Gaussian noise"}},
      {"[models.edm]\n", {"samplers.t_ode.model is not written", "student_t noise"}},
      {"[study]\nname = \"a/b\"\n", {"study.name \"a/b\" cannot be a name"}},
      {"[study]\nname = \"..\"\n", {"study.name \"..\" cannot be a name"}},
      {"[models.\"a b\"]\n[samplers.t_ode]\n", {"models", "\"a b\" cannot be a name"}},
      {"[samplers.\"a/b\"]\nkind = \"t_ode\"\n", {"\"a/b\" cannot be a name"}},
      {"[statistics]\nbatches = 1000000\nbatch_size = 1000000000000000\n",
       {"statistics.batches times statistics.batch_size is too large"}},
  });
}

TEST(BadStudy, SmallNuIsFineWhereItIsDefined) {
  EXPECT_NO_THROW(parse_study("[data]\ndimension = 2\n[samplers.t_sde]\nnu = 0.5\n", "f", ""));
  EXPECT_NO_THROW(parse_study("[samplers.t_chain]\nnu = 0.5\n", "f", ""));
  test::expect_input_error(
      [] { parse_study("[data]\ndimension = 2\n[samplers.t_sde]\nnu = 0\n", "f", ""); },
      {"samplers.t_sde.nu = 0 is out of range"});
}

TEST(BadOverride, IsRefused) {
  const std::vector<Bad> cases{
      {"study.seed", {"--set study.seed", "there is no ="}},
      {"=3", {"--set =3", "names joined by dots"}},
      {"study..seed=3", {"names joined by dots"}},
      {".seed=3", {"names joined by dots"}},
      {"study.=3", {"names joined by dots"}},
      {"study seed=3", {"names joined by dots"}},
      {"study.seed=[1", {"is not valid TOML"}},
      {"study.seed=\"x", {"is not valid TOML"}},
      {"study.name.x=1", {"name is a value, not a table"}},
      {"study.seed=many", {"--set study.seed=many", "study.seed = \"many\"", "whole number"}},
      {"study.sede=1", {"--set study.sede=1", "Perhaps you meant seed"}},
      {"stdy.seed=1", {"Perhaps you meant study"}},
      {"study.seed=1\n[data]", {"wrong type"}},
  };
  for (const Bad& bad : cases) {
    SCOPED_TRACE(bad.text);
    std::vector<std::string> parts = bad.parts;
    parts.emplace_back("bad.toml");
    test::expect_input_error(
        [&] { parse_study("[study]\nname = \"x\"\n", "bad.toml", "", {bad.text}); }, parts);
  }
}

TEST(BadStudyFile, MissingOrAFolder) {
  const test::Folder folder;
  const std::string missing = folder.file("none.toml");
  test::expect_input_error([&] { read_study(missing, {}); }, {missing, "does not exist", "Check"});
  test::expect_input_error([&] { read_study(folder.file(""), {}); }, {"is a folder"});
}

}  // namespace
}  // namespace htdm
