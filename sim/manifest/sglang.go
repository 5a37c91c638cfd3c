package manifest

import (
	"fmt"
	"slices"
	"strconv"

	"fathom/sim/report"
)

// Where SGLang's ranks of several servers meet, and where a decode instance finds a prompt's cache (docs.sglang.io,
// "Multi-Node Deployment" and "PD Disaggregation", defaults of "Server Arguments").
const (
	distPort      = 20000
	bootstrapPort = 8998
)

// sglang is the argument vector of an instance of SGLang on one server, with its port.
func sglang(in *instance, port int) []string {
	args := append(slices.Clone(in.command.Args), "--host", "0.0.0.0", "--port", strconv.Itoa(port))
	if in.role == "prefill" {
		args = append(args, "--disaggregation-bootstrap-port", strconv.Itoa(bootstrapPort))
	}
	return args
}

// sglangSpread starts SGLang on each of the servers of an instance; the first one speaks HTTP.
func sglangSpread(in *instance, port int) string {
	return fmt.Sprintf("exec %s --nnodes $LWS_GROUP_SIZE --node-rank $LWS_WORKER_INDEX --dist-init-addr"+
		" $LWS_LEADER_ADDRESS:%d\n", report.Shell(sglang(in, port)), distPort)
}

// apart reports whether an instance of SGLang is replicas that share no experts: those of one server it starts
// together, those of several not (server_args.py, check_server_args).
func (in *instance) apart() bool {
	return in.engine.Name == "sglang" && in.row.Strategy.DP > 1 &&
		!slices.Contains(in.command.Args, "--enable-dp-attention")
}
