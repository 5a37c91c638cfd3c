package hw

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Template writes a profile as a commented file to edit: fathom devices new. Parse reads the same profile back from it,
// File aside.
func Template(p *Profile) []byte {
	w := &writer{}
	w.comment("A device profile of fathom. Change the name, the source and the figures that differ; check it with")
	w.comment("    fathom devices check FILE.toml")
	w.comment("and use it with --device-file FILE.toml, or for good in the directory fathom/devices of your " +
		"configuration.")
	w.blank()
	w.comment("One word, as it is typed after --device.")
	w.text("name", p.Name)
	if p.Short != "" && p.Short != p.Name {
		w.comment("For narrow screens.")
		w.text("short", p.Short)
	}
	w.texts("aliases", p.Aliases)
	w.texts("family", p.Family)
	w.optionalText("vendor", p.Vendor)
	w.texts("brands", p.Brands)
	w.optionalText("description", p.Description)
	w.comment("Where the figures come from; shown beside every result.")
	w.text("source", p.Source)
	w.comment("true only where the constants are those of the reference tool: it permits --fidelity reference.")
	w.line(fmt.Sprintf("reference = %t", p.Reference))
	w.numbers(trimmed(numbers(p)))
	w.grid(p.Grid)
	if p.Network.Bandwidth > 0 {
		w.blank()
		w.comment("How devices reach those of other grids, for the KV cache between pools of two profiles. Left out, it is")
		w.comment("the outermost level where that has path = \"rdma\" or \"host\".")
		w.table = "network"
		w.line("[network]")
		w.optionalText("name", p.Network.Name)
		w.text("path", p.Network.Path.String())
		w.text("source", p.NetworkSource)
		w.numbers(networkNumbers(&p.Network))
	}
	if p.Kernel != nil {
		w.kernel(p.Kernel)
	}
	if p.Calibrated != nil {
		w.calibrated(p.Calibrated)
	}
	return []byte(w.b.String())
}

// trimmed leaves out the spelling of the bandwidth that takes more digits.
func trimmed(all []number) []number {
	digits := map[string]int{}
	for _, n := range all {
		digits[dotted(n.path)] = len(n.unit.text(*n.to))
	}
	drop := "memory.bandwidth_gbs"
	if digits[drop] < digits["memory.bandwidth_tibs"] {
		drop = "memory.bandwidth_tibs"
	}
	return slices.DeleteFunc(all, func(n number) bool { return dotted(n.path) == drop })
}

type writer struct {
	b     strings.Builder
	table string // the last header written
}

func (w *writer) line(s string)    { w.b.WriteString(s + "\n") }
func (w *writer) blank()           { w.line("") }
func (w *writer) comment(s string) { w.line("# " + s) }

// text writes a basic string; Quote and TOML agree on everything that Clean leaves.
func (w *writer) text(key, value string) { w.line(key + " = " + strconv.Quote(Clean(value))) }

func (w *writer) optionalText(key, value string) {
	if value != "" {
		w.text(key, value)
	}
}

func (w *writer) texts(key string, values []string) {
	if len(values) > 0 {
		w.line(key + " = [" + joined(values, strconv.Quote, ", ") + "]")
	}
}

func (w *writer) header(path []string) {
	if t := dotted(path); t != w.table {
		w.table = t
		w.blank()
		w.line("[" + t + "]")
	}
}

// numbers writes figures under the headers of their tables; absent ones that may be absent are left out.
func (w *writer) numbers(all []number) {
	for _, n := range all {
		if *n.to == 0 && !n.need {
			continue
		}
		w.header(n.path[:len(n.path)-1])
		if n.doc != "" {
			w.comment(n.doc)
		}
		w.line(n.key() + " = " + n.unit.text(*n.to))
	}
}

func (w *writer) grid(g Grid) {
	w.header([]string{"grid"})
	w.optionalText("name", g.Name)
	w.comment("Devices as an array, outermost dimension first, such as servers x packages x dies.")
	w.line("shape = [" + joined(g.Shape, strconv.Itoa, ", ") + "]")
	if g.Node > 0 {
		w.comment("Devices of one server.")
		w.line("node = " + strconv.Itoa(g.Node))
	}
	for i, l := range g.Levels {
		start := strconv.Itoa(l.Start)
		w.blank()
		if i == 0 {
			w.comment("Level N is the link of a group whose members differ first in dimension N; it serves all")
			w.comment("further dimensions that have no level of their own.")
		}
		w.table = "grid.level." + start
		w.line("[" + w.table + "]")
		w.optionalText("name", l.Name)
		if i == 0 {
			w.comment("\"clos\": every member keeps its full link; \"full mesh\": a link for every pair.")
		}
		w.text("type", l.Topology.String())
		w.numbers(levelNumbers(&l, start))
		if l.Path != Fabric {
			w.text("path", l.Path.String())
		}
	}
}

func (w *writer) kernel(k *Kernel) {
	w.blank()
	w.comment("What kernels were measured to reach, for --fidelity calibrated. Everything but the source may be left out.")
	w.table = "kernel"
	w.line("[kernel]")
	w.text("source", k.Source)
	w.optionalText("software", k.Software)
	w.numbers(kernelNumbers(k))
	w.products(products(&k.Linear, &k.Expert, "kernel"))
	if k.Sum.Measured() {
		w.numbers(sumNumbers(&k.Sum))
	}
	for i := range k.Engines {
		w.engine(&k.Engines[i])
	}
	for _, g := range k.Groups {
		ranks := strconv.Itoa(g.Ranks)
		w.header([]string{"kernel", "group", ranks})
		w.numbers(groupNumbers(&g, ranks))
	}
}

// products writes what was measured, one line for each.
func (w *writer) products(all []product) {
	for _, p := range all {
		if p.to.Memory > 0 {
			w.header(p.path[:len(p.path)-1])
			w.line(p.path[len(p.path)-1] + " = " + inline(p.numbers()))
		}
	}
}

// inline writes figures as a table on one line.
func inline(all []number) string {
	var parts []string
	for _, n := range all {
		if *n.to != 0 || n.need {
			parts = append(parts, n.key()+" = "+n.unit.text(*n.to))
		}
	}
	return "{ " + strings.Join(parts, ", ") + " }"
}
