package field

import (
	"fmt"
	"strconv"
	"strings"

	"fathom/hw"
	"fathom/sim/report"
)

// Problem is what is wrong with one text: a message key (text catalog "issue.<key>") and what fills its places.
type Problem struct {
	Key  string
	Args []string
}

// messages holds the English wording; {0}, {1} … are filled from the arguments. Each ends with the fix.
var messages = map[string]string{
	"empty":         "needs a value, e.g. {0}",
	"not-int":       "must be a whole number, e.g. {0}",
	"int-range":     "must be a whole number from {0} to {1}, e.g. {2}",
	"not-number":    "must be a number, e.g. {0}",
	"not-finite":    "must be a finite number, e.g. {0}",
	"limit-finite":  "must be a finite number; leave it out for no limit",
	"above-zero":    "must be above 0, e.g. {0}",
	"at-least-zero": "must be at least 0, e.g. {0}",
	"half-open":     "must be at least 0 and below 1, e.g. {0}",
	"unit-interval": "must be from 0 to 1, e.g. {0}",
	"choice":        "must be one of {0}",
	"choice-near":   "must be one of {0}; did you mean {1}?",
	"on-off":        "must be on or off",
	"size-words":    "must be off, auto (powers of two) or sizes such as {0}",
	"batch-range":   "must be [max] or [min max] with whole numbers above 0, e.g. 64 or 1 64",
	"batch-order":   "min must not be above max; give them as [min max], e.g. {0}",
	"price":         "must be NAME=PRICE per device-hour, e.g. {0}",
	"quote":         "has an opening {0} without its end; close it or take it out",
	"too-long":      "is longer than {0} characters; use a shorter name or path",
	"required":      "is not answered; give {0}, e.g. {1}",
	"unknown-model": "is not in the catalog, no local directory, and in no local cache; {0}",
	"model-load":    "cannot be read: {0}",
	"model-chars": "has characters that the reference tool refuses (letters, digits, _ / . - only); its command " +
		"will not run as shown",
	"unsupported":     "its operators cannot be priced: {0}; choose another model or the msmodeling engine",
	"unknown-device":  "is no known profile; {0}",
	"several-devices": "could be {0}; name one of them",
	"other-memory":    "names a memory size that no profile has: {0}; name the profile that is meant",
	"not-theirs": "the reference tool ships no such profile; it will refuse it unless your checkout has one of " +
		"that name",
	"device-load":    "cannot be read: {0}",
	"duplicate":      "is named twice; the second one is dropped",
	"grid":           "{0} holds {1} devices; use at most {1} or another profile",
	"grid-budget":    "{0} holds {1} devices; the reference tool refuses a budget above that",
	"size-above":     "is above the {0} devices{1}; use sizes up to {0}",
	"size-one-phase": "is above the {0} devices of a {1} instance; only the other phase tries it",
	"size-divide":    "does not divide {0} devices and is skipped; sizes that do: {1}",
	"no-tuple":       "no combination of the sizes divides {0} devices{1}; sizes that do: {2}",
	"no-experts": "EP {0} x MoE-DP {1} does not divide {2} devices{3}; change them so that the product does, " +
		"e.g. --ep-sizes {4}",
	"no-dcp": "divides none of the TP sizes {0}; DCP sizes that do: {1}",
	"layers": "is more than the {0} layers of the model; use fewer stages",
	"dense":  "the model has no experts; the flag changes nothing",
	"dense-tp": "the model has no experts; the sizes change nothing, but with them TP is not searched; give " +
		"--tp-sizes beside it or leave it out",
	"no-effect":     "changes nothing {0}; leave it out",
	"combinations":  "{0} combinations are more than {1}; the run may take longer",
	"pd-and-disagg": "--disagg and --enable-optimize-prefill-decode-ratio exclude each other; keep one",
	"instance-mode": "belongs to PD ratio; add --enable-optimize-prefill-decode-ratio or leave it out",
	"instance-budget": "{0} + {1} devices of one prefill and one decode instance are more than the {2} in all; no " +
		"split fits",
	"disagg-limits": "disaggregation runs the phase whose limit is given; give --ttft-limit (prefill), " +
		"--tpot-limit (decode) or both",
	"pd-ttft":   "PD ratio sizes the prefill side by it; give --ttft-limit, e.g. 2000",
	"one-token": "has no effect: an answer of one token is made by prefill, so that there is no time per output token",
	"one-token-decode": "prefill makes the only token, so that no decode instance has anything to do; plan " +
		"aggregation, or the prefill phase alone",
	"pd-tpot": "PD ratio without a TPOT limit lets decode be as slow as memory allows; recommended: " +
		"--tpot-limit 50",
	"both-limits":  "prefill and decode are optimised separately, each with its own limit",
	"no-limit":     "no limit: the plan maximises throughput whatever the latency",
	"phase-limit":  "belongs to the other phase and is ignored when only {0} is measured",
	"lengths-load": "{0}",
	"lengths-mode": "a length distribution works in aggregation and in prefill-only disaggregation; give a " +
		"number, or only --ttft-limit with --disagg",
	"context": "input and output together are {0} tokens, and {1} serves at most {2}; shorten them or choose a model " +
		"with a longer context",
	"reserved":      "is not below the {0} GiB of {1}; use e.g. 10",
	"ours-only":     "the reference tool has no such action; use {0}, or the embedded engine",
	"stands-for":    "the reference tool has no such action: its command stands for another quantisation, {0}",
	"not-quantised": "the checkpoint says nothing of quantisation: it is planned in 16 bits",
	"widened":       "{0} weights are multiplied in 16 bits on {1}, which has no units for them; they are read at their size",
	"latent-cache": "needs quantised linear layers with the latent attention of this model; add e.g. " +
		"--quantize-linear-action W8A8_DYNAMIC, or use DISABLED",
	"chunks":           "a prompt of {0} tokens takes {1} steps; the run takes long; use e.g. 8192",
	"cost-aggregation": "is ignored in aggregation, as in the reference tool; it counts in disaggregation and PD ratio",
	"image-model":      "the model takes no images; the flag changes nothing",
	"image-size":       "images need a height and a width, e.g. --image-height 1024 --image-width 1024",
	"image-batch": "images per request not given: the reference tool then takes the batch size; say " +
		"--image-batch-size 1",
	"mtp-rates": "needs at least {0} acceptance rates; add rates or use at most {1} tokens",
	"mtp-heads": "the model has no MTP heads; the reference tool accepts and ranks it all the same, a real " +
		"server cannot run it",
	"mtp-refused": "the model has no MTP heads; leave it off, or use --fidelity reference",
	"multistream": "is priced as off: most of its gain in the reference tool is an artefact of its scheduler; " +
		"leave it out, or use the msmodeling engine",
	"sequence-parallel": "was compared with the reference tool only where it changes nothing (norms fused with " +
		"quantisation)",
	"mtp-off":          "MTP is off; add --num-mtp-tokens or leave it out",
	"mtp-zero":         "MTP is on and needs at least one count above 0, e.g. 1",
	"draft-mtp":        "draft-model speculation and MTP exclude each other; keep one",
	"draft-method":     "needs --speculative-method dflash or dspark",
	"draft-dspark":     "needs --speculative-method dspark",
	"needs-msmodeling": "needs the msmodeling engine; add --engine msmodeling --msmodeling-root DIR or leave it out",
	"needs-database":   "profiling needs --profiling-database-path DIR",
	"needs-root":       "the msmodeling engine needs --msmodeling-root DIR (your checkout)",
	"no-reference": "{0} has no constants of the reference tool; use --fidelity corrected or calibrated, or leave " +
		"it out",
	"no-calibration": "{0} has no measured kernel figures; use --fidelity reference or corrected, or leave it out",
	"unbuilt":        "is not available in this version yet; leave it out",
	"exclusive":      "excludes {0}; keep one",
	"together":       "needs {0} beside it",
	"unplayed": "is played on aggregation or PD ratio, with prompts of one length; leave it out, or plan one " +
		"of these",
	"unknown-flag": "no such flag; {0}",
	"repeated":     "is given twice; the last one counts",
	"takes-none":   "takes no value; leave {0} out",
	"two-models":   "the model is given twice ({0}); keep one",
	"not-command": "is no throughput_optimizer command; paste a line such as python -m " +
		"cli.inference.throughput_optimizer MODEL --device …",
	"toml":        "line {0}: {1}",
	"unknown-key": "line {0}: no such key; {1}",
	"deprecated":  "is deprecated; use {0}",
	"ignored":     "steers the reference tool's own machinery and changes nothing here",
}

