package op

import (
	"fathom/hw"
	"fathom/sim/plan"
)

// Cache is how the KV cache is stored and the attention arithmetic done.
type Cache struct {
	Bytes     float64  // of one cached element
	Cube      hw.DType // peak of the two attention products
	Quantised bool
	Rescale   float64 // vector operations per element of each change of format (simulation-model 4.2)
}

// NewCache gives the cache of an action.
func NewCache(a plan.AttentionAction) Cache {
	switch a {
	case plan.AttentionINT8:
		return Cache{Bytes: 1, Cube: hw.INT8, Quantised: true, Rescale: 2}
	case plan.AttentionFP8:
		return Cache{Bytes: 1, Cube: hw.FP8, Quantised: true, Rescale: 1}
	}
	return Cache{Bytes: 2, Cube: hw.FP16}
}

// Incoming is the bytes of an element on its way to the cache: already quantised, or FP16.
func (c *Cache) Incoming() float64 {
	if c.Quantised {
		return 1
	}
	return 2
}
