package field

import (
	"fmt"
	"math"
	"regexp"
	"strconv"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
)

func one(i report.Issue) []report.Issue { return []report.Issue{i} }

// flagged reports whether a value was given by the user, not by a default that was filled in. Saved plans spell
// defaults out.
func (r *Reading) flagged(id ID) bool {
	a := r.Answers[id]
	return r.Given(id) && a.Source != CLIDefault && (a.Source != FromPlan || a.Text != Table[id].Default.Text)
}

func checkMode(r *Reading) []report.Issue {
	if r.Mode == plan.Disaggregation && r.Prefill && r.Decode && r.HasLimit(TTFT) && r.HasLimit(TPOT) {
		return one(note(Mode, r.Word(Mode), "both-limits"))
	}
	return nil
}

var referenceModelName = regexp.MustCompile(`^[A-Za-z0-9_/.-]+$`)

// checkKVPath: a path is for KV caches that go from one instance to another.
func checkKVPath(r *Reading) []report.Issue {
	if r.ModeKnown && r.Mode != plan.PDRatio && r.Word(KVPath) != "" && r.Word(KVPath) != plan.KVAuto.String() {
		return one(fault(KVPath, r.Answers[KVPath].Text, "instance-mode"))
	}
	return nil
}

func checkDeviceCount(r *Reading) []report.Issue {
	n := r.Int(DeviceCount)
	if n == 0 {
		return nil
	}
	if r.Mode == plan.PDRatio {
		for _, p := range r.Profiles {
			if n > p.Grid.Ranks() {
				return one(warn(DeviceCount, strconv.Itoa(n), "grid-budget", p.Name, strconv.Itoa(p.Grid.Ranks())))
			}
		}
		return nil
	}
	return gridIssue(r, DeviceCount, n)
}

// gridIssue holds a device count against the grid of every profile, smallest named first.
func gridIssue(r *Reading, id ID, n int) []report.Issue {
	var small *hw.Profile
	for _, p := range r.Profiles {
		if n > p.Grid.Ranks() && (small == nil || p.Grid.Ranks() < small.Grid.Ranks()) {
			small = p
		}
	}
	if small == nil {
		return nil
	}
	return one(fault(id, strconv.Itoa(n), "grid", small.Name, strconv.Itoa(small.Grid.Ranks())))
}

func checkInstance(r *Reading, id ID) []report.Issue {
	if r.Mode != plan.PDRatio {
		if r.flagged(id) {
			return one(fault(id, r.Answers[id].Text, "instance-mode"))
		}
		return nil
	}
	n := r.Int(id)
	if n == 0 {
		return nil
	}
	if out := gridIssue(r, id, n); out != nil {
		return out
	}
	p, d, all := r.Int(PrefillDevices), r.Int(DecodeDevices), r.Int(DeviceCount)
	if id == DecodeDevices && p > 0 && all > 0 && p+d > all {
		return one(warn(id, strconv.Itoa(d), "instance-budget", strconv.Itoa(p), strconv.Itoa(d), strconv.Itoa(all)))
	}
	return nil
}

func checkInputLength(r *Reading) []report.Issue {
	file := r.Word(InputLength)
	if file == "" {
		return nil
	}
	if reason := r.Catalog.Failed[file]; !reason.IsZero() {
		return one(fault(InputLength, file, "lengths-load", reason))
	}
	if _, ok := r.Catalog.Lengths[file]; !ok {
		return one(fault(InputLength, file, "lengths-load", message.New("issue.lengths-none")))
	}
	// The dialog may not know the limits yet; once decode is certain the distribution cannot be served (1.2, rule 9).
	if r.Mode == plan.PDRatio || r.Mode == plan.Disaggregation && r.Decode && (r.HasLimit(TPOT) || r.Given(Phase)) {
		return one(fault(InputLength, file, "lengths-mode"))
	}
	return nil
}

