package refusal

import (
	"strings"
	"testing"

	"fathom/hw"
	"fathom/sim/plan"
)

// A PD ratio is refused where none of its pairings has a way for KV caches, with what would do; one that has is enough,
// and a profile with itself is asked for nothing.
func TestNoWayForCaches(t *testing.T) {
	find := func(name string) *hw.Profile {
		p, err := hw.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	h, card, a3 := find("H200_SXM"), find("ATLAS_800_A2_280T_64G_PCIE"), find("ATLAS_800_A3_752T_128G_DIE")
	pools := func(list ...*hw.Profile) (out []plan.Pool) {
		for _, p := range list {
			out = append(out, plan.Pool{Profile: p})
		}
		return out
	}
	for _, c := range []struct {
		prefill, decode []plan.Pool
		by              plan.KVPath
		want            string
	}{
		{pools(h), pools(h), plan.KVAuto, ""},
		{pools(card), pools(card), plan.KVAuto, ""},
		{pools(card), pools(h), plan.KVAuto, "PCIE states no network"},
		{pools(card, a3), pools(h), plan.KVAuto, ""},
		{pools(a3), pools(h), plan.KVLink, "share no fabric"},
		{pools(card), pools(card), plan.KVRDMA, "states no network"},
		{pools(card), pools(card), plan.KVHost, "does not state its link to host memory"},
		{pools(a3), pools(a3), plan.KVHost, ""},
		{pools(h), pools(h), plan.KVHost, ""},
	} {
		req := &plan.Request{Mode: plan.PDRatio, Profiles: []*hw.Profile{h}, PrefillPools: c.prefill, DecodePools: c.decode,
			KVPath: c.by}
		err := checkKVPath(req)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s to %s by %v: %v, want %q", c.prefill[0].Profile.Name, c.decode[0].Profile.Name, c.by, err, c.want)
		}
	}
}
