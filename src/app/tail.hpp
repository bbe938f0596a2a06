/// Tails of data, of stored samples and of laws: what to look at, and the reports on it.
#pragma once

#include "io/tail.hpp"

#include <string>
#include <vector>

namespace htdm {

/// The report on every tail that `sources` hold, in their order, on `threads` threads:
///  - a study (NAME.toml): its training and its held-out data, in the order of the file or of the
///    draws, and the law of the data where it is known;
///  - samples.h5: the samples of every entry, in the order of their paths;
///  - results.h5: the laws that `htdm law` put there.
/// The event is that of [statistics], and both tails of the first component where it has
/// separate_tails (but of laws, which know the main event only); return levels are those of
/// exceedance_levels. `settings` are key=value overrides of the studies, in files too.
///
/// Throws InputError for a file of another kind, a results.h5 without laws, settings that change
/// the event of a law, and what tail_report() and law_tail_report() refuse.
TailResults tail_results(const std::vector<std::string>& sources,
                         const std::vector<std::string>& settings, int threads);

}  // namespace htdm
