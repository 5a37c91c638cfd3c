package manifest

import (
	"fmt"

	"fathom/sim/report"
)

// trtllm is the argument vector of an instance of TensorRT-LLM on one server, with its port: a script that writes the
// settings down first, since trtllm-serve reads them from a file.
func trtllm(in *instance, port int) []string {
	return []string{"sh", "-c", fmt.Sprintf("cd /tmp && cat > %s <<'EOF'\n%sEOF\nexec %s --host 0.0.0.0 --port %d",
		in.command.File, in.command.FileText, report.Shell(in.command.Args), port)}
}

// ranked reports whether the ranks of an instance are started by MPI: TensorRT-LLM's over several servers
// (trtllm-llmapi-launch), for which only an operator brings what it takes.
func (in *instance) ranked() bool { return in.engine.Name == "trtllm" && in.hosts > 1 }
