package field

// Table holds every question in asking order; Table[id].ID == id. It is never changed after start.
var Table = build()

func build() (t [NumIDs]Field) {
	for _, part := range [][]Field{deploymentFields(), searchFields(), quantFields(), optionFields(), answerFields(),
		serviceFields(), engineFields(),
		machineryFields(), screenFields()} {
		for _, f := range part {
			t[f.ID] = f
		}
	}
	return t
}

// Values of the closed lists that code asks for by name.
const (
	modeAggregation    = "aggregation"
	modeDisaggregation = "disaggregation"
	modePDRatio        = "pd_ratio"
	goalPhases         = "phases"
	goalRatio          = "ratio"
	phasePrefill       = "prefill"
	phaseDecode        = "decode"
	phaseBoth          = "both"
	quantRecommended   = "recommended"
	quantCustom        = "custom"
	quantPublished     = "published"
	engineEmbedded     = "embedded"
	engineMsmodeling   = "msmodeling"
	engineBoth         = "both"
	flagDisagg         = "disagg"
	flagPDRatio        = "enable-optimize-prefill-decode-ratio"
)

// choices makes a closed list of values without other words.
func choices(values ...string) []Choice {
	out := make([]Choice, len(values))
	for i, v := range values {
		out[i].Value = v
	}
	return out
}

// byDefault is the reference tool's own default for an absent flag.
func byDefault(text string) Answer { return Answer{Text: text, Source: CLIDefault} }

// Lookup finds a field by its TOML key.
func Lookup(name string) (*Field, bool) {
	for i := range Table {
		if Table[i].Name == name {
			return &Table[i], true
		}
	}
	return nil, false
}
