package manifest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"fathom/sim/plan"
	"fathom/sim/report"
)

// rpcPort is where attention replicas of several servers find each other (docs.vllm.ai, Data Parallel Deployment).
const rpcPort = 13345

// vllm is the argument vector of an instance of vLLM on one server, with its port.
func (d *deployment) vllm(in *instance, port int) []string {
	args := slices.Clone(in.command.Args)
	if i := slices.Index(args, "--kv-transfer-config"); i >= 0 {
		args[i+1] = d.transfer(args[i+1])
	}
	return append(args, "--port", strconv.Itoa(port))
}

// transfer completes the configuration of a Mooncake connector, which needs the layout of both sides (vLLM-Ascend,
// Prefill-Decode Disaggregation: kv_port, kv_connector_extra_config).
func (d *deployment) transfer(text string) string {
	var c struct {
		Connector string `json:"kv_connector"`
		Role      string `json:"kv_role"`
	}
	if err := json.Unmarshal([]byte(text), &c); err != nil || !strings.HasPrefix(c.Connector, "Mooncake") || !d.pair() {
		return text
	}
	type side struct {
		DP int `json:"dp_size"`
		TP int `json:"tp_size"`
	}
	of := func(s plan.Strategy) side { return side{max(1, s.DP), s.TP} }
	port := map[string]string{"kv_producer": "30000", "kv_consumer": "30100"}[c.Role]
	b, err := json.Marshal(struct {
		Connector string          `json:"kv_connector"`
		Role      string          `json:"kv_role"`
		Port      string          `json:"kv_port"`
		Extra     map[string]side `json:"kv_connector_extra_config"`
	}{c.Connector, c.Role, port, map[string]side{"prefill": of(d.in[0].row.Strategy), "decode": of(d.in[1].row.Strategy)}})
	if err != nil {
		panic(err) // of types that always encode
	}
	return string(b)
}

// spread is the script that starts vLLM on each of the servers of an instance: a LeaderWorkerSet says which one it is.
// Attention replicas share servers by rank, one replica's ranks by node (docs.vllm.ai, Data Parallel Deployment, and
// kubernetes-sigs/lws 84d69ebe, basic/vllm.yaml). Only the first one speaks HTTP.
func (d *deployment) spread(in *instance, port int) string {
	line := "exec " + report.Shell(d.vllm(in, port))
	if in.local > 0 {
		line += fmt.Sprintf(" --data-parallel-size-local %d --data-parallel-address $LWS_LEADER_ADDRESS"+
			" --data-parallel-rpc-port %d $RANK", in.local, rpcPort)
		return fmt.Sprintf("if [ \"$LWS_WORKER_INDEX\" != 0 ]; then\n"+
			"  RANK=\"--headless --data-parallel-start-rank $((LWS_WORKER_INDEX * %d))\"\nfi\n%s\n", in.local, line)
	}
	return "if [ \"$LWS_WORKER_INDEX\" != 0 ]; then\n  RANK=--headless\nfi\n" + line +
		" --nnodes $LWS_GROUP_SIZE --node-rank $LWS_WORKER_INDEX --master-addr $LWS_LEADER_ADDRESS $RANK\n"
}

// server is the argument vector of an instance on one server, with its port.
func (d *deployment) server(in *instance, port int) []string {
	switch in.engine.Name {
	case "sglang":
		return sglang(in, port)
	case "trtllm":
		return trtllm(in, port)
	}
	return d.vllm(in, port)
}

// process is the container command of an instance.
func (d *deployment) process(in *instance, port int) (command []string) {
	switch {
	case in.hosts == 1:
		return d.server(in, port)
	case in.engine.Name == "sglang":
		return []string{"sh", "-c", sglangSpread(in, port)}
	}
	return []string{"sh", "-c", d.spread(in, port)}
}
