package handover

import (
	"math"

	"fathom/hw"
	"fathom/sim/geometry"
	"fathom/sim/memory"
	"fathom/sim/model"
	"fathom/sim/plan"
)

// Side is an instance as the transfer sees it.
type Side struct {
	Profile *hw.Profile
	World   int // devices of the instance
	Holders int // devices that hold parts of one request: those of one attention replica, over all its stages
}

// SideOf is an instance of a strategy.
func SideOf(p *hw.Profile, s plan.Strategy) Side {
	return Side{Profile: p, World: s.World(), Holders: s.TP * max(1, s.PP)}
}

// Cost is the way of one request's cache.
type Cost struct {
	Bytes   float64 // over all links, with every copy that the decode layout needs
	Seconds float64 // from the first byte to the last on free links, the latency with it
	Way     Way
	// PrefillRate and DecodeRate are the requests per second whose caches the links of one instance carry.
	PrefillRate, DecodeRate float64
}

// Load is what moves of a request.
type Load struct {
	room   memory.Room
	copies float64
}

// Of is the load of a decode layout: what its devices together keep of a prompt. Grouped heads that are fewer than the
// ranks, and latents, are there once for each rank, windows end, recurrent states go whole. No less goes over the
// links, because every device fetches what it keeps. The error names a kind of layer that has no geometry.
func Of(m *model.Model, s plan.Strategy, kv hw.Format, mtp int) (Load, error) {
	g, err := geometry.New(m, s, true)
	if err != nil {
		return Load{}, err
	}
	room, err := memory.Keeps(g, kv.Bytes(), mtp)
	return Load{room, float64(max(1, s.TP))}, err
}

// Bytes of a prompt of so many tokens.
func (l *Load) Bytes(tokens int) float64 { return l.copies * l.room.Request(tokens) }

// New is the cost of bytes between two sides. Holders send and fetch at once, each over its own link, so that the side
// with the fewer of them, or with the slower links, sets the pace.
func New(bytes float64, prefill, decode Side, way Way) Cost {
	if bytes <= 0 { // a model that keeps nothing
		return Cost{Way: way, PrefillRate: math.Inf(1), DecodeRate: math.Inf(1)}
	}
	c := Cost{Bytes: bytes, Way: way}
	at := func(s Side, devices int) float64 {
		return float64(devices) * min(way.Link.Bandwidth, s.own(way)) / bytes
	}
	pace := min(at(prefill, prefill.Holders), at(decode, decode.Holders))
	c.PrefillRate, c.DecodeRate = at(prefill, prefill.World), at(decode, decode.World)
	c.Seconds = way.Link.Latency + 1/pace
	if way.Copies > 0 { // of one prompt one after the other, of many side by side
		c.Seconds += float64(way.Copies) * bytes / (way.Staged * float64(min(prefill.Holders, decode.Holders)))
		c.PrefillRate = min(c.PrefillRate, way.Staged*float64(prefill.World)/bytes)
		c.DecodeRate = min(c.DecodeRate, way.Staged*float64(decode.World)/bytes)
	}
	return c
}

// own is what a device of the side itself reaches of the way.
func (s Side) own(way Way) float64 {
	if l, ok := s.Profile.Outside(); ok && way.Outside {
		return l.Reached().Bandwidth
	}
	return way.Link.Bandwidth
}

// Wait is the mean time in seconds that first tokens wait beyond their prefill: group prompts end together, groups of
// them one after the other, one every interval seconds. With layers above 0 an engine sends the cache of a layer while
// the next is computed, so that only what the last layer leaves, or a slow link has not done yet, is waited for.
// Groups that come faster than their caches go queue up.
func (c *Cost) Wait(group, groups int, interval float64, layers int) float64 {
	one := c.Seconds - c.Way.Link.Latency
	if one <= 0 {
		return 0
	}
	all := float64(group) * one
	mean := one * float64(group+1) / 2
	if n := float64(layers); layers > 0 {
		mean = math.Max(all/n, all-interval*(n-1)/n)
	}
	return c.Way.Link.Latency + mean + float64(groups-1)/2*math.Max(0, all-interval)
}
