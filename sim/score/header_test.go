package score

import (
	"context"
	"math"
	"strings"
	"testing"
)

const (
	plainHead = "model,gpu,backend,precision,tp_size,isl,osl,concurrency"
	plainRun  = "Qwen3-32B,h100_sxm,vllm,fp8,2,1024,512,16"
)

// A header says by its name and its unit what its figures are, in either language; a rate of one device is multiplied
// by the devices of the run.
func TestHeadersAreReadByNameAndUnit(t *testing.T) {
	want := Figures{TTFT: 0.12, TPOT: 0.0095, Throughput: 1600}
	for head, figures := range map[string]string{
		"Mean TTFT (ms),TPOT (s),Output throughput (tok/s)": "120,0.0095,1600",
		"ttft_s,mean_tpot_us,output_tput_per_gpu":           "0.12,9500,800",
		"TTFT [ms],avg_tpot_ms,out_tok_s/GPU":               "120,9.5,800",
		"首token延迟（ms）,平均TPOT(毫秒),输出吞吐(tokens/s)":            "120,9.5,1600",
		"首字时延(秒),每token时延(µs),单卡输出吞吐":                       "0.12,9500,800",
		"TTFT/ms,TPOT/ms,Total throughput (tok/s)":          "120,9.5,4800",
		"TTFT/ms,TPOT/ms,total_tok_s_per_npu":               "120,9.5,2400",
	} {
		rows, err := Read(strings.NewReader(plainHead + "," + head + "\n" + plainRun + "," + figures + "\n"))
		if err != nil {
			t.Errorf("%s: %v", head, err)
			continue
		}
		got := rows[0].Measured
		for _, v := range [][2]float64{{got.TTFT, want.TTFT}, {got.TPOT, want.TPOT}, {got.Throughput, want.Throughput}} {
			if math.Abs(v[0]/v[1]-1) > 1e-9 || !rows[0].Fault.IsZero() || !rows[0].File.IsZero() {
				t.Errorf("%s: %+v, %s %s", head, got, rows[0].Fault, rows[0].File)
			}
		}
	}
	rows, err := Read(strings.NewReader("模型;硬件;推理引擎;精度;TP;输入长度;输出长度;并发数;TTFT (ms)\n" +
		strings.ReplaceAll(plainRun, ",", ";") + ";120\n"))
	if err != nil || !rows[0].Fault.IsZero() || rows[0].Input != 1024 || rows[0].Side.TP != 2 || rows[0].Concurrency != 16 {
		t.Errorf("%v, %+v", err, rows)
	}
	rows, err = Read(strings.NewReader("model,gpu,isl,osl,concurrency,out_tok_s_per_gpu\nQwen3-32B,h100_sxm,1024,512,16,800\n"))
	if err != nil || !strings.Contains(rows[0].Fault.String(), "devices") {
		t.Errorf("of so many devices nobody knows: %v, %s", err, rows[0].Fault)
	}
}

// A column that is not read is named once, with what it may be called; those that say nothing of a figure are not.
func TestColumnsThatAreNotReadAreNamed(t *testing.T) {
	for name, near := range map[string]string{
		"tok_s_per_gpu": "out_tok_s_per_gpu", "throughput": "out_tok_s", "tput_per_gpu": "total_tok_s_per_gpu",
		"acceptance_rate": "acceptance_length", "req_s": "rate", "p99_ttft": "ttft_p50_ms", "吞吐": "out_tok_s",
		"num_speculative_tokens": "draft", "tp_sise": "tp_size", "bandwidth": "", "note": "-", "备注": "-", "seed": "-",
	} {
		rows, err := Read(strings.NewReader(plainHead + ",ttft_ms," + name + "\n" + plainRun + ",120,1\n" + plainRun + ",121,2\n"))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		said := rows[0].File.String()
		if silent := near == "-"; silent != (said == "") || !silent && (!strings.Contains(said, name) ||
			!strings.Contains(said, near)) || !rows[1].File.IsZero() {
			t.Errorf("%s: %q", name, said)
		}
	}
	_, err := Read(strings.NewReader(plainHead + ",throughput\n" + plainRun + ",1600\n"))
	if err == nil || !strings.Contains(err.Error(), `"throughput" (near: out_tok_s`) {
		t.Errorf("the only figure is not read: %v", err)
	}
}

