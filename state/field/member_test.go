package field

import (
	"reflect"
	"testing"

	"fathom/sim/expert"
	"fathom/sim/plan"
)

// TestEveryAnswerEntersARequestAndComesBack: the two ways of a question are one entry, and no flag of a plan is
// without.
func TestEveryAnswerEntersARequestAndComesBack(t *testing.T) {
	c := world(t)
	c.Loads = map[string]*expert.Load{"loads.csv": {File: "loads.csv", Layers: [][]float64{{2, 1}}}}
	for id := range NumIDs {
		f, m := &Table[id], members[id]
		if m.into == nil {
			continue
		}
		if m.back == nil {
			t.Errorf("%v enters a request and does not come back", id)
			continue
		}
		var a Answers
		a[id] = Answer{Text: f.Example, Source: You}
		switch id { // an example that the catalog of the tests has
		case Model, DraftModel:
			a[id].Text = dense
		case Device:
			a[id].Text = die
		case PrefillPools, DecodePools:
			a[Mode].Text, a[Mode].Source, a[PrefillPools] = modePDRatio, You, Answer{Text: die, Source: You}
			a[id].Text = die + "=4"
		case DeviceCost:
			a[id].Text = die + "=1.8"
		}
		if f.Arity == None {
			a[id].Text = "on"
		}
		r := Read(&a, &c)
		q := &plan.Request{}
		m.into(r, id, q)
		if reflect.DeepEqual(q, &plan.Request{}) {
			if v, _ := f.Parse(f.Default.Text); !reflect.DeepEqual(v, r.Values[id]) {
				t.Errorf("%v: %q leaves the request as it was", id, a[id].Text)
			}
		}
		if got := m.back(q); !reflect.DeepEqual(got, r.Values[id]) {
			t.Errorf("%v: %+v came back as %+v", id, r.Values[id], got)
		}
	}
}
