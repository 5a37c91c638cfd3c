package plan

import (
	"testing"

	"fathom/sim/model"
)

// The figures are those of simulation-model 5.4, 8.4, 8.6 and 10.
func TestRoute(t *testing.T) {
	v3 := model.FFN{Experts: 256, TopK: 8}
	q30 := model.FFN{Experts: 128, TopK: 8}
	for _, c := range []struct {
		name   string
		s      Strategy
		f      model.FFN
		tokens int
		want   Rows
	}{
		{"V3.1, 64 requests on 16 dies: 256 rows on all 16 experts of rank 0",
			Strategy{TP: 4, DP: 4, EP: 16, MoETP: 1, MoEDP: 1}, v3, 16,
			Rows{Sliced: true, Tokens: 4, Sent: 32, Experts: 256, Local: 16, Active: 16, Wide: 16, High: 16, Total: 256, Own: 16,
				Quantum: 4}},
		{"redundant experts: 136 over 8 ranks",
			Strategy{TP: 2, DP: 4, EP: 8, MoETP: 1, MoEDP: 1, RedundantExperts: 8}, q30, 64,
			Rows{Sliced: true, Tokens: 32, Sent: 256, Experts: 136, Local: 17, Active: 17, Wide: 17, High: 16, Low: 8,
				Total: 272, Own: 34, Quantum: 2}},
		{"external shared experts: two hosts, ten redundant",
			Strategy{TP: 4, DP: 4, EP: 16, MoETP: 1, MoEDP: 1, ExternalShared: true}, v3, 64,
			Rows{Sliced: true, Tokens: 16, Sent: 128, Experts: 266, Local: 19, Active: 19, Wide: 19, High: 16, Total: 304,
				Own: 19, Quantum: 4}},
		{"no EP: the rows of all DP ranks, experts without rows stay idle",
			Strategy{TP: 2, DP: 2, EP: 1, MoETP: 4, MoEDP: 1}, q30, 4,
			Rows{Tokens: 8, Sent: 64, Experts: 128, Local: 128, Active: 64, Wide: 64, High: 1, Total: 64, Own: 64, Quantum: 4}},
		{"DP equals EP: no slice",
			Strategy{TP: 1, DP: 16, EP: 16, MoETP: 1, MoEDP: 1}, v3, 16,
			Rows{Tokens: 16, Sent: 128, Experts: 256, Local: 16, Active: 16, Wide: 16, High: 16, Total: 256, Own: 16,
				Quantum: 1}},
	} {
		got := c.s.Route(c.f, c.tokens)
		if got != c.want {
			t.Errorf("%s:\n got %+v\nwant %+v", c.name, got, c.want)
		}
	}
}

// Every routed row arrives somewhere: the ranks together receive what all sources send.
func TestRouteKeepsRows(t *testing.T) {
	f := model.FFN{Experts: 60, TopK: 4}
	for tokens := 1; tokens < 200; tokens++ {
		s := Strategy{TP: 1, DP: 8, EP: 8, MoETP: 1, MoEDP: 1}
		r := s.Route(f, tokens)
		if r.Total != r.Wide*r.High+(r.Local-r.Wide)*r.Low || r.Total < r.Sent {
			t.Fatalf("%d tokens: rank 0, the fullest, gets %d of %d rows a source", tokens, r.Total, r.Sent)
		}
	}
}

func TestPaddedRows(t *testing.T) {
	r := Strategy{TP: 2, DP: 2, EP: 1, MoETP: 4, MoEDP: 1}.Route(model.FFN{Experts: 128, TopK: 8}, 4)
	if r.Padded(r.High) != 4 || r.Padded(0) != 0 || r.Surplus() != 64*3 {
		t.Errorf("one row pads to %d, none to %d, surplus %d", r.Padded(r.High), r.Padded(0), r.Surplus())
	}
}
