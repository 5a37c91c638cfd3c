package trace

import (
	"math"
	"strconv"
	"strings"
	"testing"
)

// A row is the same however its columns are spelled, its times written, and whether it stands in a table or in JSON.
func TestSpellings(t *testing.T) {
	tables := map[string]float64{ // what one unit of the time is in seconds
		"timestamp,input_length,output_length": 1, "Timestamp,Request tokens,Response tokens": 1,
		"TIMESTAMP,Context Tokens,Generated Tokens": 1, "arrived_at,num_prefill_tokens,num_decode_tokens": 1,
		"arrival_s,prompt_tokens,output_tokens": 1, "timestamp_ms,prompt_tokens,completion_tokens": 1e-3,
		"ArrivalTimeMS,InputTokens,OutputTokens": 1e-3, "start-time-us,isl,osl": 1e-6, "request_time_ns,isl,osl": 1e-9,
	}
	for head, unit := range tables {
		text := head + "\n" + number(2.5/unit) + ",100,10\n" + number(4/unit) + ",200,20\n"
		check(t, text)
		words := strings.Split(head, ",")
		json := ""
		for _, row := range [][3]string{{number(2.5 / unit), "100", "10"}, {number(4 / unit), "200", "20"}} {
			json += `{"id": {"timestamp": "no"}, "` + words[0] + `": ` + row[0] + `, "` + words[1] + `": ` + row[1] +
				`,"x":[{"a\"": "}"}], "` + words[2] + `" :"` + row[2] + `"}` + "\n"
		}
		check(t, json)
		check(t, "["+strings.ReplaceAll(strings.TrimSpace(json), "\n", ",")+"]")
	}
	for _, times := range [][2]string{{"1715299202.5", "1715299204"}, {"1715299202500", "1715299204000"},
		{"1715299202500000", "1715299204000000"}, {"1715299202500000000", "1715299204000000000"},
		{"2024-05-10 00:00:02.5000000", "2024-05-10 00:00:04.0000000"},
		{"2024-05-10T00:00:02.5Z", "2024-05-10T01:00:04+01:00"}, {"2024-05-10T02:00:02.5+0200", "2024-05-09t23:00:04-01"}} {
		check(t, "timestamp,input_length,output_length\n"+times[0]+",100,10\n"+times[1]+",200,20\n")
		check(t, `[{"timestamp": "`+times[0]+`", "input_length": 100, "output_length": 10}, {"timestamp": "`+times[1]+
			`", "input_length": 200, "output_length": 20}]`)
	}
}

func number(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

func check(t *testing.T, text string) {
	t.Helper()
	got, sum, err := all(t, strings.NewReader(text), Options{})
	if err != nil || len(got) != 2 || sum.Untimed {
		t.Errorf("%q: %v, %v", text, got, err)
		return
	}
	for i, want := range []call{{0, 100, 10, 0}, {1.5, 200, 20, 0}} {
		if c := got[i]; math.Abs(c.at-want.at) > 1e-6 || c.input != want.input || c.output != want.output {
			t.Errorf("%q: %+v, want %+v", text, c, want)
		}
	}
}

// Hash ids are those of blocks of the power of two that covers a prompt, in JSON and in a cell of a table.
func TestBlocks(t *testing.T) {
	for _, c := range []struct {
		tokens int64
		ids    int
		want   int32
	}{{6955, 14, 512}, {513, 2, 512}, {1024, 2, 512}, {1025, 3, 512}, {521, 33, 16}, {17, 2, 16}, {16, 1, 16},
		{100, 1, 128}, {129, 3, 64}} {
		if got := blockOf(c.tokens, c.ids); got != c.want {
			t.Errorf("%d ids of %d tokens: blocks of %d, want %d", c.ids, c.tokens, got, c.want)
		}
	}
	for text, want := range map[string]int{
		"timestamp,input_length,output_length,block_hash_ids\n0,40,1,7|8|9\n":                           3,
		`{"timestamp": 1.5, "input_length": 40, "output_length": 1, "hash_ids": [7, 8, 9]}`:             3,
		`{"chat_id": 4, "timestamp": 61.114, "input_length": 17, "output_length": 1, "hash_ids":[1,2]}`: 2,
	} {
		got, _, err := all(t, strings.NewReader(text), Options{})
		if err != nil || len(got) != 1 || got[0].spans != want {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	for text, want := range map[string]string{
		`{"timestamp": 1.5, "input_length": "many", "output_length": 1}`:                    `input_length is "many"`,
		`{"timestamp": 1.5, "input_length": 4, "output_length": 1, "hash_ids": [1.5]}`:      `hash_ids is "[1.5]"`,
		"timestamp,input_length,output_length,hash_ids\n0,40,1,a|8\n":                       `hash_ids is "a|8"`,
		`{"timestamp": "yesterday", "input_length": 4, "output_length": 1, "hash_ids": []}`: `"yesterday" is no time`,
	} {
		if _, _, err := all(t, strings.NewReader(text), Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
