package hw

import (
	"math"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// Every format has a row that is whole, and no two share a spelling.
func TestFormatsAreWhole(t *testing.T) {
	seen := map[string]Format{}
	for f := range NumFormats {
		row := f.Row()
		if row.Name == "" || row.Weight == 0 || row.Act == 0 || len(row.Units) == 0 ||
			row.Kernels.Row().Kernels != row.Kernels {
			t.Errorf("format %d: %+v", f, row)
		}
		for _, name := range append(row.Aliases, row.Name) {
			if other, ok := seen[name]; ok {
				t.Errorf("%q is %v and %v", name, other, f)
			}
			seen[name] = f
			if got, err := ParseFormat(name); err != nil || got != f {
				t.Errorf("%q reads as %v, %v", name, got, err)
			}
		}
		if l := f.Layout(); (l.Inputs > 0) != (l.Outputs > 0 && l.Inputs > 0) || l.Scale == 0 && l.Inputs > 0 {
			t.Errorf("%v: layout %+v", f, l)
		}
	}
	if _, err := ParseFormat("fp7"); err == nil || !strings.Contains(err.Error(), "nvfp4") {
		t.Errorf("an unknown format: %v", err)
	}
}

// Sizes by hand: a 4096x11008 matrix, with the scales of its blocks, columns or none.
func TestFormatSizes(t *testing.T) {
	const in, out = 4096, 11008
	for _, c := range []struct {
		f      Format
		bytes  float64 // of one weight
		matrix float64
	}{
		{FormatBF16, 2, in * out * 2},
		{FormatFP8, 1, in * out},
		{FormatFP8Channel, 1, in*out + 4*out},
		{FormatFP8Block, 1 + 4.0/16384, in*out + 4*32*86},
		{FormatNVFP4, 0.5625, in*out/2 + in/16*out},
		{FormatMXFP4, 0.53125, in*out/2 + in/32*out},
		{FormatINT4, 0.5625, in*out/2 + in/32*out*2},
		{FormatINT4G64, 0.53125, in*out/2 + in/64*out*2},
		{FormatINT4G128, 0.515625, in*out/2 + in/128*out*2},
		{FormatNF4, 0.5625, in*out/2 + in/64*out*4},
		{FormatNF4Double, 0.5 + 1.0/64 + 4.0/64/256, in*out/2 + in/64*out*(1+4.0/256)},
		{FormatW8A16, 1, in * out},
		{FormatW4A8, 0.5, in * out / 2},
	} {
		if got := c.f.Bytes(); math.Abs(got-c.bytes) > 1e-12 {
			t.Errorf("%v: %g bytes a weight, want %g", c.f, got, c.bytes)
		}
		if got := c.f.Layout().Matrix(in, out); got != c.matrix {
			t.Errorf("%v: a matrix of %g bytes, want %g", c.f, got, c.matrix)
		}
	}
	// The last block of a matrix that is no multiple of it has a scale too.
	if got := FormatFP8Block.Layout().Matrix(129, 1); got != 129+8 {
		t.Errorf("129x1 in blocks: %g bytes", got)
	}
}

func TestFormatsByGroup(t *testing.T) {
	for _, c := range []struct {
		from Format
		size int
		want Format
		ok   bool
	}{
		{FormatMXFP4, 0, FormatMXFP4, true}, {FormatMXFP4, 32, FormatMXFP4, true}, {FormatMXFP4, 16, FormatNVFP4, true},
		{FormatMXFP4, 64, FormatMXFP4, false}, {FormatINT4, 128, FormatINT4G128, true},
	} {
		if got, ok := c.from.Grouped(c.size); ok != c.ok || ok && got != c.want {
			t.Errorf("%v with groups of %d: %v, %t", c.from, c.size, got, ok)
		}
	}
	for name, want := range map[string]Format{"DeepSeek-R1-0528-NVFP4": FormatNVFP4,
		"Qwen3-32B-AWQ --kv-cache-dtype fp8": FormatINT4, "Qwen3-8B-bnb-nf4": FormatNF4, "W4A8 of int4": FormatINT4,
		"Qwen3-8B-FP8": FormatFP8, "DeepSeek-V3.1-w8a8": FormatINT8, "gpt-oss-120b-MXFP4": FormatMXFP4} {
		if got, ok := FormatIn(name); !ok || got != want {
			t.Errorf("%s: %v, %t", name, got, ok)
		}
	}
	if f, ok := FormatIn("Qwen3-8B bfloat16"); ok {
		t.Errorf("16 bits read as %v", f)
	}
}

// Files of an earlier version have other keys for some figures. A file with both has one too many.
func TestOldKeysAreRead(t *testing.T) {
	p, err := Find("H100_SXM")
	if err != nil {
		t.Fatal(err)
	}
	own := *p
	k := *p.Kernel
	k.Linear[FormatNVFP4] = Efficiency{Memory: 0.61, Compute: 0.52, Overhead: 3e-6}
	own.Kernel, own.Calibrated = &k, calibrated()
	text := string(Template(&own))
	old := strings.ReplaceAll(text, "nvfp4 =", "fp4 =")
	for now, was := range oldKeys {
		changed := regexp.MustCompile(`\b`+now+`\b`).ReplaceAllString(old, was)
		if changed == old {
			t.Errorf("the template has no %s", now)
		}
		old = changed
	}
	back, err := Parse("old.toml", []byte(old))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(back.Kernel, own.Kernel) || !reflect.DeepEqual(back.Calibrated, own.Calibrated) {
		t.Errorf("%+v\nbecame %+v", own.Kernel, back.Kernel)
	}
	both := strings.Replace(text, "layer_overhead_us =", "layer_floor_us = 1\nlayer_overhead_us =", 1)
	if _, err := Parse("both.toml", []byte(both)); err == nil || !strings.Contains(err.Error(), "layer_floor_us") {
		t.Errorf("both keys: %v", err)
	}
}
