package trace

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

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
//     and counts seconds.
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

// named are the words for a column, lower case with single underscores; the first is what messages call it. Those of
// time that end in _ms are in milliseconds.
var named = [numColumns][]string{
	at: {"timestamp", "time", "arrival", "arrival_time", "arrived_at", "arrival_s", "start_time", "timestamp_s",
		"timestamp_ms", "arrival_time_ms", "arrival_ms"},
	input: {"input_length", "input_tokens", "contexttokens", "request_tokens", "prompt_tokens", "prompt_len",
		"input_len", "num_prefill_tokens"},
	output: {"output_length", "output_tokens", "generatedtokens", "response_tokens", "completion_tokens", "output_len",
		"num_decode_tokens", "expected_output_len"},
	session:      {"session_id", "conversation_id", "session"},
	blocks:       {"hash_ids"},
	prompt:       {"prompt"},
	conversation: {"conversations", "conversation"},
}

// columnOf is the column of a name; numColumns for one that says nothing here.
func columnOf(name string) column {
	name = strings.Join(strings.FieldsFunc(strings.ToLower(strings.TrimSpace(name)), func(r rune) bool {
		return r == ' ' || r == '_' || r == '-' || r == '.'
	}), "_")
	for c := range named {
		if slices.Contains(named[c], name) {
			return column(c)
		}
	}
	return numColumns
}

func milliseconds(name string) bool {
	return strings.HasSuffix(strings.ToLower(strings.TrimSpace(name)), "ms")
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
		if bytes.Contains(first, []byte(`"hash_ids"`)) ||
			bytes.Contains(first, []byte(`"input_length"`)) && bytes.Contains(first, []byte(`"timestamp"`)) {
			if broken := fraction.Match(head); !broken {
				return Mooncake, nil
			}
		}
		return ShareGPT, nil
	case strings.Contains(low, "contexttokens"):
		return Azure, nil
	case strings.Contains(low, "request tokens"):
		return BurstGPT, nil
	}
	for _, word := range strings.Split(low, ",") {
		if c := columnOf(strings.Trim(word, `"`)); c != numColumns {
			return ShareGPT, nil
		}
	}
	return 0, message.Fault("trace.foreign", message.Clean(string(first[:min(len(first), 60)])))
}
