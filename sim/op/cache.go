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
	row := a.Format().Row()
	c := Cache{Bytes: float64(row.Weight) / 8, Cube: hw.FP16}
	if row.Weight < 16 {
		c.Cube, c.Quantised, c.Rescale = row.Units[0], true, 2
		if row.Float { // no rounding
			c.Rescale = 1
		}
	}
	return c
}

// Incoming is the bytes of an element on its way to the cache: already quantised, or FP16.
func (c *Cache) Incoming() float64 {
	if c.Quantised {
		return 1
	}
	return 2
}
