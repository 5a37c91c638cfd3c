package pass

import (
	"bufio"
	"encoding/json"
	"io"
	"strconv"
)

// Trace writes a pass as a Chrome trace (the JSON array format of the Trace Event specification): one complete event
// for each operator, in order, on one track per stage, with times in microseconds. Repeated layers are written out, so
// the trace has as many events as the pass has operators.
func Trace(w io.Writer, p *Pass) error {
	out := bufio.NewWriter(w)
	e := eventWriter{out: out, pass: p}
	if _, err := out.WriteString("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n"); err != nil {
		return err
	}
	next := 0
	for stage, runs := range p.program.runs {
		kinds := 0
		for _, k := range runs {
			kinds = max(kinds, int(k)+1)
		}
		parts := p.program.parts[next : next+kinds+2]
		next += len(parts)
		e.stage = stage
		e.part(parts[0])
		for _, k := range runs {
			e.part(parts[1+k])
		}
		e.part(parts[len(parts)-1])
	}
	if e.err != nil {
		return e.err
	}
	if _, err := out.WriteString("\n]}\n"); err != nil {
		return err
	}
	return out.Flush()
}

// eventWriter writes events one after the other in time.
type eventWriter struct {
	out   *bufio.Writer
	pass  *Pass
	line  []byte
	clock float64 // microseconds
	later bool    // not the first event
	stage int
	err   error
}

// part writes the operators of a part, with their repetitions.
func (e *eventWriter) part(p part) {
	g := &e.pass.program
	for _, s := range g.spans[p.from:p.to] {
		for range s.times {
			for _, row := range g.order[s.from:s.to] {
				e.write(&e.pass.Rows[row])
			}
		}
	}
}

func (e *eventWriter) write(r *Row) {
	if e.err != nil {
		return
	}
	us := r.Time.Seconds * 1e6
	b := e.line[:0]
	if e.later {
		b = append(b, ",\n"...)
	}
	e.later = true
	b = append(b, `{"name":`...)
	b = quoted(b, r.Kind.String())
	b = append(b, `,"cat":"`...)
	b = append(b, r.Time.Bound.String()...)
	b = append(b, `","ph":"X","pid":0,"tid":`...)
	b = strconv.AppendInt(b, int64(e.stage), 10)
	b = number(append(b, `,"ts":`...), e.clock)
	b = number(append(b, `,"dur":`...), us)
	b = append(b, `,"args":{"shape":`...)
	b = quoted(b, r.Shape())
	b = number(append(b, `,"flops":`...), r.Flops())
	b = number(append(b, `,"bytes":`...), r.Read+r.Write)
	b = append(b, "}}"...)
	e.line = b
	e.clock += us
	_, e.err = e.out.Write(b)
}

func quoted(b []byte, s string) []byte {
	q, _ := json.Marshal(s) // a string always marshals
	return append(b, q...)
}

func number(b []byte, v float64) []byte { return strconv.AppendFloat(b, v, 'f', -1, 64) }
