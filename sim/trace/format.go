package trace

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"fathom/hw/message"
)

// Format is how a file of requests is written. Auto finds it out.
type Format uint8

// The formats, by their sources:
//
//   - Azure: TIMESTAMP,ContextTokens,GeneratedTokens; times are dates, of 2023 without and of 2024 with a zone
//     (https://github.com/Azure/AzurePublicDataset, AzureLLMInferenceDataset2023.md and 2024.md).
//   - Mooncake: JSON lines with timestamp in whole ms, input_length, output_length, hash_ids of blocks of 512 tokens
//     (https://github.com/kvcache-ai/Mooncake, FAST25-release/traces). The same with broken times is not Mooncake's,
//     and counts seconds; its blocks may be smaller.
//   - BurstGPT: Timestamp in s, Model, Request tokens, Response tokens, Total tokens, Log Type; the third release has
//     Session ID and Elapsed time too (https://github.com/HPMLL/BurstGPT). Without an answer a request had failed.
//   - ShareGPT: a table or JSON whose columns are named as benchmark tools name them (columns), or conversations with
//     their texts, of which the first prompt and answer count, as in vLLM's benchmark (vllm/benchmarks/datasets.py).
const (
	Auto Format = iota
	Azure
	Mooncake
	BurstGPT
	ShareGPT
)

// Names are the formats that can be forced.
var Names = []string{"azure", "mooncake", "burstgpt", "sharegpt"}

func (f Format) String() string {
	if f == Auto {
		return ""
	}
	return Names[f-1]
}

// FormatOf is the format of a name; Auto for one that there is not.
func FormatOf(name string) Format { return Format(slices.Index(Names, name) + 1) }

// column is one thing that a row says.
type column uint8

const (
	at column = iota
	input
	output
	session
	blocks
	prompt       // a text instead of a length
	conversation // texts in turn
	numColumns
)

// named are the words for a column, in tables and JSON alike, however their parts are joined; the first is what
// messages call it. Those of time may end in a unit.
var named = [numColumns][]string{
	at: {"timestamp", "time", "arrival", "arrival_time", "arrived_at", "start_time", "start_timestamp",
		"request_timestamp", "request_time", "arrival_timestamp", "created_at", "datetime", "ts"},
	input: {"input_length", "input_tokens", "context_tokens", "request_tokens", "prompt_tokens", "prompt_len",
		"prompt_length", "input_len", "isl", "num_prefill_tokens", "prefill_tokens", "num_input_tokens",
		"num_prompt_tokens"},
	output: {"output_length", "output_tokens", "generated_tokens", "response_tokens", "completion_tokens",
		"output_len", "osl", "response_length", "num_decode_tokens", "decode_tokens", "num_output_tokens",
		"expected_output_len"},
	session:      {"session_id", "conversation_id", "session"},
	blocks:       {"hash_ids", "block_hash_ids"},
	prompt:       {"prompt"},
	conversation: {"conversations", "conversation"},
}

// columns are the words by what plain makes of them.
var columns = func() map[string]column {
	out := map[string]column{}
	for c, words := range named {
		for _, w := range words {
			out[plain(w)] = column(c)
		}
	}
	return out
}()

// units are the endings of the names of times, and what one of it is in seconds.
var units = []struct {
	end     string
	seconds float64
}{{"ms", 1e-3}, {"us", 1e-6}, {"ns", 1e-9}, {"s", 1}}

// plain is a name without what separates its words: ContextTokens, context_tokens and Context tokens are one.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '_' || r == '-' || r == '.' {
			return -1
		}
		return unicode.ToLower(r)
	}, name)
}

// columnOf is the column of a name, and of a time what one of it is in seconds; numColumns for a name that says nothing
// here.
func columnOf(name string) (column, float64) {
	name = plain(name)
	if c, ok := columns[name]; ok {
		return c, 1
	}
	for _, u := range units {
		if stem, ok := strings.CutSuffix(name, u.end); ok {
			if c, ok := columns[stem]; ok && c == at {
				return at, u.seconds
			}
		}
	}
	return numColumns, 1
}

// fraction is a time in JSON that is no whole number.
var fraction = regexp.MustCompile(`"timestamp"\s*:\s*[0-9]+\.[0-9]*[1-9]`)

// detect tells the format from the beginning of a file.
func detect(head []byte) (Format, error) {
	head = bytes.TrimLeft(head, " \t\r\n")
	first, _, _ := bytes.Cut(head, []byte("\n"))
	low := strings.ToLower(string(first))
	switch {
	case len(head) == 0:
		return 0, message.Fault("trace.empty")
	case head[0] == '[':
		return ShareGPT, nil
	case head[0] == '{':
		if bytes.Contains(first, []byte(`"timestamp"`)) && (bytes.Contains(first, []byte(`"hash_ids"`)) ||
			bytes.Contains(first, []byte(`"input_length"`))) {
			if broken := fraction.Match(head); !broken {
				return Mooncake, nil
			}
		}
		return ShareGPT, nil
	case strings.Contains(plain(low), "contexttokens"):
		return Azure, nil
	case strings.Contains(plain(low), "requesttokens"):
		return BurstGPT, nil
	}
	for _, word := range strings.Split(low, ",") {
		if c, _ := columnOf(strings.Trim(strings.TrimSpace(word), `"`)); c != numColumns {
			return ShareGPT, nil
		}
	}
	return 0, message.Fault("trace.foreign", message.Clean(string(first[:min(len(first), 60)])))
}
