package plan

import (
	"math/bits"
	"slices"
)

// Of is the list that a dimension stands for on world devices: the one absent value where it is not searched, the
// values given without repeats, else every size of the default range (search-and-serving 2).
func (s Sizes) Of(world, absent int, exhaustive bool) []int {
	switch {
	case !s.Searched:
		return []int{absent}
	case len(s.Values) > 0:
		return Unique(s.Values)
	case exhaustive:
		return Divisors(world)
	}
	return Powers(world)
}

// Stages are the pipeline depths of an exhaustive search on world devices: those given that divide them, else every
// divisor that leaves each stage a layer; one while the number of layers is not known (0).
func (s Sizes) Stages(world, layers int) []int {
	switch {
	case s.Searched && len(s.Values) > 0:
		return slices.DeleteFunc(Unique(s.Values), func(pp int) bool { return pp < 1 || world%pp != 0 })
	case layers <= 0:
		return []int{1}
	}
	return slices.DeleteFunc(Divisors(world), func(pp int) bool { return pp > layers })
}

// Powers are 1, 2, 4, … up to n, the reference tool's default range.
func Powers(n int) []int {
	list := make([]int, 0, bits.Len(uint(n)))
	for i := range bits.Len(uint(n)) {
		list = append(list, 1<<i)
	}
	return list
}

// Divisors of the devices: what an exhaustive search tries, so that 6 devices also get TP 3 and 6.
func Divisors(n int) []int {
	var list []int
	for i := 1; i <= n; i++ {
		if n%i == 0 {
			list = append(list, i)
		}
	}
	return list
}

// Unique drops repeated values and keeps the order in which they were given.
func Unique(list []int) []int {
	var out []int
	for _, v := range list {
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}