func problem(key string, args ...string) *Problem { return &Problem{key, args} }

// didYouMean words the nearest names; listing says where to look when there are none at all.
func didYouMean(text string, names []string, listing string) string {
	if near := hw.Closest(names, text, 3); len(near) > 0 {
		return "did you mean " + strings.Join(near, ", ") + "?"
	}
	return listing
}

// fill puts the arguments into the places of a pattern.
func fill(pattern string, args []string) string {
	if !strings.Contains(pattern, "{") {
		return pattern
	}
	pairs := make([]string, 0, 2*len(args))
	for i, a := range args {
		pairs = append(pairs, "{"+strconv.Itoa(i)+"}", a)
	}
	return strings.NewReplacer(pairs...).Replace(pattern)
}

// String is the English wording.
func (p *Problem) String() string { return fill(messages[p.Key], p.Args) }

// issue makes the line that names field, value and fix: "hit rate 1.0: must be at least 0 and below 1, e.g. 0.3".
func issue(s report.Severity, id ID, value string, p *Problem) report.Issue {
	f := &Table[id]
	head := f.Label
	if value = hw.Brief(value); value != "" {
		head += " " + value
	}
	short := Problem{p.Key, make([]string, len(p.Args))}
	for i, a := range p.Args {
		short.Args[i] = hw.BriefWords(a)
	}
	return report.Issue{Severity: s, Field: f.Name, Message: fmt.Sprintf("%s: %s", head, &short), Value: value,
		Key: p.Key, Args: short.Args}
}

func fault(id ID, value, key string, args ...string) report.Issue {
	return issue(report.Error, id, value, problem(key, args...))
}

func warn(id ID, value, key string, args ...string) report.Issue {
	return issue(report.Warning, id, value, problem(key, args...))
}

func assume(id ID, value, key string, args ...string) report.Issue {
	return issue(report.Assumption, id, value, problem(key, args...))
}

func note(id ID, value, key string, args ...string) report.Issue {
	return issue(report.Note, id, value, problem(key, args...))
}
