package traffic

import (
	"fmt"
	"reflect"
	"testing"
)

// steps plays a load with steps of a second each and writes down what each of them works on: "2@9" is two sequences
// that decode over 9 tokens of context together, "+3/5." a piece of three prompt tokens after five, the prompt's last.
func steps(t *testing.T, l Load, e Engine) (list []string, r Result) {
	t.Helper()
	run := build(l, e, ClockFunc(func(s State) float64 {
		text := ""
		if s.Decoding > 0 {
			text = fmt.Sprintf("%d@%g", s.Decoding, s.Context)
		}
		for _, p := range s.Prompts {
			text += fmt.Sprintf("+%d/%d", p.Query, p.Done)
			if p.Last {
				text += "."
			}
		}
		list = append(list, text)
		return 1
	}))
	run.stepwise = true
	r, err := run.play()
	if err != nil {
		t.Fatal(err)
	}
	return list, r
}

// vLLM's scheduler by hand (docs.vllm.ai, "Chunked prefill"; vllm/v1/core/sched/scheduler.py): running requests first,
// each with one token, then prompts while the budget lasts, cut where it ends; a prompt that is cut goes on in the
// next step.
func TestChunkedPrefillByHand(t *testing.T) {
	l := Load{Concurrency: 2, Waves: 1, Classes: []Class{{Name: "a", Share: 1, Input: exactly(6), Output: exactly(3)}},
		Input: 6, Output: 3}
	got, r := steps(t, l, Engine{BatchedTokens: 8, Sequences: 4})
	want := []string{
		"+6/0.+2/0", // the first prompt whole, two tokens of the second
		"1@7+4/2.",  // the first decodes its second token, the rest of the second prompt
		"2@15",      // both decode: contexts 8 and 7
		"1@8",       // the first is done with its third token
	}
	if !reflect.DeepEqual(got, want) || r.TTFT.Mean != 1.5 || r.Seconds != 4 {
		t.Errorf("steps %q, want %q; TTFT %g, %g s", got, want, r.TTFT.Mean, r.Seconds)
	}
	// With prefill first nobody decodes while there is any prompt.
	got, _ = steps(t, l, Engine{Policy: PrefillFirst, BatchedTokens: 8, Sequences: 4})
	if want := []string{"+6/0.+2/0", "+4/2.", "2@14", "2@16"}; !reflect.DeepEqual(got, want) {
		t.Errorf("prefill first: steps %q, want %q", got, want)
	}
	// One place: the second prompt waits for the end of the first request.
	got, _ = steps(t, l, Engine{BatchedTokens: 8, Sequences: 1})
	if want := []string{"+6/0.", "1@7", "1@8", "+6/0.", "1@7", "1@8"}; !reflect.DeepEqual(got, want) {
		t.Errorf("one place: steps %q, want %q", got, want)
	}
}

// Preemption by recompute: where the next tokens have no room, the youngest is put back, and what it made is computed
// again as part of its prompt.
func TestRecomputeByHand(t *testing.T) {
	l := Load{Concurrency: 2, Waves: 1, Input: 4, Output: 5}
	got, r := steps(t, l, Engine{BatchedTokens: 16, Sequences: 4, KVTokens: 12})
	want := []string{
		"+4/0.+4/0.", // 8 tokens of prompts, a token each: 10
		"2@10",       // 12
		"1@6",        // the second has no room: put back with two tokens made
		"1@7", "1@8", // the first makes its last
		"+6/0.",      // four of the prompt and two made, at once: the third token comes out
		"1@7", "1@8", // and the last two
	}
	if !reflect.DeepEqual(got, want) || r.Preemptions != 1 {
		t.Errorf("steps %q, want %q; %d put back", got, want, r.Preemptions)
	}
}

// A beginning that others had is found in whole blocks: of 20 tokens 16, and nothing by the first request.
func TestPrefixBlocksByHand(t *testing.T) {
	l := Load{Concurrency: 1, Waves: 3, Input: 30, Output: 1,
		Classes: []Class{{Name: "a", Share: 1, Input: exactly(30), Output: exactly(1), Prefix: 20}}}
	got, _ := steps(t, l, Engine{BatchedTokens: 64, Sequences: 1})
	if want := []string{"+30/0.", "+14/16.", "+14/16."}; !reflect.DeepEqual(got, want) {
		t.Errorf("steps %q, want %q", got, want)
	}
}

// Steps cost no memory: ten times the tokens take as many allocations.
func TestStepsDoNotAllocate(t *testing.T) {
	allocations := func(output int) float64 {
		return testing.AllocsPerRun(5, func() {
			run := build(Load{Concurrency: 16, Waves: 4, Input: 300, Output: output}, usual(), plain)
			run.stepwise = true
			if _, err := run.play(); err != nil {
				t.Fatal(err)
			}
		})
	}
	if few, many := allocations(20), allocations(2000); many > few {
		t.Errorf("%g allocations with 20 tokens an answer, %g with 2000", few, many)
	}
}

// BenchmarkTokens is the event simulation step by step, without jumps over equal decode steps, and with them: tokens
// that all sequences gain per second.
func BenchmarkTokens(b *testing.B) {
	l := Load{Arrival: Poisson, Rate: 6, Requests: 1000, Input: 1, Output: 1, Seed: 1, Classes: []Class{
		{Name: "chat", Share: 3, Input: []Bin{{100, 2000, 1}}, Output: []Bin{{10, 400, 1}}},
		{Name: "long", Share: 1, Input: []Bin{{1000, 8000, 1}}, Output: []Bin{{100, 1000, 1}}, Priority: 1}}}
	e := usual()
	e.KVTokens = 200_000
	for name, stepwise := range map[string]bool{"steps": true, "jumps": false} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			tokens := 0.
			for b.Loop() {
				run := build(l, e, plain)
				run.stepwise = stepwise
				r, err := run.play()
				if err != nil {
					b.Fatal(err)
				}
				tokens += r.Output * r.Seconds
			}
			b.ReportMetric(tokens/b.Elapsed().Seconds(), "tokens/s")
		})
	}
}
