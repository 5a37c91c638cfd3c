package harness

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"fathom/hw/message"
	"fathom/sim/model"
)

// mostBytes is the largest file that is read: detailed results with every token's time are some tens of megabytes.
const mostBytes = 512 << 20

// mostRuns keeps a wrong file from filling the memory.
const mostRuns = 200_000

// tool reads one load generator's objects.
type tool struct {
	name  string
	knows func(object) bool
	read  func(object) []Run
}

// tools in the order in which they are tried: those whose keys nobody else has come first.
var tools = []tool{
	{"InferenceX", isInferenceX, readInferenceX},
	{"GuideLLM", isGuideLLM, readGuideLLM},
	{"inference-perf", isInferencePerf, readInferencePerf},
	{"SGLang", isSGLang, readSGLang},
	{"vLLM", isVLLM, readVLLM},
	{"AIPerf", isAIPerf, readAIPerf},
	{"evalscope", isEvalscope, readEvalscope},
	{"trtllm-bench", isTRTLLMBench, readTRTLLMBench},
}

// ErrForeign is what a file gives that no reader knows.
var ErrForeign = message.Fault("runs.foreign")

// Read reads one file. A run that cannot be used keeps its reason; a file without any run is an error that says what it
// lacks.
func Read(r io.Reader) ([]Run, error) {
	data, err := io.ReadAll(io.LimitReader(r, mostBytes+1))
	if err != nil {
		return nil, err
	}
	if len(data) > mostBytes {
		return nil, message.Fault("runs.large", mostBytes>>20)
	}
	data = bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\ufeff")))
	var runs []Run
	switch {
	case len(data) == 0:
		return nil, message.Fault("runs.empty")
	case bytes.Contains(data[:min(len(data), 1<<20)], []byte(consoleTitle)): // its lines may begin with a bracket
		runs = readConsole(string(data))
	case data[0] == '{' || data[0] == '[':
		runs, err = readJSON(data)
	case isPerfTable(data):
		runs, err = readPerfTable(data)
	default:
		if err := stranger(data); err != nil {
			return nil, err
		}
		return nil, ErrForeign
	}
	if err != nil {
		return nil, err
	}
	if len(runs) == 0 {
		return nil, message.Fault("runs.none")
	}
	for i := range runs {
		runs[i].check()
	}
	return runs, nil
}

// Known reports whether a file's beginning is one of a load generator, so that it is no table of runs. A few kilobytes
// are enough.
func Known(head []byte) bool {
	head = bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\ufeff")))
	return len(head) > 0 && (head[0] == '{' || head[0] == '[' || isPerfTable(head)) ||
		bytes.Contains(head, []byte(consoleTitle)) || stranger(head) != nil
}

// readJSON reads values one after the other: one object, JSON lines, objects that were appended, or lists of them.
func readJSON(data []byte) ([]Run, error) {
	d := json.NewDecoder(bytes.NewReader(model.StrictJSON(data)))
	var runs []Run
	var values int
	for {
		v, err := next(d, len(data))
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, broken(err, data, len(runs))
		}
		values++
		list, ok := v.([]any)
		if !ok {
			list = []any{v}
		}
		for i, one := range list {
			own, err := readObject(one)
			if err != nil {
				return nil, err
			}
			if len(list) > 1 || values > 1 || d.More() {
				for k := range own {
					own[k].At = strings.TrimSpace(fmt.Sprintf("run %d %s", values+i, own[k].At))
				}
			}
			if runs = append(runs, own...); len(runs) > mostRuns {
				return nil, message.Fault("runs.many", mostRuns)
			}
		}
	}
	return runs, nil
}

// next reads a value. Objects that say a key twice are looked for where that does not take long: files of so many bytes
// hold the times of every token, which a tool has written.
func next(d *json.Decoder, size int) (v any, err error) {
	if size <= 16<<20 {
		return model.NextJSON(d)
	}
	err = d.Decode(&v)
	return v, err
}

// broken says where a file ends too early, or what is no JSON.
func broken(err error, data []byte, runs int) error {
	var syntax *json.SyntaxError
	line := bytes.Count(data, []byte("\n")) + 1
	if errors.As(err, &syntax) {
		at := min(max(0, int(syntax.Offset)), len(data))
		line = bytes.Count(data[:at], []byte("\n")) + 1
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return message.Fault("runs.cut", line, runs)
	}
	var own message.Speaker
	if errors.As(err, &own) {
		return err
	}
	return message.Fault("runs.no-json", line, err)
}

// readObject finds the tool that wrote an object.
func readObject(v any) ([]Run, error) {
	m, ok := v.(map[string]any)
	if !ok {
		return nil, ErrForeign
	}
	o := object(m)
	for _, t := range tools {
		if t.knows(o) {
			runs := t.read(o)
			for i := range runs {
				runs[i].Tool = t.name
			}
			return runs, nil
		}
	}
	if err := strangerObject(o); err != nil {
		return nil, err
	}
	return nil, ErrForeign
}
