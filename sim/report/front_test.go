package report

import (
	"reflect"
	"testing"
)

func TestCostFront(t *testing.T) {
	row := func(cost, tpot float64) Row { return Row{Status: OK, CostPerMTok: &cost, TPOT: &tpot} }
	rows := []Row{row(3, 10), row(2, 20), row(4, 15), row(1, 40), {Status: OK, TPOT: ptr(1.0)}, row(2, 20)}
	if got := CostFront(rows); !reflect.DeepEqual(got, []int{0, 1, 5, 3}) {
		t.Errorf("got %v: the third is dearer and slower than the first, the fifth has no price", got)
	}
}
