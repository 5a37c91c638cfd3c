package search

import (
	"slices"

	"fathom/sim/plan"
)

// anyPrompt is the budget where no prompt length is known, and the largest one that engines default to.
const anyPrompt = 8192

// budgets are the token budgets to try, in order. The reference tool's automatic ones fall from four prompts to one; a
// decode phase has no prompt steps, so it shows only the first (search-and-serving 3.2).
func (j *job) budgets() []int {
	if j.req.MaxBatchedTokens > 0 {
		return []int{j.req.MaxBatchedTokens}
	}
	length := j.req.InputLength
	if j.lengths != nil {
		length = j.lengths.Mean
	}
	if length <= 0 {
		return []int{anyPrompt}
	}
	switch {
	case j.phase == plan.PhaseDecode:
		return []int{4 * length}
	case j.everyBudget():
		list := []int{length, 2 * length, 4 * length, anyPrompt}
		slices.Sort(list)
		return slices.Compact(list)
	}
	return []int{4 * length, 2 * length, length}
}

// everyBudget tells whether all budgets are searched and the best one wins.
func (j *job) everyBudget() bool { return j.exhaustive || j.switches.EveryBudget }
