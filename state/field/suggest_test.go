package field

import (
	"testing"

	"fathom/hw"
)

// Host memory is suggested where every profile says what its server has: the least of them.
func TestTierSuggested(t *testing.T) {
	known, less := &hw.Profile{HostMemory: 256 << 30, HostBandwidth: 64e9}, &hw.Profile{HostMemory: 128 << 30, HostBandwidth: 1}
	for _, c := range []struct {
		profiles []*hw.Profile
		want     string
	}{{nil, ""}, {[]*hw.Profile{known}, "host=256"}, {[]*hw.Profile{known, less}, "host=128"},
		{[]*hw.Profile{known, {HostBandwidth: 64e9}}, ""}, {[]*hw.Profile{{HostMemory: 256 << 30}}, ""}} {
		r := &Reading{}
		r.Profiles = c.profiles
		if got, _ := suggestions[KVTiers](r); got != c.want {
			t.Errorf("%d profiles: %q, want %q", len(c.profiles), got, c.want)
		}
	}
}
