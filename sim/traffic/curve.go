package traffic

import (
	"context"
	"math"
)

// Point is one rate of a load curve.
type Point struct {
	Rate float64 // requests per second that are sent
	Result
	Saturated bool // the service falls behind: it ends fewer requests than are sent
}

// Capacity is the rate at which requests end when there are always more waiting, in requests per second: the saturation
// point of open arrivals. It comes from a closed loop with as many requests as the engine takes, after the burst.
func Capacity(load Load, engine Engine, clock Clock) (float64, error) {
	full := load
	full.Arrival, full.Waves = Closed, 4
	full.Concurrency = engine.Sequences
	if engine.KVTokens > 0 { // more than the room holds only wait; a quarter more keeps it full
		full.Concurrency = min(full.Concurrency, engine.KVTokens*5/4/(load.Input+load.Output)+1)
	}
	full.Concurrency *= engine.lanes()
	r, err := Simulate(full, engine, clock)
	if err != nil {
		return 0, err
	}
	return r.Rate, nil
}

// Curve plays Poisson arrivals at several shares of the capacity, so that the knee shows: latencies over rate, and the
// capacity itself. Points are in order of rate.
func Curve(ctx context.Context, load Load, engine Engine, clock Clock, shares []float64) ([]Point, float64, error) {
	capacity, err := Capacity(load, engine, clock)
	if err != nil {
		return nil, 0, err
	}
	points := make([]Point, 0, len(shares))
	for _, share := range shares {
		if ctx.Err() != nil {
			return nil, 0, context.Cause(ctx)
		}
		if !(share > 0) || math.IsInf(share, 0) {
			return nil, 0, notFrom("play.capacity-share", share, 0, math.MaxFloat64)
		}
		open := load
		open.Arrival, open.Rate = Poisson, share*capacity
		r, err := Simulate(open, engine, clock)
		if err != nil {
			return nil, 0, err
		}
		points = append(points, Point{Rate: open.Rate, Result: r, Saturated: share >= 1 || r.FellBehind(open.Rate)})
	}
	return points, capacity, nil
}

// FellBehind compares the time that the service took with the time that the arrivals took: a service that keeps up ends
// soon after the last arrival.
func (r *Result) FellBehind(rate float64) bool {
	arrivals := float64(r.Requests) / rate
	return r.Seconds > arrivals+4*(r.TTFT.P50+r.TPOT.P50*r.Output/max(r.Rate, 1e-12)) && r.Rate < 0.95*rate
}
