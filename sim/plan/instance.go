package plan

// InstanceSizes are the devices of an instance that a phase is tried on: those that the request says, else every number
// that leaves the other side its least, that there is hardware for, and that the grid holds.
func (r *Request) InstanceSizes(on PhaseOn, pool Pool) (list []int) {
	if on.Devices > 0 {
		return []int{on.Devices}
	}
	other := max(1, r.DecodeDevices)
	if on.Phase == PhaseDecode {
		other = max(1, r.PrefillDevices)
	}
	most := r.Devices - other
	if pool.Devices > 0 {
		most = min(most, pool.Devices)
	}
	for n := 1; n <= most && pool.Profile.Fits(n) == nil; n++ {
		if r.Dealt(n) {
			list = append(list, n)
		}
	}
	return list
}

// Dealt reports whether some of the sizes that a request names divide so many devices: what no layout can be made of
// is not tried.
func (r *Request) Dealt(devices int) bool {
	for _, s := range []Sizes{r.TP, r.EP, r.MoEDP} {
		if !s.Searched || len(s.Values) == 0 {
			continue
		}
		fits := false
		for _, v := range s.Values {
			fits = fits || v > 0 && devices%v == 0
		}
		if !fits {
			return false
		}
	}
	return true
}
