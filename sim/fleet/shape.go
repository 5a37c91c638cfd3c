package fleet

import (
	"fmt"
	"slices"
	"sync"

	"fathom/assets"

	"github.com/BurntSushi/toml"
)

// Shape is a day that is shipped, by the hour, relative to its peak.
type Shape struct {
	Name   string
	Source string
	Hours  []float64
}

var shapes = sync.OnceValue(func() []Shape {
	var file struct{ Shape []Shape }
	if err := toml.Unmarshal(assets.Shapes, &file); err != nil {
		panic(fmt.Errorf("shapes.toml: %w", err))
	}
	return file.Shape
})

// ShapeNames lists their names.
func ShapeNames() (names []string) {
	for _, s := range shapes() {
		names = append(names, s.Name)
	}
	return names
}

// ShapeOf is the day of a name, with a peak of so many requests per second; false: there is none.
func ShapeOf(name string, peak float64) (Curve, bool) {
	i := slices.IndexFunc(shapes(), func(s Shape) bool { return s.Name == name })
	if i < 0 {
		return nil, false
	}
	var c Curve
	hours := shapes()[i].Hours
	for h, v := range append(slices.Clone(hours), hours[0]) { // the day after begins as this one
		c = append(c, Point{float64(h) * 86400 / float64(len(hours)), v})
	}
	return c.Scaled(peak), true
}
