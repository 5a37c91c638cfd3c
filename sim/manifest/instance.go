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
		if in.launch = in.engine.LaunchOn(h.Vendor); in.launch == nil || p.Name == "dynamo" && in.launch.Dynamo == "" {
			return against("engine", p.Title, in.engine.Title, h.Name)
		}
		if h.Grid.Node < 1 {
			return against("server", h.Name)
		}
		if p.Servers == 1 && s.devices() > h.Grid.Node {
			return against("servers", p.Title, s.devices(), h.Grid.Node)
		}
		var ok bool
		if in.hosts, in.each, in.local, ok = launch.Spread(h.Grid.Node, st); !ok {
			return against("wide", pool.row.Label, h.Grid.Node)
		}
		which := in.launch
		if p.Name == "dynamo" {
			which = which.Worker()
		}
		in.command = launch.Write(which, *pool.row, s.Request, h)
		if (p.Name == "lws" || p.Name == "compose") && in.acc.Images[in.engine.Name] == "" {
			return against("no-image", in.launch.Title, h.Name)
		}
		if in.ranked() && p.Name != "dynamo" {
			return against("mpi", in.engine.Title, in.hosts)
		}
		if in.hosts > 1 && in.apart() {
			return against("replicas", in.engine.Title)
		}
		out = append(out, in)
	}
	return out, nil
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
