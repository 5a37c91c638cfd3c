package report

import (
	"reflect"
	"testing"
)

func TestFront(t *testing.T) {
	row := func(gain, tpot float64) Row { return Row{Status: OK, PerDevice: gain, TPOT: &tpot} }
	rows := []Row{row(1, 10), row(3, 20), row(0.5, 15), row(4, 40), {Status: OK, PerDevice: 9}, row(3, 20)}
	rows = append(rows, Row{Status: OverTPOT, PerDevice: 9, TPOT: ptr(1.0)})
	if got := Front(rows); !reflect.DeepEqual(got, []int{0, 1, 5, 3}) {
		t.Errorf("got %v: the third serves less and is slower than the first, the fifth has no latency, the last breaks a "+
			"limit", got)
	}
}