func checkOutputLength(r *Reading) []report.Issue {
	in, out := r.Int(InputLength), r.Int(OutputLength)
	for _, b := range r.Catalog.Lengths[r.Word(InputLength)] {
		in = max(in, b.Max)
	}
	if m := r.Model; m != nil && m.Context > 0 && in > 0 && out > 0 && in+out > m.Context {
		// The reference tool plans beyond what the model was made for.
		say := warn
		if r.departs() {
			say = fault
		}
		return one(say(OutputLength, strconv.Itoa(out), "context", strconv.Itoa(in+out), m.Name, strconv.Itoa(m.Context)))
	}
	if out == 1 && r.ModeKnown && r.Mode != plan.Aggregation && r.Decode && r.departs() {
		return one(fault(OutputLength, "1", "one-token-decode"))
	}
	return nil
}

func checkTTFT(r *Reading) []report.Issue {
	if out := r.checkPlayed(TTFT); out != nil {
		return out
	}
	if !r.Prefill && r.flagged(TTFT) && r.HasLimit(TTFT) {
		return one(warn(TTFT, r.Answers[TTFT].Text, "phase-limit", plan.PhaseDecode))
	}
	return r.checkFloor(TTFT)
}

func checkTPOT(r *Reading) []report.Issue {
	if out := r.checkPlayed(TPOT); out != nil {
		return out
	}
	if !r.Decode && r.flagged(TPOT) && r.HasLimit(TPOT) {
		return one(warn(TPOT, r.Answers[TPOT].Text, "phase-limit", plan.PhasePrefill))
	}
	if r.Mode == plan.Aggregation && r.HasLimit(TPOT) && r.Int(OutputLength) == 1 && r.departs() {
		return one(note(TPOT, r.Answers[TPOT].Text, "one-token"))
	}
	return r.checkFloor(TPOT)
}

func checkHitRate(r *Reading) []report.Issue {
	if r.Given(PrefixCache) && !r.On(PrefixCache) && r.flagged(HitRate) && r.Float(HitRate) > 0 {
		return one(warn(HitRate, r.Answers[HitRate].Text, "no-effect", message.New("issue.while-cache")))
	}
	return nil
}

func checkReserved(r *Reading) []report.Issue {
	for _, p := range r.Profiles {
		if gib := p.MemoryBytes / (1 << 30); r.Float(Reserved) >= gib {
			return one(fault(Reserved, r.Answers[Reserved].Text, "reserved", number2(gib), p.Name))
		}
	}
	return nil
}

// number2 writes a number with at most two decimals.
func number2(x float64) string { return strconv.FormatFloat(math.Round(x*100)/100, 'f', -1, 64) }

// manyChunks is the number of steps of one prompt from which a run is slow and no server would be set up so.
const manyChunks = 1000

func checkMaxBatched(r *Reading) []report.Issue {
	tokens := r.Int(InputLength)
	for _, b := range r.Catalog.Lengths[r.Word(InputLength)] {
		tokens = max(tokens, b.Max)
	}
	if m := r.Int(MaxBatched); m > 0 && tokens/m >= manyChunks {
		return one(warn(MaxBatched, strconv.Itoa(m), "chunks", strconv.Itoa(tokens), strconv.Itoa((tokens+m-1)/m)))
	}
	return nil
}

func checkServingCost(r *Reading) []report.Issue {
	if r.Mode == plan.Aggregation && r.Float(ServingCost) > 0 {
		return one(warn(ServingCost, r.Answers[ServingCost].Text, "cost-aggregation"))
	}
	return nil
}

func checkImageSide(r *Reading, id, other ID) []report.Issue {
	switch {
	case r.Int(id) > 0 && r.Model != nil && !r.Vision():
		return one(warn(id, r.Answers[id].Text, "image-model"))
	case r.Int(id) > 0 && r.Int(other) == 0 && r.Answers[other].Given() && !r.answered(other):
		return one(fault(id, r.Answers[id].Text, "image-size"))
	case r.answered(id) && r.Int(id) == 0 && r.Images() && (r.Int(ImageBatch) > 0 || r.Int(other) > 0):
		return one(fault(id, r.Answers[id].Text, "image-size"))
	}
	return nil
}

