"""The self-contained HTML report: what was asked, what came out, how it was run."""

import base64
import html
from pathlib import Path

import numpy as np

import table
from htdm_results import computed, dimension, reference, run_of, run_shares, study_of
from plotting import condition, label, nu_text, path_counts

PAPER_W1 = {"ve_sde": "0.0287", "t_ode": "0.0202", "t_sde_ablated": "0.2233"}
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; margin: 2rem auto;
  max-width: 64rem; padding: 0 1rem }
h1 { margin-bottom: 0 } h1 + p { color: #555; margin-top: .2rem }
h2 { margin-top: 2.4rem; border-bottom: 1px solid #ddd } h3 { margin-bottom: .3rem }
table { border-collapse: collapse; font-size: .84rem } .wide { overflow-x: auto }
th, td { padding: .25rem .7rem .25rem 0; text-align: left; white-space: nowrap }
thead th { border-bottom: 2px solid #444; white-space: normal; vertical-align: bottom }
td { border-bottom: 1px solid #e4e4e4; vertical-align: top }
small { color: #555 } .n { font-variant-numeric: tabular-nums }
figure { margin: 1rem 0 2.2rem } figcaption { color: #333; font-size: .92rem; max-width: 50rem }
img { max-width: 100%; height: auto } .warn { border-left: 4px solid #d55e00; padding: .3rem .8rem }
pre { background: #f5f5f5; padding: .8rem; overflow-x: auto; font-size: .82rem }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1.2rem }
dt { color: #555 } dd { margin: 0; overflow-wrap: anywhere } .where { color: #666 }
.note { color: #444; font-size: .92rem }
@media print { body { max-width: none; margin: 0; font-size: 11px } figure { break-inside: avoid } }
"""


def page(results, images, name):
    """The report as one document without external resources; images: [(picture, its PNG)]."""
    name = html.escape(name)
    contents = " · ".join(f"<a href=#{picture.name}>{html.escape(picture.title)}</a>"
                          for picture, _ in images)
    figures = "".join(
        f"<figure id={picture.name}><h3>{html.escape(picture.title)}</h3>"
        f'<img width={110 * picture.figure.get_size_inches()[0]:.0f} '
        f'alt="{html.escape(picture.title)}" src="data:image/png;base64,{encoded(path)}">'
        f"<figcaption>{html.escape(picture.caption)} <span class=where>Numbers: "
        f"{html.escape(picture.numbers)} in results.h5. Files: figures/{picture.name}.png and "
        ".svg.</span></figcaption></figure>"
        for picture, path in images)
    alerts = "".join(f"<p class=warn>{html.escape(warning)}</p>" for warning in warnings(results))
    return (f"<!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>htdm: {name}</title>"
            '<meta name=viewport content="width=device-width, initial-scale=1">'
            f"<style>{STYLE}</style></head><body><h1>{name}</h1><p>Heavy-tailed diffusion samplers "
            f"and their tails; run of {html.escape(str(results['created']))}</p>{alerts}"
            f"<h2>What was asked</h2>{asked(results)}{in_short(results)}"
            f"<h2>Table I</h2>{tables(results)}"
            f"<h2>Figures</h2><p class=note>{contents}</p>{figures}"
            f"<h2>How it was run</h2>{conditions(results)}"
            f"<h2>Where the numbers lie</h2>{places(results)}</body></html>\n")


def sweep_page(results, name):
    """The page of a sweep: its points, each with a report of its own, and Table I of all."""
    keys = table.swept_keys(results)
    listed = "".join(
        f'<li><a href="points/{number:03}/report.html">point {number:03}</a>: ' +
        html.escape(", ".join(f"{key} = {value}" for key, value in point.items())) + "</li>"
        for number, point in enumerate(results["sweep"]["points"]))
    names, spans, levels = table.cells(results)
    header = [*keys, "sampler", "ν", "calls", "W1 to the test sample", "W1 to the law"]
    body = [a + b + c for a, b, c in zip(names, spans, levels)]
    name = html.escape(name)
    return (f"<!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>htdm: {name}</title>"
            '<meta name=viewport content="width=device-width, initial-scale=1">'
            f"<style>{STYLE}</style></head><body><h1>{name}</h1><p>A {results['sweep']['mode']} "
            f"sweep of {len(results['points'])} points; run of "
            f"{html.escape(str(results['created']))}</p><h2>Points</h2><ul>{listed}</ul>"
            "<h2>Table I of all points</h2>" +
            table.as_html(header + table.level_headers(results), body) +
            f"{marked(results)}<h2>How it was run</h2>{conditions(results)}</body></html>\n")


def encoded(path):
    return base64.b64encode(path.read_bytes()).decode("ascii")


KINDS = {"student_t": "a Student-t law", "gaussian": "a Gaussian law", "two_point": "two points",
         "gaussian_mixture": "a mixture of Gaussians", "file": "a file of the user's"}


def asked(results):
    study = study_of(results)
    data, statistics = study.get("data", {}), study.get("statistics", {})
    d = dimension(results)
    question = ("How often does each sampler produce extremes, compared with how often the data "
                "do, and how far is its law from theirs? ") + KNOWN[reference(results)]
    batches = (f", in {statistics['batches']} batches of {statistics['batch_size']:,}"
               if "batch_size" in statistics else "")
    items = {"data": f"{KINDS.get(data.get('kind'), data.get('kind', 'not recorded'))}, {d} "
                     f"dimension{'s' if d > 1 else ''}",
             **{f"data.{key}": said(value) for key, value in data.items()
                if key not in ("kind", "dimension") and value not in ("", [])},
             "paths per sampler": path_counts(results["samplers"]) + batches,
             "W1": f"from the first {statistics['w1_samples']:,} paths"
                   if statistics.get("w1_samples") else "", "seed": results["seed"]}
    listed = "".join(f"<dt>{html.escape(key)}</dt><dd>{html.escape(str(value))}</dd>"
                     for key, value in items.items() if value != "")
    models = [[name, model["kind"], nu_text(model["nu"]), f"{model.get('steps', 0):,}",
               ", ".join(f"{value:.6g}" for value in np.ravel(model.get("mean", []))[:3]),
               ", ".join(f"{value:.6g}" for value in np.ravel(model.get("deviation", []))[:3]),
               f"{model.get('seconds', 0):.1f}"]
              for name, model in results.get("models", {}).items()]
    return (f"<p>{question}</p><dl>{listed}</dl>" + table.as_html(
        ["denoiser", "kind", "ν of its noise", "training steps", "data mean", "data deviation",
         "seconds"], models, 2) +
        f"<details><summary>The whole study, every default written out</summary><pre>"
        f"{html.escape(str(results.get('study', '')))}</pre></details>")


KNOWN = {
    "law": "The law of the data is known, so every frequency is compared with its true value.",
    "test": "The law of the data is not known: frequencies are compared with those of a test "
            "sample that no sampler has seen. That sample is subject to chance too, the more so "
            "the fewer of its values lie beyond a threshold.",
    "": "No probability is known for the thresholds that were asked for, so frequencies are "
        "reported without a verdict."}


def said(value):
    """A value of the study for a reader."""
    if isinstance(value, list):
        return ", ".join(map(said, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else f"{value:g}" if isinstance(
        value, float) else str(value)


def in_short(results):
    """One verdict per sampler and level."""
    against = reference(results)
    if not against:
        return ""
    return ("<h2>The result in short</h2>" + table.as_html(
        ["sampler", *table.level_headers(results)[::2]], table.verdicts(results)) +
        f"<p class=note>{SHORT[against]} A wide interval agrees with much: look at its width "
        f"before trusting an agreement.</p>{marked(results)}")


def marked(results):
    """What the mark means, as a paragraph, where there is one."""
    doubtful = any(row["doubt"] and row["count"] for row in table.rows(results))
    if not doubtful:
        return ""
    return f"<p class=note>{table.MARK} marks what is doubtful: ten paths or fewer were seen.</p>"


SHORT = {
    "law": "Generated over true probability; 1 is right. “Agrees” means that the 95 % interval "
           "holds 1.",
    "test": "Generated probability over the share of the test sample, with the 95 % interval of "
            "the generated paths; 1 is right. “Agrees” means that this interval and that of the "
            "test sample itself (the grey boxes of the tail ratio) meet, so that the test sample "
            "is too small to tell them apart."}


def tables(results):
    names, spans, levels = table.cells(results)
    d = dimension(results)
    paper = from_paper(results)
    header = ["sampler", "ν", "calls per path", "W1 to the test sample", "W1 to the law"]
    body = []
    for entry, a, b, c in zip(results["samplers"], names, spans, levels):
        body.append(a + b + ([PAPER_W1.get(entry["kind"], "–")] if paper else []) + c)
    header += ["W1, published"] if paper else []
    batch = [[row["sampler"], nu_text(row["nu"]), table.plain(row["threshold"]), *over_batches(row)]
             for row in table.rows(results) if row["probability"] is not None]
    return (table.as_html(header + table.level_headers(results), body) +
            "<p class=note>Brackets are 95 % intervals: Clopper–Pearson on the pooled count for "
            "probabilities and their ratio to the true one (for data without a known "
            "law, to the share of the test sample). Where no path went beyond a threshold, "
            "the entry is the upper end of its 95 % interval, marked &lt;; the true rate of that "
            "sampler is somewhere below, not zero. W1 is in z-space" +
            (f", that of the worst of {d} components" if d > 1 else "") +
            "; thresholds are in raw space. A dash means not computed, or without meaning.</p>" +
            doubts(results) +
            (PAPER_NOTE if paper else "") +
            "<details><summary>The same over batches</summary><p class=note>Mean and standard "
            "deviation (1/n) over batches, and the Student-t interval of the mean. With rare or no "
            "counts the pooled interval above is the one to trust.</p>" + table.as_html(
                ["sampler", "ν", "threshold", "count", "mean", "deviation", "95 % interval"],
                batch) + "</details>" + components(results))


def over_batches(row):
    """Count, mean, deviation and interval; without a path the pooled upper end says more."""
    if row["count"] == 0:
        return ["none", f"< {table.scientific(row['high'], 3)}", "–", "–"]
    return [f"{row['count']:,}" + (table.MARK if row["doubt"] else ""),
            *(table.scientific(row[key]) for key in ("batch_mean", "batch_std")),
            f"[{table.scientific(row['batch_low'])}, {table.scientific(row['batch_high'])}]"]


def doubts(results):
    """Which counts not to build on, as the file says (since schema 1.9)."""
    listed = [f"{row['sampler']}, ν = {nu_text(row['nu'])}, "
              f"{condition(row['event'], row['threshold'], results)}: {row['doubt']}"
              for row in table.rows(results) if row["doubt"]]
    items = "".join(f"<li>{html.escape(text)}</li>" for text in listed)
    if not listed:
        return ""
    return f"<p class=note>Doubtful, marked with {table.MARK}:</p><ul class=note>{items}</ul>"


PAPER_NOTE = (
    "<p class=note>“W1, published”: of Table I in <i>Self-Regulating Annealing in Heavy-Tailed "
    "Diffusion Models</i> (arXiv:2606.01645) the surviving figures are W1 = 0.0287 (VE-SDE), "
    "0.0202 (t-ODE) and 0.2233 (ablated); its other cells are not known here and are left out "
    "rather than guessed. Networks, training data and seeds differ, so agreement in order is what "
    "to expect.</p>")


def from_paper(results):
    """Whether the data are the paper's, so that its figures may stand beside these."""
    data = study_of(results).get("data", {})
    return data.get("kind") == "student_t" and data.get("nu") == 3 and dimension(results) == 1


def components(results):
    """W1 per component, for data of several."""
    if dimension(results) == 1:
        return ""
    body = []
    for entry in results["samplers"]:
        for key in ("w1_test", "w1_law"):
            one = computed(entry, key) or {"component": []}
            for i, component in enumerate(one["component"]):
                body.append([label(entry), "test sample" if key == "w1_test" else "law", component,
                             table.estimate(one["value"][i], one["low"][i], one["high"][i],
                                            table.plain)])
    return ("<details><summary>W1 of every component</summary>" + table.as_html(
        ["sampler", "distance to", "component", "W1"], body) + "</details>") if body else ""


def conditions(results):
    items = {
        "host": results["host"], "ranks × threads": f"{results['ranks']} × {results['threads']}",
        "bound to": ", ".join(map(str, np.ravel(results["binding"]))),
        "instruction set": results["isa"], "tile": f"{results['tile']} paths",
        "code": f"htdm {results['version']}, {results['git_hash']}", "command": results["command"],
        "time": f"{results['seconds_total']:.1f} s in all: training "
                f"{results['seconds_training']:.1f}, sampling {results['seconds_sampling']:.1f}, "
                f"statistics {results['seconds_statistics']:.1f}",
        "memory": f"{results['peak_memory_bytes'] / 1e6:,.0f} MB on the largest rank"}
    listed = "".join(f"<dt>{key}</dt><dd>{html.escape(str(value))}</dd>"
                     for key, value in items.items())
    cost = []
    for entry in results["samplers"]:
        rate = float(entry["paths"]) / entry["seconds"] if entry["seconds"] > 0 else np.nan
        how = ", tabulated" if entry.get("denoiser") == "table" else ""
        cost.append([label(entry), entry["model"] + how, str(entry["levels"]), f"{entry['paths']:,}",
                     f"{entry['nonfinite']:,}", f"{entry['seconds']:.1f}", f"{rate:,.0f}",
                     f"{rate * entry['network_calls_per_path'] / 1e6:.2f} million"])
    return f"<dl>{listed}</dl>" + table.as_html(
        ["sampler", "denoiser", "levels", "paths", "not finite", "seconds", "paths/s", "calls/s"],
        cost, 2) + ranks(results)


def ranks(results):
    """What the ranks did with their time: least, median and most of all, and a few of them."""
    run = run_of(results)
    if run is None:
        return ""
    shares = run_shares(run)
    memory = run["peak_memory_bytes"] / 1e6
    order = np.argsort(shares["waiting"], kind="stable")
    if len(order) > 8:
        order = np.concatenate([order[:4], order[-4:]])
    body = []
    for name, pick in ("least", np.min), ("median", np.median), ("most", np.max):
        if len(memory) > 1:
            body.append([name, "", *(f"{pick(share):.1%}" for share in shares.values()),
                         f"{pick(run['blocks']):,.0f}", f"{pick(memory):,.0f}"])
    for rank in np.sort(order):
        body.append([str(rank), run["host"][rank],
                     *(f"{share[rank]:.1%}" for share in shares.values()),
                     f"{run['blocks'][rank]:,}", f"{memory[rank]:,.0f}"])
    uneven = "; ".join(f"{stage} {run[stage + '_imbalance']:.1%}"
                       for stage in ("training", "sampling")
                       if np.isfinite(run[f"{stage}_imbalance"]))
    return ("<h3>Ranks</h3><p class=note>Shares of threads × wall time. Load imbalance (most over "
            f"mean of computing, less 1): {uneven or '–'}. {run['checkpoints']} checkpoints held "
            f"the run up for {run['checkpoint_seconds']:.2f} s, {run['checkpoint_overhead']:.2%} "
            "of it. Of more than eight ranks, the four that waited least and most.</p>" +
            table.as_html(["rank", "host", "computing", "waiting", "files", "other", "blocks",
                           "MB"], body, 2))


def places(results):
    folder = Path(results["path"]).parent
    return ("<dl><dt>results.h5</dt><dd>everything: counts per batch, quantiles, the Q–Q grid, the "
            "survival function, moments with their intervals and which of them exist, losses, the "
            "study; HDF5 with "
            f"schema {results['schema'][0]}.{results['schema'][1]}, read by "
            "analysis/htdm_results.py, h5py or xarray</dd><dt>table1.csv</dt><dd>Table I with "
            "every digit, one line per sampler, ν and level</dd><dt>table1.tex</dt><dd>Table I for "
            "LaTeX, with \\usepackage{booktabs}</dd><dt>figures/</dt><dd>every figure "
            "as PNG and SVG</dd>"
            f"<dt>folder</dt><dd>{html.escape(str(folder.resolve()))}</dd></dl>")


def warnings(results):
    return [f"{label(entry)}: {entry['nonfinite']:,} of {entry['paths']:,} paths were not finite"
            for entry in results["samplers"] if entry["nonfinite"] > 0]