// Figures of one device in a column of all contradict the requests in flight, and so do far too few of them.
func TestThroughputOfOneDevice(t *testing.T) {
	for rate, want := range map[string]string{
		"1600": "", "1300": "", "800": "one of 2 devices", "300": "contradict each other", "15000": "contradict each other",
	} {
		rows, err := Read(strings.NewReader(plainHead + ",ttft_ms,tpot_ms,out_tok_s\n" + plainRun + ",120,9.5," + rate + "\n"))
		if err != nil {
			t.Fatal(err)
		}
		if said := rows[0].Fault.String(); (want == "") != (said == "") || !strings.Contains(said, want) {
			t.Errorf("%s tok/s: %q", rate, said)
		}
	}
}

// Latencies of microseconds without a throughput beside them are a thousand times the prediction: such a run is left
// out of the sums; slow ones are not.
func TestLatenciesOfAnotherUnitAreCondemned(t *testing.T) {
	for figures, out := range map[string]bool{"120000,9500": true, "120000,": true, ",9500": true, "3000,40": false,
		"12000,12": false} {
		rows, err := Read(strings.NewReader(plainHead + ",ttft_ms,tpot_ms\n" + plainRun + "," + figures + "\n"))
		if err != nil {
			t.Fatal(err)
		}
		res, err := Run(context.Background(), rows, Options{}, nil)
		if err != nil || res.Rows[0].Predicted == nil || out != (rows[0].Suspect != "") || out != (res.Overall.Answered == 0) {
			t.Errorf("%s: %v, %q, %+v", figures, err, rows[0].Suspect, res.Overall)
		}
	}
}

// What spreadsheets write is read, or refused with what to do.
func TestFilesOfSpreadsheets(t *testing.T) {
	semicolons := strings.NewReplacer(",", ";")
	for name, c := range map[string]struct{ file, wrong string }{
		"mark and line ends": {"\ufeff" + plainHead + ",ttft_ms\r\n" + plainRun + ",120\r\n", ""},
		"separator line":     {"sep=;\n" + semicolons.Replace(plainHead+",ttft_ms\n"+plainRun+",120\n"), ""},
		"comma in brackets":  {semicolons.Replace(plainHead) + ";TTFT (ms)\n" + semicolons.Replace(plainRun) + ";120\n", ""},
		"decimal comma":      {semicolons.Replace(plainHead+",ttft_ms\n"+plainRun) + ";120,5\n", "decimal point"},
		"thousands":          {plainHead + ",ttft_ms\n" + plainRun + ",\"1,200\"\n", "separators of thousands"},
		"spaced":             {plainHead + ",ttft_ms\n" + plainRun + ",1 200.5\n", "separators of thousands"},
		"utf-16":             {"\xff\xfem\x00o\x00", "UTF-8"},
		"gbk":                {"\xc4\xa3\xd0\xcd," + plainHead + ",ttft_ms\n", "UTF-8"},
		"workbook":           {"PK\x03\x04\x14\x00", "workbook"},
		"another unit":       {plainHead + ",输出吞吐(req/s)\n" + plainRun + ",1\n", "tok/s/GPU"},
	} {
		rows, err := Read(strings.NewReader(c.file))
		said := ""
		if err != nil {
			said = err.Error()
		} else {
			said = rows[0].Fault.String()
		}
		if (c.wrong == "") != (said == "") || !strings.Contains(said, c.wrong) {
			t.Errorf("%s: %q", name, said)
		}
	}
	rows, err := Read(strings.NewReader("sep=;\n" + semicolons.Replace(plainHead+",ttft_ms\n"+plainRun+",120\n")))
	if err != nil || rows[0].Line != 3 {
		t.Errorf("lines count from the file's first: %v, %+v", err, rows)
	}
}
