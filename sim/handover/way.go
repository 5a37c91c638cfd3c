package handover

import (
	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/plan"
)

// Way is the link between two pools.
type Way struct {
	Path    hw.Path
	Name    string  // what the link is called
	Link    hw.Link // what one device reaches of it
	Outside bool    // over the network of each, not inside a grid
	Copies  int     // to or from host memory, beside what the link takes; 0: devices send themselves
	Staged  float64 // bytes per second of such a copy, of one device
}

// Between finds the way between an instance of prefill devices of one profile and one of decode devices of another.
// Pools of one profile stand in one grid: inside a server where both instances fit into one, else from one server to
// the next. Pools of two profiles meet in a network, at the pace of the slower of both. by asks for one path; the error
// says who lacks it, and what there is instead.
func Between(p, d *hw.Profile, prefill, decode int, by plan.KVPath) (Way, error) {
	switch {
	case by == plan.KVHost:
		return staged(p, d, prefill, decode)
	case by == plan.KVRDMA || p != d && by == plan.KVAuto:
		return outside(p, d)
	case p != d:
		return Way{}, message.Fault("failure.kv-link", p.Name, d.Name)
	}
	l, ok := p.Grid.BetweenLevel(0, reaches(p, prefill, decode))
	switch {
	case !ok:
		return Way{}, message.Fault("failure.no-link", p.Name)
	case by == plan.KVLink && l.Path != hw.Fabric:
		return Way{}, message.Fault("failure.kv-server", p.Name, l.Name, node(p))
	}
	return Way{Path: l.Path, Name: l.Name, Link: l.Reached()}, nil
}

// node is the number of devices of a server; of a profile that does not say, of its innermost dimension.
func node(p *hw.Profile) int {
	if p.Grid.Node == 0 && len(p.Grid.Shape) > 0 {
		return p.Grid.Shape[len(p.Grid.Shape)-1]
	}
	return p.Grid.Node
}

// reaches is the rank that the cache has to get to from rank 0: the first decode device where both instances fit into a
// server, else the first device of the next server.
func reaches(p *hw.Profile, prefill, decode int) int {
	if n := node(p); prefill <= 0 || decode <= 0 || prefill+decode > n {
		return n
	}
	return prefill
}

// outside is the way over the networks of two profiles, which are taken for one.
func outside(p, d *hw.Profile) (Way, error) {
	a, okA := p.Outside()
	b, okB := d.Outside()
	switch {
	case !okA:
		return Way{}, message.Fault("failure.no-network", p.Name, d.Name)
	case !okB:
		return Way{}, message.Fault("failure.no-network", d.Name, p.Name)
	}
	x, y := a.Reached(), b.Reached()
	w := Way{Path: max(a.Path, b.Path, hw.RDMA), Name: a.Name, Outside: true,
		Link: hw.Link{Bandwidth: min(x.Bandwidth, y.Bandwidth), Latency: max(x.Latency, y.Latency)}}
	if y.Bandwidth < x.Bandwidth {
		w.Name = b.Name
	}
	return w, nil
}

// staged is the way through host memory: down to it, over the network where the instances are in different servers, and
// up again.
func staged(p, d *hw.Profile, prefill, decode int) (Way, error) {
	for _, x := range []*hw.Profile{p, d} {
		if x.HostBandwidth <= 0 {
			return Way{}, message.Fault("failure.kv-host", x.Name)
		}
	}
	host := min(p.HostBandwidth, d.HostBandwidth)
	if p == d && reaches(p, prefill, decode) < node(p) {
		return Way{Path: hw.Host, Name: "host memory", Link: hw.Link{Bandwidth: host}, Copies: 1, Staged: host}, nil
	}
	w, err := outside(p, d)
	w.Path, w.Copies, w.Staged = hw.Host, 2, host
	return w, err
}
