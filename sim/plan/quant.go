package plan

import (
	"fathom/hw"
	"fathom/sim/model"
)

// LinearAction is how linear layers are quantised (reference flag --quantize-linear-action).
type LinearAction uint8

// The actions of the reference tool, in its order.
const (
	LinearDisabled LinearAction = iota
	W8A16Static
	W8A8Static
	W4A8Static
	W8A16Dynamic
	W8A8Dynamic
	W4A8Dynamic
	LinearFP8
	MXFP4
	// Beyond the reference tool: 4-bit integers beside 16-bit activations, NVIDIA's 4-bit floats, and what the checkpoint
	// says of each of its parts.
	W4A16Static
	NVFP4
	AsPublished
	NumLinearActions
)

// linearActions say what an action stores: its format, and whether activations have scales that were stored before.
var linearActions = [NumLinearActions]struct {
	name   string
	format hw.Format
	static bool
}{
	LinearDisabled: {"DISABLED", hw.FormatBF16, false},
	W8A16Static:    {"W8A16_STATIC", hw.FormatW8A16, true},
	W8A8Static:     {"W8A8_STATIC", hw.FormatINT8, true},
	W4A8Static:     {"W4A8_STATIC", hw.FormatW4A8, true},
	W8A16Dynamic:   {"W8A16_DYNAMIC", hw.FormatW8A16, false},
	W8A8Dynamic:    {"W8A8_DYNAMIC", hw.FormatINT8, false},
	W4A8Dynamic:    {"W4A8_DYNAMIC", hw.FormatW4A8, false},
	LinearFP8:      {"FP8", hw.FormatFP8, false},
	MXFP4:          {"MXFP4", hw.FormatMXFP4, false},
	W4A16Static:    {"W4A16_STATIC", hw.FormatINT4G128, true},
	NVFP4:          {"NVFP4", hw.FormatNVFP4, false},
	AsPublished:    {"AS_PUBLISHED", hw.FormatBF16, false},
}

func (a LinearAction) String() string { return linearActions[a].name }

// Ours reports whether the reference tool does not have the action.
func (a LinearAction) Ours() bool { return a > MXFP4 }

// Nearest is the action of the reference tool that stores weights of the same size, for its command.
func (a LinearAction) Nearest(m *model.Model) LinearAction {
	f := a.Format()
	if a == AsPublished && m != nil {
		s := m.Stored
		for _, part := range []hw.Format{s.Projection, s.Dense, s.Expert} {
			if part.Row().Weight < f.Row().Weight {
				f = part
			}
		}
	}
	switch row := f.Row(); {
	case !a.Ours():
		return a
	case row.Weight == 16:
		return LinearDisabled
	case row.Weight == 8 && row.Float:
		return LinearFP8
	case row.Weight == 8:
		return W8A8Dynamic
	case row.Float && row.Act == 4:
		return MXFP4
	}
	return W4A8Dynamic
}

// Format is what the action stores; of a checkpoint as it is published Quant.Stored knows it.
func (a LinearAction) Format() hw.Format { return linearActions[a].format }

// Static reports whether activations are quantised with scales that were stored before.
func (a LinearAction) Static() bool { return linearActions[a].static }

// AttentionAction is how the KV cache and the attention arithmetic are quantised.
type AttentionAction uint8

// FP16, INT8 or FP8 cache.
const (
	AttentionDisabled AttentionAction = iota
	AttentionINT8
	AttentionFP8
	NumAttentionActions
)

var attentionActions = [NumAttentionActions]struct {
	name   string
	format hw.Format
}{{"DISABLED", hw.FormatBF16}, {"INT8", hw.FormatINT8}, {"FP8", hw.FormatFP8}}

func (a AttentionAction) String() string { return attentionActions[a].name }

// Format is what the cache stores.
func (a AttentionAction) Format() hw.Format { return attentionActions[a].format }

// named are constants that have a name each.
type named interface {
	~uint8
	String() string
}

// Action finds one of so many actions by its name.
func Action[A named](name string, count A) (A, bool) {
	for a := range count {
		if a.String() == name {
			return a, true
		}
	}
	return 0, false
}

// Names lists what the constants below a count of them are called.
func Names[A named](count A) []string {
	names := make([]string, count)
	for a := range count {
		names[a] = a.String()
	}
	return names
}

// Quant is a complete quantisation choice.
type Quant struct {
	Linear       LinearAction
	NonExpert    LinearAction // attention, dense MLP, shared experts; LinearDisabled: as Linear
	Attention    AttentionAction
	MXFP4Group   int // 0: 32
	QuantizeHead bool
}

// Grouped reports whether scales stand for groups of weights whose size is asked for.
func (q Quant) Grouped() bool {
	experts, others := q.Parts()
	return experts == MXFP4 || others == MXFP4
}

// Precision is the word that files of measured runs have for a quantisation; "" where they have none.
func (q Quant) Precision() string {
	switch q.Linear {
	case LinearFP8:
		return "fp8"
	case MXFP4:
		return "mxfp4"
	case W8A8Static, W8A8Dynamic:
		return "w8a8"
	case LinearDisabled:
		return "bf16"
	}
	return ""
}

// Stored gives the format of each kind of module.
func (q Quant) Stored(m *model.Model) model.Stored {
	if q.Linear == AsPublished && q.NonExpert == LinearDisabled {
		return m.Stored
	}
	experts, others := q.Parts()
	f := others.Format()
	s := model.Stored{Projection: f, Output: f, State: f, Dense: f, Shared: f, Expert: experts.Format()}
	if experts == AsPublished {
		s.Expert, s.Mean.Expert = m.Stored.Expert, m.Stored.Mean.Expert
	}
	if others == AsPublished {
		s.Projection, s.Output, s.State = m.Stored.Projection, m.Stored.Output, m.Stored.State
		s.Dense, s.Shared = m.Stored.Dense, m.Stored.Shared
		own := m.Stored.Mean
		own.Expert = s.Mean.Expert
		s.Mean = own
	}
	return s
}

// Parts are the actions of routed experts and of everything else.
func (q Quant) Parts() (experts, others LinearAction) {
	if q.NonExpert != LinearDisabled {
		return q.Linear, q.NonExpert
	}
	return q.Linear, q.Linear
}

// Options are the graph options of a pass; all off by default.
type Options struct {
	Compile            bool
	Multistream        bool
	SequenceParallel   bool
	MatmulAllReduce    bool
	DispatchFFNCombine bool
	NoRepetition       bool // price every layer by itself instead of one of each kind
	AllowGraphBreak    bool // accepted; changes nothing here
}
