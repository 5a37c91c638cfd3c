package search

import (
	"slices"
	"strings"
	"testing"

	"fathom/sim/plan"
)

func labels(list []tuple, valid bool) (out []string) {
	for _, t := range list {
		if (t.rule.IsZero()) == valid {
			out = append(out, t.label)
		}
	}
	return out
}

func TestDefaultRanges(t *testing.T) {
	if got := plan.Powers(6); !slices.Equal(got, []int{1, 2, 4}) {
		t.Errorf("powers of two up to 6: %v", got)
	}
	if got := plan.Divisors(12); !slices.Equal(got, []int{1, 2, 3, 4, 6, 12}) {
		t.Errorf("divisors of 12: %v", got)
	}
}

// Without any size flag TP is searched; a DCP flag alone does not count as one.
func TestTPIsSearchedByDefault(t *testing.T) {
	req := question()
	req.DCP = sizes(1)
	got := labels(space(req, plan.PhaseAggregation, 8, false, false), true)
	want := []string{"TP=1 | PP=1 | DP=8", "TP=2 | PP=1 | DP=4", "TP=4 | PP=1 | DP=2", "TP=8 | PP=1 | DP=1"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}

// Search-and-serving 2: 4 devices, TP 4, every EP and MoE-DP, a dense model: six tuples by the reference's filters, one
// row.
func TestDenseTuplesCollapse(t *testing.T) {
	req := question()
	req.TP, req.EP, req.MoEDP = sizes(4), plan.Sizes{Searched: true}, plan.Sizes{Searched: true}
	list := space(req, plan.PhaseAggregation, 4, false, false)
	if got := labels(list, true); !slices.Equal(got, []string{"TP=4 | PP=1 | DP=1"}) {
		t.Errorf("got %v", got)
	}
}

// Sizes of experts rule nothing out where there are no experts: MoE-DP 2 beside the default EP divides no 4 devices.
func TestDenseModelIgnoresExpertSizes(t *testing.T) {
	req := question()
	req.MoEDP = sizes(2)
	if got := labels(space(req, plan.PhaseAggregation, 4, false, false), true); !slices.Equal(got,
		[]string{"TP=4 | PP=1 | DP=1"}) {
		t.Errorf("got %v", got)
	}
}

// Search-and-serving 2: MoE, W=4, TP 2, EP and MoE-DP 1 2 4: nine tuples, six valid.
func TestExpertTuples(t *testing.T) {
	req := question()
	req.Model, req.TP, req.EP, req.MoEDP = experts(), sizes(2), sizes(1, 2, 4), sizes(1, 2, 4)
	list := space(req, plan.PhaseAggregation, 4, false, false)
	var got [][3]int
	for _, u := range list {
		if u.rule.IsZero() {
			got = append(got, [3]int{u.strategy.EP, u.strategy.MoETP, u.strategy.MoEDP})
		}
	}
	if want := [][3]int{{1, 4, 1}, {1, 2, 2}, {1, 1, 4}, {2, 2, 1}, {2, 1, 2}, {4, 1, 1}}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if skipped := labels(list, false); len(skipped) != 3 {
		t.Errorf("skipped %v, want three", skipped)
	}
}

func TestExpertModelWithoutFlagsUsesEveryDeviceForEP(t *testing.T) {
	req := question()
	req.Model = experts()
	got := labels(space(req, plan.PhaseDecode, 2, false, false), true)
	want := []string{"TP=1 | PP=1 | DP=2 | EP=2 | MOE-TP=1 | MOE-DP=1", "TP=2 | PP=1 | DP=1 | EP=2 | MOE-TP=1 | MOE-DP=1"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}

// MTP is inside MoE-DP and outside DCP; a prefill phase knows no DCP.
func TestOrderOfDimensions(t *testing.T) {
	req := question()
	req.TP, req.DCP, req.MTP = sizes(4), sizes(1, 2), []int{1, 0, 1}
	got := labels(space(req, plan.PhaseDecode, 4, false, false), true)
	want := []string{"TP=4 | PP=1 | DP=1 | MTP=1", "TP=4 | PP=1 | DP=1 | MTP=1 | DCP=2", "TP=4 | PP=1 | DP=1",
		"TP=4 | PP=1 | DP=1 | DCP=2"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	if got := space(req, plan.PhasePrefill, 4, false, false); len(got) != 2 {
		t.Errorf("prefill: %v", got)
	}
}

func TestRulesAreNamed(t *testing.T) {
	for _, c := range []struct {
		edit func(*plan.Request)
		want string
	}{
		{func(r *plan.Request) { r.TP = sizes(3) }, "TP=3 does not divide 8 devices"},
		{func(r *plan.Request) { r.TP = sizes(16) }, "TP=16 > 8 devices"},
		{func(r *plan.Request) { r.TP, r.DCP = sizes(4), sizes(3) }, "DCP=3 does not divide TP=4"},
		{func(r *plan.Request) { r.Model, r.EP, r.MoEDP = experts(), sizes(4), sizes(4) }, "EP x MoE-DP=16 > 8 devices"},
		{func(r *plan.Request) { r.Model.Layers[0].Attention.KVHeads, r.TP, r.DCP = 2, sizes(8), sizes(2) },
			"DCP=2 needs 4 KV heads (TP/DCP), the model has 2"},
		{func(r *plan.Request) { r.Model, r.EP, r.SharedExpertTP = experts(), sizes(1), true },
			"shared-expert TP needs EP above 1"},
	} {
		req := question()
		req.TP = sizes(8)
		c.edit(req)
		list := space(req, plan.PhaseDecode, 8, false, false)
		if len(list) == 0 || list[0].rule.String() != c.want {
			t.Errorf("want %q, got %+v", c.want, list)
		}
	}
}

// The switch of corrected.md: draft tokens need heads.
func TestSwitchMTPHeads(t *testing.T) {
	req := question()
	req.TP, req.MTP = sizes(1), []int{0, 2}
	if got := labels(space(req, plan.PhaseDecode, 1, false, false), true); len(got) != 2 {
		t.Errorf("reference: %v", got)
	}
	list := space(req, plan.PhaseDecode, 1, true, false)
	if got := labels(list, true); len(got) != 1 || !strings.Contains(list[1].rule.String(), "no MTP heads") {
		t.Errorf("corrected: %v, %q", got, list[1].rule)
	}
	req.Model.MTPHeads = 1
	if got := labels(space(req, plan.PhaseDecode, 1, true, false), true); len(got) != 2 {
		t.Errorf("corrected, with heads: %v", got)
	}
}

// An exhaustive space has everything of the reference's, every divisor, and pipeline stages.
func TestExhaustiveSpaceContainsTheReferences(t *testing.T) {
	req := question()
	for _, world := range []int{1, 6, 8, 12} {
		all := labels(space(req, plan.PhaseAggregation, world, false, true), true)
		for _, l := range labels(space(req, plan.PhaseAggregation, world, false, false), true) {
			if !slices.Contains(all, l) {
				t.Errorf("%d devices: %s is missing", world, l)
			}
		}
		if world == 6 && !slices.Contains(all, "TP=3 | PP=2 | DP=1") {
			t.Errorf("6 devices: two stages of TP 3 are missing in %v", all)
		}
	}
	req.PP = sizes(1)
	if got := space(req, plan.PhaseAggregation, 8, false, true); len(got) != 4 {
		t.Errorf("one stage asked for: %v", labels(got, true))
	}
}
