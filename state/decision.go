package state

import (
	"fathom/sim/decision"
	"fathom/sim/plan"
	"fathom/state/field"

	"fathom/hw/message"
)

// DecisionView is what the decision of the plan on screen hangs on.
type DecisionView struct {
	Run    int // under way, 0: none
	Done   int // plans answered
	Result *decision.Result
	Fault  message.Message

	request *plan.Request
	of      int
	variant Variant
}

// The effects and events of decisions.
type (
	// Decide finds what a request's decision hangs on: Deciding any number of times, then Decided, always. Cancel ends it.
	Decide struct {
		Run     int
		Request *plan.Request
		Ranges  []decision.Range
	}
	// Deciding is how many plans are answered.
	Deciding struct{ Run, Done int }
	// Decided ends it.
	Decided struct {
		Run    int
		Result *decision.Result
		Err    error
	}
)

func (Decide) effect()  {}
func (Deciding) event() {}
func (Decided) event()  {}

// openDecision shows what the plan on screen hangs on, and finds it out where that is not known yet.
func (u *update) openDecision() {
	v, q := &u.Results.Decision, u.sweepable()
	u.Overlay = Overlay{Kind: DecisionOverlay}
	if q == nil || v.of == u.Results.Run && v.variant == u.Results.Variant && (v.Run != 0 || v.Result != nil) {
		return
	}
	u.stopDecision()
	u.lastQuiet--
	*v = DecisionView{Run: u.lastQuiet, request: q, of: u.Results.Run, variant: u.Results.Variant}
	u.emit(Decide{Run: v.Run, Request: q, Ranges: decision.Usual(q)})
}

func (u *update) stopDecision() {
	if v := &u.Results.Decision; v.Run != 0 {
		u.emit(Cancel{v.Run})
		*v = DecisionView{}
	}
}

func (u *update) deciding(e Deciding) {
	if v := &u.Results.Decision; e.Run == v.Run && v.Run != 0 {
		v.Done = e.Done
	}
}

func (u *update) decided(e Decided) {
	v := &u.Results.Decision
	if e.Run != v.Run || v.Run == 0 {
		return
	}
	v.Run, v.Result = 0, e.Result
	if e.Err != nil {
		v.Fault = failureOf(e.Err).Message
	}
}

// doDecision carries out an action over a decision.
func (u *update) doDecision(a Action) {
	switch a {
	case CopyCommand:
		u.emit(Copy{What: TheOurs, Text: u.decisionCommand()})
	case FullText:
		u.fullText(u.decisionCommand())
		u.Overlay.Under = DecisionOverlay
	default:
		u.scroll(&u.Overlay.Top, a)
	}
}

// decisionCommand is the command that gives the same without a screen.
func (m *Model) decisionCommand() string {
	v := &m.Results.Decision
	argv := field.PlanCommand(m.answersOf(v.of, v.variant, v.request), *m.Catalog)
	return field.Shell(append(argv, "--sensitivity"))
}
