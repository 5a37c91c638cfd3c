package hw

import (
	"maps"
	"slices"
)

// engineKernelNumbers are the plain figures of one engine's kernels, which are the table kernel.engine.NAME.
func engineKernelNumbers(e *EngineKernels) []number {
	at := func(key string) []string { return []string{"kernel", "engine", e.Name, key} }
	return []number{
		optional(share("", "0.6", &e.Skew, at("expert_skew")...)),
	}
}

func (e *EngineKernels) products() []product {
	return products(&e.Linear, &e.Expert, "kernel", "engine", e.Name)
}

// products reads the inline tables that there are.
func (r *reader) products(all []product) {
	for _, p := range all {
		for _, key := range p.old {
			if old := append(p.path[:len(p.path)-1:len(p.path)-1], key); !r.holds(p.path) && r.holds(old) {
				p.path = old
			}
		}
		if _, ok := r.look(p.path...); !ok {
			continue
		}
		for _, n := range p.numbers() {
			r.number(n)
		}
	}
}

// engines reads the kernels that engines bring.
func (r *reader) engines(k *Kernel) {
	v, _ := r.look("kernel", "engine")
	engines, _ := v.(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(engines)) {
		if !r.named(name, len(engines), "kernel", "engine", name) {
			continue
		}
		e := EngineKernels{Name: name}
		for _, n := range engineKernelNumbers(&e) {
			r.number(n)
		}
		r.products(e.products())
		k.Engines = append(k.Engines, e)
	}
}

// named checks the name of one of so many engines.
func (r *reader) named(name string, engines int, path ...string) bool {
	if isWord(name) && len(name) <= 64 && engines <= 32 {
		return true
	}
	r.skip(path)
	r.fault(path, nil, "engine", dotted(path[:len(path)-1]))
	return false
}

// engine writes the kernels that an engine brings.
func (w *writer) engine(e *EngineKernels) {
	w.numbers(engineKernelNumbers(e))
	w.products(e.products())
}