// answered reports whether somebody answered a question, be it with nothing or with what cannot be read yet.
func (r *Reading) answered(id ID) bool {
	return r.Answers[id].Given() && r.Answers[id].Source != CLIDefault
}

// imageIssues judges images as a whole before a run: a question that nobody came to is no answer either.
func (r *Reading) imageIssues() []report.Issue {
	for _, id := range []ID{ImageBatch, ImageHeight, ImageWidth} {
		if r.Int(id) > 0 && r.Vision() && (r.Int(ImageHeight) == 0 || r.Int(ImageWidth) == 0) && !r.told("image-size") {
			return one(fault(id, r.Answers[id].Text, "image-size"))
		}
	}
	return nil
}

// told reports whether a question about images says something already.
func (r *Reading) told(key string) bool {
	for _, id := range []ID{ImageBatch, ImageHeight, ImageWidth} {
		for _, i := range r.Check(id) {
			if i.Key == "issue."+key {
				return true
			}
		}
	}
	return false
}

func checkImageBatch(r *Reading) []report.Issue {
	n, sized := r.Int(ImageBatch), r.Int(ImageHeight) > 0
	switch {
	case n > 0 && r.Model != nil && !r.Vision():
		return one(warn(ImageBatch, strconv.Itoa(n), "image-model"))
	case n > 0 && !sized && r.Answers[ImageHeight].Given() && !r.answered(ImageHeight) && !r.answered(ImageWidth):
		return one(fault(ImageBatch, strconv.Itoa(n), "image-size"))
	case n == 0 && sized && r.Vision():
		return one(warn(ImageBatch, "", "image-batch"))
	}
	return nil
}

func checkFidelity(r *Reading) []report.Issue {
	for _, p := range r.Profiles {
		if r.Word(Fidelity) == "reference" && !p.Reference {
			return one(fault(Fidelity, "reference", "no-reference", p.Name))
		}
		if r.Word(Fidelity) == "calibrated" && p.Kernel == nil {
			return one(fault(Fidelity, "calibrated", "no-calibration", p.Name))
		}
	}
	return nil
}

func checkDeviceCost(r *Reading) (out []report.Issue) {
	for _, name := range r.Values[DeviceCost].Words {
		if r.Catalog.Profile(name) == nil {
			out = append(out, r.Catalog.noProfile(DeviceCost, name))
		}
	}
	return out
}

func checkTraffic(r *Reading) []report.Issue {
	if kind := r.Word(Traffic); kind != "" && (r.Mode == plan.Disaggregation || r.Values[InputLength].Words != nil &&
		!r.judged()) {
		return one(fault(Traffic, kind, "unplayed"))
	}
	if r.Word(Traffic) == "poisson" && r.Float(QPS) == 0 && !r.judged() {
		return lacks(Traffic, "poisson", QPS, "N")
	}
	return nil
}

func checkQPS(r *Reading) []report.Issue {
	if r.Float(QPS) > 0 && r.Word(Traffic) != "poisson" && !r.serves() {
		return lacks(QPS, r.Answers[QPS].Text, Traffic, "poisson")
	}
	return nil
}

func checkTarget(r *Reading) []report.Issue {
	if r.Int(TargetConcurrency) > 0 && r.Float(TargetQPS) > 0 {
		return one(fault(TargetConcurrency, fmt.Sprint(r.Int(TargetConcurrency)), "exclusive", "--target-qps"))
	}
	return nil
}

// checkConcurrency holds the requests in flight against what else sets the batch.
func checkConcurrency(r *Reading) []report.Issue {
	n := r.Int(Concurrency)
	switch {
	case n == 0:
	case r.Mode == plan.PDRatio:
		return one(fault(Concurrency, fmt.Sprint(n), "exclusive", "--"+flagPDRatio))
	case r.flagged(BatchRange) && len(r.Values[BatchRange].Ints) > 0:
		return one(fault(Concurrency, fmt.Sprint(n), "exclusive", "--batch-range"))
	}
	return nil
}
