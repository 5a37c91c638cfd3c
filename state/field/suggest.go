package field

import (
	"strconv"

	"fathom/sim/plan"
)

// Suggest proposes a value when the user asks for one, with exactly one honest source. It has none where only the user
// can know: the goal of a disaggregation, the model, the hardware.
func Suggest(id ID, a Answers, c Catalog) (Answer, bool) {
	r := Read(&a, &c)
	if s := suggestions[id]; s != nil {
		if text, why := s(r); text != "" {
			return Answer{text, Heuristic, why}, true
		}
	}
	switch id {
	case InputLength:
		return Answer{"3500", DocumentedExample, "suggest.form"}, true
	case Quantization:
		if p, ok := Published(r); ok {
			return p, true
		}
		return Answer{quantRecommended, CLIDefault, ""}, true
	case Linear:
		fits, _ := r.recommended()
		return Answer{fits.String(), CLIDefault, ""}, true
	case Attention:
		return Answer{plan.AttentionDisabled.String(), CLIDefault, ""}, true
	}
	if d := Table[id].Default; d.Given() {
		return d, true
	}
	return Answer{}, false
}

// Published is the answer to the question of quantisation that a checkpoint on this machine gives by itself, where it
// says how it is quantised.
func Published(r *Reading) (Answer, bool) {
	if r.Model == nil || r.Model.Quantization == nil || !r.Model.Local {
		return Answer{}, false
	}
	return Answer{quantPublished, LocalFile, r.Model.Quantization.Source + ": " + r.Model.Quantization.Method}, true
}

// Inspected are the answers with what the checkpoint says: it answers the question of quantisation where nobody did,
// and takes the answer back when another model stands there. changed is false where all stays.
func Inspected(r *Reading) (a Answers, changed bool) {
	a = *r.Answers
	p, published := Published(r)
	switch old := a[Quantization]; {
	case published && !old.Given() && !a[Linear].Given() && !a[Attention].Given(), published && old.Source == LocalFile &&
		old != p:
		return a.With(Quantization, p), true
	case !published && old.Source == LocalFile && r.Model != nil:
		return a.With(Quantization, Answer{}), true
	}
	return a, false
}

// suggestions are rules of thumb: a value and the text of its reason; an empty value means that the rule does not
// apply.
var suggestions = [NumIDs]func(*Reading) (text, why string){
	Phase: always(phaseBoth, "suggest.both"),
	DeviceCount: func(r *Reading) (string, string) {
		n := 0
		for _, p := range r.Profiles {
			if node := p.Grid.Node; node > 0 && (n == 0 || node < n) {
				n = node
			}
		}
		if n == 0 {
			return "", ""
		}
		return strconv.Itoa(n), "suggest.server"
	},
	PrefillDevices: func(r *Reading) (string, string) {
		return share(r.Int(DeviceCount), 4),
			"suggest.quarter"
	},
	DecodeDevices: func(r *Reading) (string, string) {
		return share(r.Int(DeviceCount), 2), "suggest.half"
	},
	OutputLength: func(r *Reading) (string, string) {
		in := r.Int(InputLength)
		if in == 0 {
			return "", ""
		}
		return strconv.Itoa(max(100, (in*43/100+50)/100*100)), "suggest.answers"
	},
	TTFT: always("2000", "suggest.chat"),
	TPOT: always("50", "suggest.reading"),
	TP: func(r *Reading) (string, string) {
		if r.MoE() {
			return "auto", "suggest.tp-first"
		}
		return "auto", "suggest.powers"
	},
	HitRate: func(r *Reading) (string, string) {
		if !r.PrefixCache() {
			return "", ""
		}
		return "0.3", "suggest.prompt"
	},
	MTPTokens: func(r *Reading) (string, string) {
		if !r.MTP() {
			return "", ""
		}
		return "1", "suggest.draft"
	},
	KVTiers: func(r *Reading) (string, string) {
		least := 0. // the least of the profiles, in GiB
		for _, p := range r.Profiles {
			if p.HostMemory == 0 || p.HostBandwidth == 0 {
				return "", ""
			}
			if g := p.HostMemory / (1 << 30); least == 0 || g < least {
				least = g
			}
		}
		if least == 0 {
			return "", ""
		}
		return "host=" + strconv.FormatFloat(least, 'f', -1, 64), "suggest.host-memory"
	},
	ImageBatch:  always("1", "suggest.images"),
	ImageHeight: always("1024", "suggest.megapixel"),
	ImageWidth:  always("1024", "suggest.megapixel"),
	Compile:     always("on", "suggest.compiled"),
}

func always(text, why string) func(*Reading) (string, string) {
	return func(*Reading) (string, string) { return text, why }
}

// share is the largest power of two within a part of n; "" for too few devices.
func share(n, part int) string {
	if n/part < 1 {
		return ""
	}
	p := 1
	for p*2 <= n/part {
		p *= 2
	}
	return strconv.Itoa(p)
}
