package hw

import (
	"fathom/hw/message"
	"maps"
	"slices"
	"strconv"

	"github.com/BurntSushi/toml"
)

// Parse reads one profile. file names it in messages: every Fault of the error (a Faults) has file, line, key, value
// and what to write instead. Names and texts come back without control sequences.
func Parse(file string, data []byte) (*Profile, error) {
	file = Clean(file)
	if wrong := tooMuch(file, data); wrong != nil {
		return nil, wrong
	}
	r := &reader{file: file, lines: locator{source: string(data)}, known: map[string]bool{}, skipped: map[string]bool{}}
	if _, err := toml.Decode(r.lines.source, &r.tree); err != nil {
		return nil, syntaxFault(file, err)
	}
	p := &Profile{}
	r.profile(p)
	r.check(nil, r.tree)
	if len(r.faults) == 0 {
		return p, nil
	}
	r.faults.sort()
	if r.more {
		r.faults = append(r.faults, Fault{File: file, Fix: message.New("profile.more")})
	}
	return nil, r.faults
}

func (r *reader) profile(p *Profile) {
	p.Name = r.word(true, "name")
	if p.Short = r.word(false, "short"); p.Short == "" {
		p.Short = p.Name
	}
	p.Aliases = r.texts("aliases", "H100 SXM5")
	p.Family = r.texts("family", "Atlas 800T A2")
	p.Vendor = r.text(false, 64, "vendor")
	p.Brands = r.texts("brands", "HGX")
	p.Description = r.text(false, 600, "description")
	p.Source = r.text(true, 2000, "source")
	p.Reference = r.flag("reference")
	for _, n := range numbers(p) {
		r.number(n)
	}
	r.bandwidth()
	r.peaks("cube_tflops")
	r.peaks("vec_tflops")
	r.grid(&p.Grid)
	if _, ok := r.look("network"); ok {
		p.Network.Name = r.text(false, 64, "network", "name")
		p.NetworkSource = r.text(true, 600, "network", "source")
		p.Network.Path = r.path(RDMA, "network", "path")
		for _, n := range networkNumbers(&p.Network) {
			r.number(n)
		}
	}
	if _, ok := r.look("kernel"); ok {
		p.Kernel = &Kernel{}
		r.kernel(p.Kernel)
	}
	if _, ok := r.look("calibrated"); ok {
		p.Calibrated = &Calibrated{}
		r.calibrated(p.Calibrated)
	}
}

// bandwidth has two spellings, of which exactly one is wanted.
func (r *reader) bandwidth() {
	_, binary := r.look("memory", "bandwidth_tibs")
	_, decimal := r.look("memory", "bandwidth_gbs")
	switch {
	case binary && decimal:
		r.fault([]string{"memory", "bandwidth_gbs"}, nil, "bandwidths")
	case !binary && !decimal:
		r.fault([]string{"memory", "bandwidth_tibs"}, nil, "bandwidth")
	}
}

func (r *reader) peaks(table string) {
	v, _ := r.look(table)
	if t, ok := v.(map[string]any); len(t) == 0 && (ok || v == nil) {
		r.fault([]string{table}, nil, "peak", table)
	}
}

func (r *reader) grid(g *Grid) {
	g.Name = r.text(false, 64, "grid", "name")
	shapeOK := r.shape(g)
	if node, ok := r.whole(1, 1<<20, "grid", "node"); ok {
		g.Node = node
	}
	v, _ := r.look("grid", "level")
	levels, _ := v.(map[string]any)
	if _, ok := levels["0"]; v != nil && levels == nil {
		r.fault([]string{"grid", "level"}, v, "levels")
	} else if !ok {
		r.fault([]string{"grid", "level"}, nil, "level")
	}
	for _, key := range slices.Sorted(maps.Keys(levels)) {
		path := []string{"grid", "level", key}
		start, err := strconv.Atoi(key)
		if err != nil || strconv.Itoa(start) != key || shapeOK && (start < 0 || start >= len(g.Shape)) {
			r.skip(path)
			r.fault(path, nil, "dimension", joined(g.Shape, strconv.Itoa, ", "))
			continue
		}
		l := Level{Start: start}
		r.level(&l, key)
		if l.Topology == FullMesh && shapeOK && span(g.Shape[start:]) < 2 {
			r.fault(append(path, "type"), nil, "mesh", shapeText(g.Shape[start:]))
		}
		g.Levels = append(g.Levels, l)
	}
	slices.SortFunc(g.Levels, func(a, b Level) int { return a.Start - b.Start })
}

func (r *reader) level(l *Level, start string) {
	l.Name = r.text(false, 64, "grid", "level", start, "name")
	path := []string{"grid", "level", start, "type"}
	v, _ := r.look(path...)
	switch v {
	case CLOS.String():
		l.Topology = CLOS
	case FullMesh.String():
		l.Topology = FullMesh
	default:
		r.fault(path, v, "topology")
	}
	for _, n := range levelNumbers(l, start) {
		r.number(n)
	}
	l.Path = r.path(Fabric, "grid", "level", start, "path")
}

// path reads what kind of link a level is.
func (r *reader) path(absent Path, key ...string) Path {
	v, ok := r.look(key...)
	if !ok {
		return absent
	}
	for p := range numPaths {
		if v == p.String() {
			return p
		}
	}
	r.fault(key, v, "path")
	return absent
}

// shape reads the grid's dimensions; false where they cannot be used.
func (r *reader) shape(g *Grid) bool {
	const most = 1 << 24
	path := []string{"grid", "shape"}
	v, _ := r.look(path...)
	list, _ := v.([]any)
	for _, e := range list {
		n, ok := e.(int64)
		if !ok || n < 1 || n > most || len(list) > 8 || span(g.Shape)*int(n) > most {
			r.fault(path, v, "shape", most)
			return false
		}
		g.Shape = append(g.Shape, int(n))
	}
	if len(list) == 0 {
		r.fault(path, v, "dimensions")
	}
	return len(list) > 0
}

func (r *reader) kernel(k *Kernel) {
	k.Source = r.text(true, 2000, "kernel", "source")
	k.Software = r.text(false, 64, "kernel", "software")
	for _, n := range kernelNumbers(k) {
		r.number(n)
	}
	r.products(products(&k.Linear, &k.Expert, "kernel"))
	r.engines(k)
	if _, ok := r.look("kernel", "sum"); ok {
		for _, n := range sumNumbers(&k.Sum) {
			r.number(n)
		}
	}
	v, _ := r.look("kernel", "group")
	groups, _ := v.(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(groups)) {
		path := []string{"kernel", "group", key}
		ranks, err := strconv.Atoi(key)
		if err != nil || strconv.Itoa(ranks) != key || ranks < 2 || ranks > 1<<20 {
			r.skip(path)
			r.fault(path, nil, "group")
			continue
		}
		g := Group{Ranks: ranks}
		for _, n := range groupNumbers(&g, key) {
			r.number(n)
		}
		k.Groups = append(k.Groups, g)
	}
	slices.SortFunc(k.Groups, func(a, b Group) int { return a.Ranks - b.Ranks })
}
