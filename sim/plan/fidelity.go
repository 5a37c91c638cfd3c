package plan

import (
	"fathom/hw"
	"fathom/hw/message"
)

// On resolves which numbers a profile is priced with: by default those of the reference tool where its constants come
// from there, else measured ones where there are any (cli.md). The error says what the profile lacks.
func (f Fidelity) On(p *hw.Profile) (Fidelity, error) {
	switch {
	case f == Reference && !p.Reference:
		return 0, message.Fault("failure.no-constants", p.Name)
	case f == Calibrated && p.Kernel == nil:
		return 0, message.Fault("failure.no-kernels", p.Name)
	case f != FidelityAuto:
		return f, nil
	case p.Reference:
		return Reference, nil
	case p.Kernel != nil:
		return Calibrated, nil
	}
	return Corrected, nil
}

// Fidelity is the fidelity of both sides of a pairing. Where their defaults differ, both are priced as corrected:
// rates of two arithmetics cannot be balanced against each other.
func (p Pairing) Fidelity(asked Fidelity) (Fidelity, error) {
	f, err := asked.On(p.Prefill.Profile)
	if err != nil || p.Decode.Profile == p.Prefill.Profile {
		return f, err
	}
	g, err := asked.On(p.Decode.Profile)
	if err == nil && f != g {
		f = Corrected
	}
	return f, err
}
