package launch

import (
	"slices"
	"strings"
	"testing"

	"fathom/hw/message"
	"fathom/sim/plan"
)

// What a row has of copies of experts and of half batches stands in its command, or beside it.
func TestExpertsInCommands(t *testing.T) {
	r := row(plan.PhaseDecode)
	r.Strategy.DCP, r.Strategy.RedundantExperts, r.Strategy.TwoBatch = 1, 32, true
	for title, want := range map[string]string{
		"vLLM": `--enable-eplb --eplb-config {"num_redundant_experts":32} --enable-dbo ` +
			`--all2all-backend deepep_low_latency`,
		"SGLang":      "--enable-eplb --ep-num-redundant-experts 32 --enable-two-batch-overlap --moe-a2a-backend deepep",
		"vLLM-Ascend": `--additional-config {"eplb_config":{"dynamic_eplb":true,"num_redundant_experts":32}}`,
	} {
		c := Write(on(t, title), r, request(), nil)
		if got := strings.Join(c.Args, " "); !strings.Contains(got, want) {
			t.Errorf("%s: %s\nwant %s", title, got, want)
		}
		said := slices.ContainsFunc(c.Caveats, func(m message.Message) bool {
			return strings.Contains(m.String(), "two half batches")
		})
		if said != (title == "vLLM-Ascend") {
			t.Errorf("%s: %v", title, c.Caveats)
		}
	}
}
