package manifest

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// File is one file. Head stands before its text as comments; a file that has no comments has none (MindIE's JSON: its
// README holds them).
type File struct {
	Name string
	Head []message.Message
	Text string
}

// Port is where the service is spoken to.
const Port = 8000

// Write writes a subject down for the platform of a name.
func Write(name string, s *Subject) ([]File, *Refusal) {
	p, in, refusal := s.instances(name)
	if refusal != nil {
		return nil, refusal
	}
	d := deployment{Subject: s, platform: p, in: in, name: label(path.Base(s.Request.Model.Name))}
	switch name {
	case "lws":
		return d.lws(), nil
	case "llm-d":
		return d.llmd(), nil
	case "dynamo":
		return d.dynamo(), nil
	case "mindie":
		return d.mindie(), nil
	}
	return d.compose(), nil
}

// deployment is a subject on its way into files.
type deployment struct {
	*Subject
	platform *Platform
	in       []instance
	name     string // of the deployment, as Kubernetes takes names
}

// head are the comments of a file about instances: all where none are named.
func (d *deployment) head(more ...message.Message) []message.Message {
	notes := []message.Message{message.New("manifest.head", d.platform.Title, d.Request.Model.Name), report.Disclaimer}
	for i := range d.in {
		notes = append(notes, d.in[i].notes()...)
	}
	notes = append(notes, d.limits()...)
	if len(d.in) == 2 && d.in[0].profile != d.in[1].profile {
		notes = append(notes, message.New("manifest.kinds", d.in[0].profile.Name, d.in[1].profile.Name))
	}
	notes = append(notes, more...)
	said := map[string]bool{}
	return slices.DeleteFunc(notes, func(m message.Message) bool {
		text := m.String()
		defer func() { said[text] = true }()
		return said[text]
	})
}

// limits are what the plan holds and no field says: every limit with its statistic and the share of requests that keeps
// to all, of a mix those of each class.
func (d *deployment) limits() (notes []message.Message) {
	q := d.Request
	add := func(class string, ttft, tpot, e2e plan.Limit, goodput float64) {
		var parts []message.Message
		for _, x := range []struct {
			name string
			plan.Limit
		}{{"TTFT", ttft}, {"TPOT", tpot}, {"E2E", e2e}} {
			if x.MS > 0 {
				parts = append(parts, message.New("manifest.limit", x.name, x.At.String(), x.MS))
			}
		}
		if goodput > 0 {
			parts = append(parts, message.New("manifest.goodput", 100*goodput))
		}
		switch {
		case len(parts) == 0:
		case class == "":
			notes = append(notes, message.New("manifest.limits", parts))
		default:
			notes = append(notes, message.New("manifest.limits-of", class, parts))
		}
	}
	add("", plan.Limit{At: q.TTFTAt, MS: q.TTFTLimit}, plan.Limit{At: q.TPOTAt, MS: q.TPOTLimit},
		plan.Limit{At: q.E2EAt, MS: q.E2ELimit}, q.Goodput)
	if q.Workload != nil {
		for i := range q.Workload.Classes {
			c := &q.Workload.Classes[i]
			add(c.Name, c.TTFT, c.TPOT, c.E2E, c.Goodput)
		}
	}
	return notes
}

// pair tells whether prefill and decode are apart with both sides known.
func (d *deployment) pair() bool { return len(d.in) == 2 }

// crosses reports whether tokens or caches leave a server.
func (d *deployment) crosses() bool { return d.pair() || d.in[0].hosts > 1 }

// label makes a name of lower-case letters, digits and dashes, of at most 40 characters (RFC 1123; names are joined
// with roles).
func label(name string) string {
	safe := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(name))
	if len(safe) > 40 {
		safe = safe[:40]
	}
	if safe = strings.Trim(safe, "-"); safe == "" {
		return "model"
	}
	return safe
}

// documents writes YAML documents one after the other.
func documents(list ...any) string {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	for _, d := range list {
		if err := e.Encode(d); err != nil {
			panic(err) // of types that always encode
		}
	}
	e.Close()
	return b.String()
}
