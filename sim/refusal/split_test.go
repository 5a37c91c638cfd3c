package refusal

import (
	"strings"
	"testing"

	"fathom/hw"
	"fathom/sim/plan"
)

// A split is refused where one side has no instance size: too few devices, sizes that divide none, or more than a
// stock.
func TestSplitsWithoutAnInstance(t *testing.T) {
	h, err := hw.Find("H200_SXM")
	if err != nil {
		t.Fatal(err)
	}
	sized := func(v ...int) plan.Sizes { return plan.Sizes{Searched: true, Values: v} }
	stock := []plan.Pool{{Profile: h, Devices: 4}}
	for _, c := range []struct {
		req  plan.Request
		want string
	}{
		{plan.Request{Devices: 8}, ""},
		{plan.Request{Devices: 1}, "two devices"},
		{plan.Request{Devices: 8, TP: sized(4)}, ""},
		{plan.Request{Devices: 8, TP: sized(8)}, "prefill finds no instance size within 8 devices"},
		{plan.Request{Devices: 8, TP: sized(3), EP: sized(7)}, "the smallest is 21"},
		{plan.Request{Devices: 8, TP: sized(8), PrefillDevices: 4}, "decode finds no instance size"},
		{plan.Request{Devices: 8, TP: sized(8), PrefillDevices: 4, DecodeDevices: 4}, ""}, // the sizes' own rule
		{plan.Request{Devices: 16, PrefillPools: stock, DecodePools: stock}, ""},
		{plan.Request{Devices: 16, PrefillPools: stock, DecodePools: stock, DecodeDevices: 8}, "more than the 4"},
		{plan.Request{Devices: 16, PrefillPools: stock, DecodePools: stock, TP: sized(8)}, "no instance size"},
	} {
		c.req.Mode, c.req.Profiles = plan.PDRatio, []*hw.Profile{h}
		err := checkSplit(&c.req)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%d devices, TP %v: %v, want %q", c.req.Devices, c.req.TP.Values, err, c.want)
		}
	}
}
