package score

import (
	"slices"
	"strings"

	"fathom/sim/kernel"
	"fathom/sim/model"
	"fathom/sim/traffic"
)

// recipe is one line of the table of settings of known harnesses: conditions, then what they mean.
type recipe struct {
	Runs              string // "ci" or "vendor"; "any"
	Engine, Model     string
	Device, Precision []string
	Input, Output     int
	BelowTP           int `toml:"below_tp"`
	FromConcurrency   int `toml:"from_concurrency"`
	BelowConcurrency  int `toml:"below_concurrency"`
	EP                int
	FromDP            int `toml:"from_dp"`
	FromPrefillDP     int `toml:"from_prefill_dp"`
	Version, Date     []string
	Stated            []string // parts of the engine's name and version as the file has them, one of which must be there
	Image, Dump       string   // endings
	Mode              string   // agg or disagg
	Before            string   // date; runs without one do not count

	BatchedTokens int `toml:"batched_tokens"`
	OverLengths   int `toml:"over_lengths"`
	OverInput     int `toml:"over_input"`
	Sequences     int
	FewerSlots    int `toml:"fewer_slots"`
	Poll          int
	WaitSteps     int     `toml:"wait_steps"`
	WaitShare     float64 `toml:"wait_share"`
	Interval      int
	AtOnce        *bool   `toml:"at_once"`
	InTurn        bool    `toml:"in_turn"` // decode instances take requests one after the other
	MTP           bool    // tokens were guessed ahead by the model's own layers
	EagerUS       float64 `toml:"eager_us"`
	Captures      int     // graphs are captured for multiples of so many sequences, up to the most that run; 0: for one
	PromptEagerUS float64 `toml:"prompt_eager_us"`
	Waves         int     // prompts for each request in flight
	Graph         int     // sequences of a rank in the only captured graph
	Spread        *float64
	// ColdS is how long the first step that fills the token budget takes longer, in seconds, where nobody warmed the
	// server up: kernels for such steps are built when they are first needed. Disaggregated, the first requests wait
	// whatever their number.
	ColdS float64 `toml:"cold_s"`

	// Factors on fitted numbers: what sets the runs apart from those that the numbers were fitted to.
	ArrivePerRequest float64 `toml:"arrive_per_request"`
}

func (c *recipe) fits(t *table, r *Row, m *model.Model) bool {
	runs := c.Runs == "any" || c.Runs == "ci" && r.CI || c.Runs == "vendor" && r.Vendor
	if c.Before != "" && (r.Date == "" || r.Date >= c.Before) {
		return false
	}
	if c.Mode != "" && (c.Mode == "disagg") != r.Disaggregated {
		return false
	}
	return runs && stated(r.EngineText+" "+r.Version, c.Stated) && c.Engine == r.Engine.String() &&
		strings.Contains(m.Name, c.Model) && t.starts(r.Device, c.Device) &&
		one(c.Precision, r.Precision) && one(c.Version, r.Version) && one(c.Date, r.Date) &&
		strings.HasSuffix(r.Image, c.Image) && strings.HasSuffix(r.Dump, c.Dump) &&
		(c.Input == 0 || c.Input == r.Input) && (c.Output == 0 || c.Output == r.Output) && (c.EP == 0 || c.EP == r.Side.EP) &&
		(c.BelowTP == 0 || r.Side.TP*r.Side.DP < c.BelowTP) && r.Concurrency >= c.FromConcurrency &&
		(c.BelowConcurrency == 0 || r.Concurrency < c.BelowConcurrency) && r.Side.DP >= c.FromDP &&
		(c.FromPrefillDP == 0 || r.Prefill.DP >= c.FromPrefillDP)
}

// stated reports whether a text holds one of the parts; an empty list takes everything.
func stated(text string, parts []string) bool {
	return len(parts) == 0 || slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(text, p) })
}

// one reports whether a value is in a list; an empty list takes everything.
func one(list []string, value string) bool { return len(list) == 0 || slices.Contains(list, value) }

// apply sets what the recipe states of the scheduler.
func (c *recipe) apply(e *traffic.Engine, r *Row) {
	set := func(to *int, v int) {
		if v > 0 {
			*to = v
		}
	}
	set(&e.BatchedTokens, c.BatchedTokens)
	if c.OverLengths > 0 {
		e.BatchedTokens = r.Input + r.Output + c.OverLengths
	}
	if c.OverInput > 0 {
		e.BatchedTokens = r.Input + r.Concurrency + c.OverInput
	}
	set(&e.Sequences, c.Sequences)
	if c.FewerSlots > 0 {
		e.Sequences = max(1, r.Concurrency-c.FewerSlots)
	}
	set(&e.Poll, c.Poll)
	set(&e.WaitSteps, c.WaitSteps)
	set(&e.Interval, c.Interval)
	if c.AtOnce != nil {
		e.AtOnce = *c.AtOnce
	}
	if c.WaitShare > 0 {
		e.WaitShare = c.WaitShare
	}
}

// tune sets what the recipe states of the kernels, for so many sequences at most (0: not stated).
func (c *recipe) tune(k *kernel.Constants, sequences int) {
	switch {
	case c.EagerUS == 0:
	case c.Captures == 0:
		k.Eager, k.Captured = c.EagerUS*1e-6, 0
	case sequences > c.Captures && sequences%c.Captures > 0: // the largest graph holds fewer than run
		k.Eager, k.Captured = c.EagerUS*1e-6, sequences/c.Captures*c.Captures
	}
	if c.PromptEagerUS > 0 {
		k.PromptEager = c.PromptEagerUS * 1e-6
	}
	k.Graph = max(k.Graph, c.Graph)
}

// scale applies the factors to fitted numbers.
func (c *recipe) scale(costs *Costs) {
	if c.ArrivePerRequest > 0 {
		costs.Host.ArriveSeq *= c.ArrivePerRequest
	}
}
