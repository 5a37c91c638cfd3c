package calibrate

import (
	"fmt"
	"slices"
	"strings"

	"fathom/hw"
	"fathom/sim/score"
)

// Devices says what the device column of measurements names. Factors of a fit are shared between devices, and kernels
// and engines of two vendors have nothing to share: a fit takes one vendor's.
type Devices struct {
	Vendors []string // of the known ones, in the order of the measurements; "" where profiles name none
	Unknown []string // names that no profile answers to, sorted

	vendor map[string]string // by name in the measurements
}

// DevicesOf looks up names of devices; each may come many times.
func DevicesOf(names []string, find func(string) (*hw.Profile, error)) *Devices {
	out := &Devices{vendor: map[string]string{}}
	for _, name := range names {
		if out.Knows(name) || slices.Contains(out.Unknown, name) {
			continue
		}
		d, err := score.DeviceOf(name, find)
		if err != nil {
			out.Unknown = append(out.Unknown, name)
			continue
		}
		out.vendor[name] = d.Vendor
		if !slices.ContainsFunc(out.Vendors, func(v string) bool { return strings.EqualFold(v, d.Vendor) }) {
			out.Vendors = append(out.Vendors, d.Vendor)
		}
	}
	slices.Sort(out.Unknown)
	return out
}

// Knows reports whether a profile answers to a name.
func (s *Devices) Knows(name string) bool {
	_, known := s.vendor[name]
	return known
}

// By reports whether a name is that of a vendor's device.
func (s *Devices) By(name, vendor string) bool {
	v, known := s.vendor[name]
	return known && strings.EqualFold(v, vendor)
}

// Says is all that a pass says, so that two that say the same can be known.
func (p *Pass) Says() string {
	x := *p
	x.model = nil // named by Model
	return fmt.Sprintf("%+v", x)
}
