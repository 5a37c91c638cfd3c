package manifest

import (
	"slices"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/launch"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/software"
)

// Subject is what is written down: one row, or a pair.
type Subject struct {
	Request *plan.Request
	Device  string // profile of the row
	Row     *report.Row
	Ratio   *report.Ratio
}

// pool is the instances of one role.
type pool struct {
	row     *report.Row
	profile *hw.Profile
	count   int  // instances
	stated  bool // by the plan
}

// profile is that of a row; one that says nothing where the request does not have it.
func (s *Subject) profile(row *report.Row) *hw.Profile {
	if h := s.Request.On(s.Device, row.Phase); h != nil {
		return h
	}
	return &hw.Profile{Name: s.Device}
}

// pools are one, or prefill and decode.
func (s *Subject) pools() []pool {
	r := s.Ratio
	if r == nil {
		return []pool{{s.Row, s.profile(s.Row), 1, true}}
	}
	side := func(row *report.Row, n *int) pool {
		if n == nil || *n < 1 {
			return pool{row, s.profile(row), 1, false}
		}
		return pool{row, s.profile(row), *n, true}
	}
	return []pool{side(&r.Prefill, r.PrefillInstances), side(&r.Decode, r.DecodeInstances)}
}

// devices is the number of devices of all instances.
func (s *Subject) devices() (n int) {
	for _, p := range s.pools() {
		n += p.count * p.row.Strategy.World()
	}
	return n
}

// instance is one server process group of a role, as often as count says.
type instance struct {
	pool
	role    string // serve, prefill or decode
	engine  *software.Engine
	launch  *software.Launch
	command launch.Command
	hosts   int // servers of one instance
	each    int // devices of an instance on one server
	local   int // attention replicas on one server; 0: no replica fits one
	acc     *accelerator
}

// instances lays the subject out on servers.
func (s *Subject) instances(name string) (*Platform, []instance, *Refusal) {
	p := find(name)
	if p == nil {
		return nil, nil, refuse(name, s, &misfit{"unknown", []any{name}})
	}
	out, no := s.on(p)
	if no != nil {
		return nil, nil, refuse(name, s, no)
	}
	return p, out, nil
}

// misfit is what speaks against a platform: a text's key and arguments.
type misfit struct {
	key  string
	args []any
}

// on lays a subject out on a platform.
func (s *Subject) on(p *Platform) (out []instance, no *misfit) {
	against := func(key string, args ...any) ([]instance, *misfit) { return nil, &misfit{key, args} }
	for _, pool := range s.pools() {
		h, st := pool.profile, pool.row.Strategy
		in := instance{pool: pool, role: "serve", acc: acceleratorOf(h)}
		if pool.row.Phase != plan.PhaseAggregation {
			in.role = pool.row.Phase.String()
		}
		if !slices.Contains(p.Vendors, h.Vendor) || in.acc == nil {
			return against("device", p.Title, h.Name)
		}
		if len(out) > 0 && out[0].profile.Vendor != h.Vendor {
			return against("vendors", out[0].profile.Name, h.Name)
		}
		if in.engine = p.engine(s.Request.Serving, h.Vendor); in.engine == nil {
			return against("engine", p.Title, s.Request.Serving.String(), h.Name)
		}
		if in.launch = launchOf(in.engine, h.Vendor); in.launch == nil || p.Name == "dynamo" && in.launch.Dynamo == "" {
			return against("engine", p.Title, in.engine.Title, h.Name)
		}
		if h.Grid.Node < 1 {
			return against("server", h.Name)
		}
		if p.Servers == 1 && s.devices() > h.Grid.Node {
			return against("servers", p.Title, s.devices(), h.Grid.Node)
		}
		if !in.layOut(h.Grid.Node, max(1, st.DP), st.TP*max(1, st.PP)) {
			return against("wide", pool.row.Label, h.Grid.Node)
		}
		which := in.launch
		if p.Name == "dynamo" {
			which = which.Worker()
		}
		in.command = launch.Write(which, *pool.row, s.Request, h)
		out = append(out, in)
	}
	return out, nil
}

// layOut spreads an instance of dp replicas over servers of node devices: whole replicas a server, or one replica over
// several. It fails for several replicas each of which is larger than a server.
func (in *instance) layOut(node, dp, replica int) bool {
	if dp*replica <= node {
		in.hosts, in.each, in.local = 1, dp*replica, dp
		return true
	}
	if replica <= node {
		for in.local = min(dp, node/replica); dp%in.local != 0; {
			in.local--
		}
		in.hosts, in.each = dp/in.local, in.local*replica
		return true
	}
	if dp > 1 {
		return false
	}
	for in.hosts = (replica + node - 1) / node; replica%in.hosts != 0; {
		in.hosts++
	}
	in.each, in.local = replica/in.hosts, 0
	return true
}

// launchOf is how an engine is started on a vendor's devices.
func launchOf(e *software.Engine, vendor string) *software.Launch {
	for _, l := range software.Launches(vendor) {
		for i := range e.Launch {
			if &e.Launch[i] == l {
				return l
			}
		}
	}
	return nil
}

// notes are what the files of an instance cannot say.
func (in *instance) notes() []message.Message {
	notes := []message.Message{message.New("manifest.row", in.role, in.row.Label, in.profile.Name, in.each, in.hosts)}
	if !in.stated {
		notes = append(notes, message.New("manifest.instances", in.role))
	}
	for _, c := range in.command.Caveats {
		if c.Key != "launch.proxy" && c.Key != "launch.trtllm.nodes" { // the files bring the one, the operator does the other
			notes = append(notes, c)
		}
	}
	return notes
}
