package score

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"regexp"
	"strings"

	"fathom/hw"
	"fathom/hw/message"
)

// maxRows keeps a wrong file from filling the memory.
const maxRows = 200_000

// Read reads a file of measured runs, of either column set or of a user's own with some of the columns. A line that
// starts with a # is a comment. A file that is no such table gives an error with the line; a row that cannot be used
// keeps its reason.
func Read(r io.Reader) ([]Row, error) {
	in := bufio.NewReaderSize(&limited{r: r, left: 1 << 30}, peeked)
	c := csv.NewReader(in)
	c.Comma = comma(in)
	c.Comment = '#'
	c.FieldsPerRecord = -1
	c.ReuseRecord = true
	first, err := c.Read()
	if errors.Is(err, io.EOF) {
		return nil, message.Fault("csv.no-header")
	}
	if err != nil {
		return nil, broken(err)
	}
	head, err := readHeader(first)
	if err != nil {
		return nil, err
	}
	var rows []Row
	for {
		record, err := c.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, broken(err)
		}
		line, _ := c.FieldPos(0)
		if len(rows) == maxRows {
			return nil, message.Fault("csv.many", line, maxRows)
		}
		rows = append(rows, head.row(record, line))
	}
	if len(rows) == 0 {
		return nil, message.Fault("csv.no-runs")
	}
	judge(rows)
	return rows, nil
}

// peeked is how far a file is looked ahead for its header.
const peeked = 1 << 16

// comma is what separates the columns of a file: spreadsheets write semicolons or tabs, too. The header tells, which is
// the first line that is no comment.
func comma(in *bufio.Reader) rune {
	head, _ := in.Peek(peeked)
	for line := range strings.Lines(string(head)) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		for _, c := range ";\t" {
			if !strings.ContainsRune(line, ',') && strings.ContainsRune(line, c) {
				return c
			}
		}
		break
	}
	return ','
}

// broken names the line of a CSV error in the words of the other messages.
func broken(err error) error {
	var at *csv.ParseError
	if errors.As(err, &at) {
		return message.Fault("csv.at", at.Line, at.Column, at.Err)
	}
	return err
}

// limited refuses files that no table of runs is as large as.
type limited struct {
	r    io.Reader
	left int64
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, message.Fault("csv.large")
	}
	n, err := l.r.Read(p)
	l.left -= int64(n)
	return n, err
}

// header knows where each column stands.
type header struct {
	at    map[string]int
	width int
}

// readHeader refuses tables that lack what every prediction needs, and names the columns.
func readHeader(names []string) (header, error) {
	h := header{at: map[string]int{}, width: len(names)}
	for i, n := range names {
		n = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(n, "\ufeff")))
		if canonical, ok := synonyms[n]; ok {
			n = canonical
		}
		if n == "" {
			continue
		}
		if foreign.MatchString(n) {
			return h, message.Fault("csv.unit", i+1, hw.Clean(n))
		}
		if j, twice := h.at[n]; twice {
			return h, message.Fault("csv.twice", j+1, i+1, hw.Clean(n))
		}
		h.at[n] = i
	}
	for _, need := range []string{"model", "gpu", "isl", "osl"} {
		if _, ok := h.at[need]; !ok {
			return h, message.Fault("csv.lacks", need, others(need))
		}
	}
	for _, one := range []string{"ttft_ms", "tpot_ms", "out_tok_s", "total_tok_s", "ttft_p50_ms", "tpot_p50_ms"} {
		if _, ok := h.at[one]; ok {
			return h, nil
		}
	}
	return h, message.Fault("csv.unmeasured")
}

// foreign matches columns of times that do not end in our unit: whoever writes one means it to be read.
var foreign = regexp.MustCompile(`^(?:mean_|avg_|measured_)?(?:ttft|tpot)(?:_mean|_avg)?` +
	`(?:_(?:s|sec|secs|seconds|us|ns))?$`)

// synonyms are the other names of columns: those of the published set and what people write.
var synonyms = map[string]string{
	"device": "gpu", "hardware": "gpu", "accelerator": "gpu", "system": "gpu",
	"engine": "backend", "framework": "backend", "engine_version": "backend_version",
	"input_length": "isl", "output_length": "osl", "input_len": "isl", "output_len": "osl",
	"tp": "tp_size", "pp": "pp_size", "dp": "attention_dp_size", "dp_size": "attention_dp_size", "ep": "moe_ep_size",
	"ep_size":          "moe_ep_size",
	"measured_ttft_ms": "ttft_ms", "measured_tpot_ms": "tpot_ms", "mean_ttft_ms": "ttft_ms", "mean_tpot_ms": "tpot_ms",
	"output_tok_s": "out_tok_s", "throughput_tok_s": "out_tok_s", "measured_throughput_tok_s": "out_tok_s",
	"kv_cache_dtype": "kv", "max_num_batched_tokens": "batched_tokens", "max_num_seqs": "sequences", "qps": "rate",
	"request_rate": "rate",
}

// others lists the synonyms of a column, in a fixed order.
func others(name string) string {
	var out []string
	for _, s := range []string{"device", "hardware", "input_length", "input_len", "output_length", "output_len"} {
		if synonyms[s] == name {
			out = append(out, s)
		}
	}
	if len(out) == 0 {
		return "no other name"
	}
	return "or " + strings.Join(out, ", ")
}
