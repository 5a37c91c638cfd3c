package hw

import (
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"unicode"
)

// Whatever a file holds: no panic; an error whose parts can be printed; or a profile with finite links that a template
// carries over.
func FuzzParse(f *testing.F) {
	// A shipped profile has 15 kB of fitted constants, which take a hundred times as long to read as to change: those that
	// are shipped are read by their own test, and what a fuzzer changes is the small one with one of each part.
	f.Add([]byte(whole))
	f.Add([]byte(strings.Replace(whole, "64", "1e-400", 1)))
	f.Add([]byte("[[grid.level]]\n[grid]\nshape = [1, [2]]"))
	f.Add([]byte("kernel.group.2.x = 1979-05-27\nkernel = {}"))
	f.Add([]byte("\"a\\u001b\".b.c.d.e.f.g.h.i.j = 1"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Parse("fuzz.toml", data)
		if err != nil {
			var faults Faults
			if p != nil || !errors.As(err, &faults) || len(faults) == 0 || len(faults) > mostFaults+1 {
				t.Fatalf("%v, %v", p, err)
			}
			printable(t, strings.ReplaceAll(err.Error(), "\n", ""))
			return
		}
		printable(t, p.Name+p.Short+p.Vendor+p.Description+p.Source+strings.Join(p.Aliases, ""))
		for size := 1; size < 20; size++ {
			if l := p.Grid.Link(size, size); !(l.Bandwidth > 0) || math.IsInf(l.Bandwidth, 0) || !(l.Latency >= 0) {
				t.Fatalf("group of %d: %v", size, l)
			}
		}
		if v := p.Facts().CubeTFLOPS; !(v > 0) || math.IsInf(v, 0) {
			t.Fatalf("cube %v", v)
		}
		back, err := Parse("template.toml", Template(p))
		if err != nil || !reflect.DeepEqual(p, back) {
			t.Fatalf("%v\n%+v\n%+v\n%s", err, p, back, Template(p))
		}
	})
}

func printable(t *testing.T, s string) {
	t.Helper()
	for _, r := range s {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			t.Fatalf("%q", s)
		}
	}
}
