package field

import "testing"

// A number is read in the units that people write behind it.
func TestUnitsOfOurQuestions(t *testing.T) {
	for _, c := range []struct {
		id   ID
		text string
		want float64
	}{{PowerCap, "0.5kW", 500}, {PowerCap, "500 W", 500}, {PowerLimit, "60kW", 60000}, {PowerLimit, "3.5k", 3500},
		{PowerLimit, "1.2 MW", 1.2e6}, {PowerLimit, "4千瓦", 4000}, {TargetQPS, "20/s", 20}, {TargetQPS, "1.2k", 1200},
		{QPS, "90/min", 1.5}, {QPS, "4 req/s", 4}, {DraftShare, "10%", 0.1}} {
		if v, p := Table[c.id].Parse(c.text); p != nil || v.Floats[0] != c.want {
			t.Errorf("%s %q: %v, %v", c.id, c.text, v.Floats, p)
		}
	}
	for id, text := range map[ID]string{PowerCap: "5 GB", PowerLimit: "2s", QPS: "50%", PerWatt: "1.5 W"} {
		if v, p := Table[id].Parse(text); p == nil {
			t.Errorf("%s %q: %v", id, text, v.Floats)
		}
	}
}
