package refusal

import (
	"strings"
	"testing"

	"fathom/hw"
	"fathom/sim/plan"
)

// A cap on what states no watts, or below what is drawn idle, is refused.
func TestPower(t *testing.T) {
	for _, c := range []struct {
		p    hw.Profile
		req  plan.Request
		want string
	}{
		{hw.Profile{Name: "A"}, plan.Request{PowerCap: 300}, "A states no watts"},
		{hw.Profile{Name: "A"}, plan.Request{PerWatt: 1}, "A states no watts"},
		{hw.Profile{Name: "B", PowerWatts: 700}, plan.Request{PowerCap: 175}, "idle_w"},
		{hw.Profile{Name: "B", PowerWatts: 700}, plan.Request{PowerCap: 690}, "H200_SXM"},
		{hw.Profile{Name: "B", PowerWatts: 700}, plan.Request{PowerCap: 700}, ""},
		{hw.Profile{Name: "C", PowerWatts: 700, IdleWatts: 74}, plan.Request{PowerLimit: 500, Devices: 8},
			"leave nothing to work with"},
		{hw.Profile{Name: "C", PowerWatts: 700, IdleWatts: 74}, plan.Request{PowerLimit: 5000, Devices: 8}, ""},
		{hw.Profile{Name: "C", PowerWatts: 700, IdleWatts: 74}, plan.Request{PowerCap: -1}, "below 0"},
	} {
		c.req.Profiles = []*hw.Profile{&c.p}
		err := checkPower(&c.req)
		if got := ""; err != nil && !strings.Contains(err.Error(), c.want) || (err == nil) != (c.want == "") {
			t.Errorf("%s: %v%s, want %q", c.p.Name, err, got, c.want)
		}
	}
}
