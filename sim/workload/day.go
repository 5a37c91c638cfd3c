package workload

import (
	"fmt"
	"slices"
	"sync"

	"fathom/assets"

	"github.com/BurntSushi/toml"
)

// shape is a day that is shipped, by the hour, relative to its peak.
type shape struct {
	Name   string
	Source string
	Hours  []float64
}

var shapes = sync.OnceValue(func() []shape {
	var file struct{ Shape []shape }
	if err := toml.Unmarshal(assets.Shapes, &file); err != nil {
		panic(fmt.Errorf("shapes.toml: %w", err))
	}
	return file.Shape
})

// DayNames lists the days that are shipped.
func DayNames() (names []string) {
	for _, s := range shapes() {
		names = append(names, s.Name)
	}
	return names
}

// Day is the load of a day that is shipped, relative to its peak, from midnight on at equal distances; nil: there is
// none of that name.
func Day(name string) []float64 {
	i := slices.IndexFunc(shapes(), func(s shape) bool { return s.Name == name })
	if i < 0 {
		return nil
	}
	return slices.Clone(shapes()[i].Hours)
}
