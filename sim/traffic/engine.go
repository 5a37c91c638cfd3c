package traffic

import (
	"math"
	"slices"

	"fathom/hw/message"
)

// Policy says how a step mixes prompts and decodes.
type Policy uint8

// Mixed lets decodes ride along with prompt pieces (vLLM's chunked prefill). PrefillFirst stops decodes while there is
// any prompt to work on (SGLang's default). WholePrompts mixes too, but splits a prompt only where it is alone in the
// step (TensorRT-LLM without chunked context).
const (
	Mixed Policy = iota
	PrefillFirst
	WholePrompts
)

var policyNames = [...]string{"mixed", "prefill_first", "whole_prompts"}

func (p Policy) String() string { return policyNames[p] }

// UnmarshalText reads the name of a policy.
func (p *Policy) UnmarshalText(text []byte) error {
	i := slices.Index(policyNames[:], string(text))
	if i < 0 {
		return message.Fault("play.policy", string(text), policyNames[:])
	}
	*p = Policy(i)
	return nil
}

// Engine is one replica of a serving engine: its scheduler's settings and the time that it spends beside the devices.
type Engine struct {
	Policy        Policy
	Reserve       bool // room for the whole output is taken at the start, so that nothing is ever preempted
	BatchedTokens int  // token budget of a step
	Sequences     int  // most sequences in a step
	KVTokens      int  // tokens that the KV cache holds; 0: no limit
	// Stages is how many stages a pipeline has, each with a micro-batch that has Sequences and KVTokens of its own; the
	// clock gives a round through all of them. 0 or 1: there is no pipeline.
	Stages   int
	Interval int  // tokens are streamed in groups of this many steps; 0 or 1: one by one
	AtOnce   bool // the first token is streamed by itself

	// Poll is how many decode steps pass between two looks at new arrivals; a step with prompts looks at once. 0 or 1:
	// every step (SGLang's scheduler-recv-interval).
	Poll int
	// WaitSteps is how many steps new prompts are held back beside running decodes, until the step would have WaitShare of
	// its token budget (TensorRT-LLM's batch_wait_timeout_iters and batch_wait_max_tokens_ratio). 0: not at all.
	WaitSteps int
	WaitShare float64
	// Ranks are attention ranks with requests of their own, among which prompts are balanced: held back are new prompts
	// until that share of the ranks has one, and a step takes of a rank what its part of the token budget holds. 0 or 1:
	// there are none.
	Ranks int

	// Draft is how many tokens are guessed ahead and checked in the next step (speculative decoding), Accept how many of
	// them are right on average: a sequence gains 1 + Accept tokens a step.
	Draft  int
	Accept float64

	Arrive    float64 // seconds from arrival to the scheduler's queue: HTTP, template, tokenizer
	ArriveSeq float64 // more of it for every request that the replica has: their tokens go through the same processes
	// The front end of a replica reads every token of a prompt and streams every token of an answer, in seconds each.
	Read, Stream float64

	Host    float64 // seconds beside the devices per step
	HostSeq float64 // seconds beside the devices per step and sequence
}

// spread is on how many ranks so many prompts are, each on any of them.
func (e *Engine) spread(prompts int) float64 {
	n := float64(e.Ranks)
	return n * (1 - math.Pow(1-1/n, float64(prompts)))
}

// balanced is how many new prompts like one of so many tokens a step takes of those in the queue.
func (e *Engine) balanced(queue, tokens int) int {
	if e.Ranks < 2 || e.WaitSteps == 0 {
		return math.MaxInt
	}
	return max(1, e.BatchedTokens/e.Ranks/max(1, tokens)) * max(1, int(math.Round(e.spread(queue))))
}

// step adds the host's time to the clock's.
func (e *Engine) step(clock Clock, s State) float64 { return clock.Seconds(s) + e.host(s) }

// host is the time of a step beside the devices.
func (e *Engine) host(s State) float64 { return e.Host + e.HostSeq*float64(s.Decoding+len(s.Prompts)) }

// lanes is how many micro-batches the engine has in flight.
func (e *Engine) lanes() int { return max(1, e.Stages) }

// mostStages bounds a pipeline: more than any model has layers.
const mostStages = 1024

// grain is the unit of tokens in a replica: sequences that guess ahead gain broken numbers of tokens on average.
const grain = 16

// gain is how many grains a decode step brings a sequence.
func (e *Engine) gain() int { return grain + int(math.Round(grain*e.Accept)) }

// check refuses settings under which nothing could run; name is the key of whose they are.
func (e *Engine) check(name string) error {
	if err := e.wrong(); err != nil {
		return message.Fault("play.of", message.New(name), err)
	}
	return nil
}

func (e *Engine) wrong() error {
	for _, s := range [...]float64{e.Arrive, e.ArriveSeq, e.Host, e.HostSeq, e.Read, e.Stream} {
		if !(s >= 0 && s <= 1e6) {
			return notFrom("play.host-time", s, 0, 1e6)
		}
	}
	switch {
	case e.BatchedTokens < 1:
		return notFrom("play.budget", e.BatchedTokens, 1, math.MaxInt)
	case e.Sequences < 1:
		return notFrom("play.sequences", e.Sequences, 1, math.MaxInt)
	case e.KVTokens < 0:
		return notFrom("play.room", e.KVTokens, 0, math.MaxInt)
	case e.Stages < 0 || e.Stages > mostStages:
		return notFrom("play.stages", e.Stages, 0, mostStages)
	case e.Interval < 0:
		return notFrom("play.interval", e.Interval, 0, math.MaxInt)
	case e.Draft < 0 || e.Draft > 64:
		return notFrom("play.draft", e.Draft, 0, 64)
	case !(e.Accept >= 0 && e.Accept <= float64(e.Draft)):
		return notFrom("play.accept", e.Accept, 0, e.Draft)
	case e.Poll < 0:
		return notFrom("play.poll", e.Poll, 0, math.MaxInt)
	case e.WaitSteps < 0:
		return notFrom("play.wait", e.WaitSteps, 0, math.MaxInt)
	case e.Ranks < 0:
		return notFrom("play.ranks", e.Ranks, 0, math.MaxInt)
	case !(e.WaitShare >= 0 && e.WaitShare <= 1):
		return notFrom("play.wait-share", e.WaitShare, 0, 1)
	}
	return nil
}

// notFrom refuses a setting that is not from low to high; what is the key of its name.
func notFrom(what string, value, low, high any) error {
	if high == math.MaxInt || high == math.MaxFloat64 {
		return message.Fault("play.least", message.New(what), value, low)
	}
	return message.Fault("play.outside", message.New(what), value, low, high)
}

// notBelow is the same where high itself is too much.
func notBelow(what string, value, low, high any) error {
	return message.Fault("play.below", message.New(what), value, low, high)
}

// mostTokens is more than any context, and keeps sums of lengths far from overflow.
const mostTokens = 1 << 24
