package traffic

import "math"

// Estimate is what the closed forms of serving-dynamics 4 say of a closed loop: mean TTFT and TPOT in seconds, a burst
// at the start included. They know nothing of KV room: use them to prune, and the simulation for answers.
type Estimate struct{ TTFT, TPOT float64 }

// Formula evaluates the closed form that fits the load: requests in step where all lengths are equal and prompts go
// first, else requests spread over time.
func Formula(load Load, engine Engine, clock Clock) (Estimate, error) {
	load.Arrival = Closed
	if err := load.check(); err != nil {
		return Estimate{}, err
	}
	if err := engine.check("play.engine"); err != nil {
		return Estimate{}, err
	}
	load.Concurrency = (load.Concurrency + engine.lanes() - 1) / engine.lanes() // of a micro-batch
	c := float64(load.Concurrency)
	input, output := load.mean(load.Input), load.mean(load.Output)
	decode := engine.step(clock, State{Decoding: load.Concurrency, Width: 1 + engine.Draft,
		Context: c * (input + output/2)})
	if load.Spread == 0 && len(load.Classes) == 0 && engine.Policy == PrefillFirst {
		return inStep(&load, &engine, clock, decode), nil
	}
	var prompt float64 // P: what one prompt adds, over its chunks
	budget := max(1, engine.BatchedTokens-load.Concurrency)
	for done := int(input * load.Cached); done < int(input); {
		q := min(budget, int(input)-done)
		piece := [1]Piece{{Query: q, Done: done, Last: done+q == int(input)}}
		prompt += engine.step(clock, State{Decoding: load.Concurrency, Width: 1 + engine.Draft,
			Context: c * (input + output/2), Prompts: piece[:]}) - decode
		done += q
	}
	k := max(1, math.Floor(float64(engine.BatchedTokens)/(input*(1-load.Cached))))
	w := float64(load.waves())
	tpot := decode/(1+engine.Accept) + (c-1)*prompt/output
	rho := min(0.95, c*prompt/(output*tpot+prompt))
	steady := engine.Arrive + decode/2 + rho*prompt/2 + (decode+prompt)*(1+rho/(2*(1-rho)))
	burst := engine.Arrive + prompt*(c+k)/2
	return Estimate{TTFT: (1-1/w)*steady + burst/w, TPOT: tpot}, nil
}

// Least is what no request comes below, whatever else is served: its own prompt, chunk by chunk with nothing beside it,
// and a decode step of its own.
func Least(load Load, engine Engine, clock Clock) (Estimate, error) {
	load.Arrival = Closed
	if err := load.check(); err != nil {
		return Estimate{}, err
	}
	if err := engine.check("play.engine"); err != nil {
		return Estimate{}, err
	}
	input := int(load.mean(load.Input) * (1 - load.Spread))
	var least Estimate
	for done := int(float64(input) * load.Cached); done < input; {
		q := min(max(1, engine.BatchedTokens), input-done)
		piece := [1]Piece{{Query: q, Done: done, Last: done+q == input}}
		least.TTFT += clock.Seconds(State{Prompts: piece[:]})
		done += q
	}
	if load.mean(load.Output) > 1 {
		least.TPOT = clock.Seconds(State{Decoding: 1, Width: 1 + engine.Draft, Context: float64(input)}) /
			(1 + engine.Accept)
	}
	return least, nil
}

// inStep is the form for equal lengths: every wave is prefilled in m steps before anyone decodes.
func inStep(load *Load, engine *Engine, clock Clock, decode float64) Estimate {
	cached := int(float64(load.Input) * load.Cached)
	query := load.Input - cached
	per := max(1, engine.BatchedTokens/query)
	pieces := make([]Piece, min(per, load.Concurrency))
	for i := range pieces {
		pieces[i] = Piece{Query: query, Done: cached, Last: true}
	}
	block := engine.step(clock, State{Prompts: pieces})
	m := math.Ceil(float64(load.Concurrency) * float64(query) / float64(engine.BatchedTokens))
	e := Estimate{TTFT: engine.Arrive + block*(m+1)/2}
	if load.Output > 1 {
		e.TPOT = decode/(1+engine.Accept) + block*(m-1)/(2*float64(load.Output-1))
	}
	return e
}
