package manifest

import (
	"fmt"
	"strconv"
	"strings"

	"fathom/hw/message"
)

// What of Kubernetes' objects is used, in the order in which people write it (kubernetes/api core/v1 and apps/v1).

type meta struct {
	Name   string            `yaml:"name,omitempty"`
	Labels map[string]string `yaml:"labels,omitempty"`
}

type object struct {
	APIVersion string `yaml:"apiVersion"`
	Kind       string `yaml:"kind"`
	Metadata   meta   `yaml:"metadata"`
	Spec       any    `yaml:"spec,omitempty"`
	Data       any    `yaml:"data,omitempty"`
}

type podTemplate struct {
	Metadata meta    `yaml:"metadata,omitempty"`
	Spec     podSpec `yaml:"spec"`
}

type podSpec struct {
	Containers []container `yaml:"containers,omitempty"`
	Volumes    []volume    `yaml:"volumes,omitempty"`
}

type container struct {
	Name         string      `yaml:"name,omitempty"`
	Image        string      `yaml:"image,omitempty"`
	WorkingDir   string      `yaml:"workingDir,omitempty"`
	ModelCommand string      `yaml:"modelCommand,omitempty"` // llm-d's chart only
	Command      []string    `yaml:"command,omitempty"`
	Args         []string    `yaml:"args,omitempty"`
	Env          []variable  `yaml:"env,omitempty"`
	Ports        []port      `yaml:"ports,omitempty"`
	Resources    *resources  `yaml:"resources,omitempty"`
	Startup      *probe      `yaml:"startupProbe,omitempty"`
	Readiness    *probe      `yaml:"readinessProbe,omitempty"`
	Liveness     *probe      `yaml:"livenessProbe,omitempty"`
	Mounts       []mount     `yaml:"volumeMounts,omitempty"`
	Security     *securities `yaml:"securityContext,omitempty"`
	ModelVolume  *bool       `yaml:"mountModelVolume,omitempty"` // llm-d's chart only
}

type variable struct {
	Name  string `yaml:"name"`
	Value string `yaml:"value,omitempty"`
	From  *from  `yaml:"valueFrom,omitempty"`
}

type from struct {
	Field struct {
		Path string `yaml:"fieldPath"`
	} `yaml:"fieldRef"`
}

type port struct {
	Name          string `yaml:"name,omitempty"`
	ContainerPort int    `yaml:"containerPort,omitempty"`
	Port          int    `yaml:"port,omitempty"`
	TargetPort    int    `yaml:"targetPort,omitempty"`
	Protocol      string `yaml:"protocol,omitempty"`
}

type resources struct {
	Limits   map[string]string `yaml:"limits,omitempty"`
	Requests map[string]string `yaml:"requests,omitempty"`
}

type probe struct {
	HTTPGet          *httpGet   `yaml:"httpGet,omitempty"`
	TCPSocket        *tcpSocket `yaml:"tcpSocket,omitempty"`
	Exec             *execute   `yaml:"exec,omitempty"`
	PeriodSeconds    int        `yaml:"periodSeconds,omitempty"`
	TimeoutSeconds   int        `yaml:"timeoutSeconds,omitempty"`
	FailureThreshold int        `yaml:"failureThreshold,omitempty"`
}

type tcpSocket struct {
	Port int `yaml:"port"`
}

type execute struct {
	Command []string `yaml:"command"`
}

type httpGet struct {
	Path string `yaml:"path"`
	Port int    `yaml:"port"`
}

type mount struct {
	Name      string `yaml:"name"`
	MountPath string `yaml:"mountPath"`
	ReadOnly  bool   `yaml:"readOnly,omitempty"`
}

type volume struct {
	Name      string    `yaml:"name"`
	EmptyDir  *emptyDir `yaml:"emptyDir,omitempty"`
	HostPath  *hostPath `yaml:"hostPath,omitempty"`
	ConfigMap *named    `yaml:"configMap,omitempty"`
}

type emptyDir struct {
	Medium    string `yaml:"medium,omitempty"`
	SizeLimit string `yaml:"sizeLimit,omitempty"`
}

type hostPath struct {
	Path string `yaml:"path"`
}

type named struct {
	Name string `yaml:"name"`
}

type securities struct {
	Capabilities struct {
		Add []string `yaml:"add"`
	} `yaml:"capabilities"`
}

// shared is the memory for the ranks of a server to speak over (kubernetes-sigs/lws 84d69ebe, basic/vllm.yaml).
const shared = "15Gi"

// probes asks the server whether it lives: it may load weights for an hour before.
func (c *container) probes(how probe) {
	with := func(failures int) *probe {
		p := how
		p.PeriodSeconds, p.TimeoutSeconds, p.FailureThreshold = 10, 5, failures
		return &p
	}
	c.Startup, c.Readiness, c.Liveness = with(360), with(3), with(6)
}

// health is the engine's own answer.
func health(port int) probe { return probe{HTTPGet: &httpGet{"/health", port}} }

// podIP is the pod's own address.
func podIP(name string) variable {
	v := variable{Name: name, From: &from{}}
	v.From.Field.Path = "status.podIP"
	return v
}

// quantities are what a server's part of an instance holds.
func (d *deployment) quantities(in *instance) *resources {
	q := map[string]string{in.acc.Resource: strconv.Itoa(in.each)}
	if in.acc.RDMA != "" && d.crosses() {
		q[in.acc.RDMA] = "1"
	}
	return &resources{Limits: q, Requests: q}
}

// engineEnv are variables of an engine's process: where NIXL's side channel listens (docs.vllm.ai, NixlConnector).
func (in *instance) engineEnv() []variable {
	if in.role == "serve" || in.acc.RDMA == "" || in.engine.Name != "vllm" {
		return nil
	}
	return []variable{podIP("VLLM_NIXL_SIDE_CHANNEL_HOST"), {Name: "VLLM_NIXL_SIDE_CHANNEL_PORT", Value: "5600"}}
}

// locks lets RDMA pin memory.
func (d *deployment) locks(in *instance) *securities {
	if in.acc.RDMA == "" || !d.crosses() {
		return nil
	}
	s := &securities{}
	s.Capabilities.Add = []string{"IPC_LOCK"}
	return s
}

// volumes are the shared memory and what of the host the devices need, with where it is mounted.
func (in *instance) volumes() (v []volume, m []mount) {
	v = append(v, volume{Name: "dshm", EmptyDir: &emptyDir{Medium: "Memory", SizeLimit: shared}})
	m = append(m, mount{Name: "dshm", MountPath: "/dev/shm"})
	for i, p := range in.acc.Mounts {
		name := fmt.Sprintf("host-%d", i)
		v = append(v, volume{Name: name, HostPath: &hostPath{p}})
		m = append(m, mount{Name: name, MountPath: p, ReadOnly: true})
	}
	return v, m
}

// router is the command in front of both roles. In it ROLE_URLS stands for the instances of a role as --prefill or
// --decode with an address each, ROLE_BOOTSTRAPS for the same with the port of SGLang's rendezvous behind, ROLE_HOSTS
// and ROLE_PORTS for their hosts and ports. A word that is such a name alone becomes as many words.
func (d *deployment) router(host func(in *instance, i int) string) []string {
	var words []string
	for k := range d.in {
		in := &d.in[k]
		var urls, boots, hosts, ports, quoted []string
		for i := range in.count {
			h := host(in, i)
			urls = append(urls, fmt.Sprintf("--%s http://%s:%d", in.role, h, Port))
			boots = append(boots, fmt.Sprintf("%s %d", urls[i], bootstrapPort))
			hosts, ports = append(hosts, h), append(ports, strconv.Itoa(Port))
			quoted = append(quoted, fmt.Sprintf("%q", fmt.Sprintf("%s:%d", h, Port)))
		}
		role := strings.ToUpper(in.role)
		words = append(words, role+"_URLS", strings.Join(urls, " "), role+"_BOOTSTRAPS",
			strings.Join(boots, " "), role+"_HOSTS", strings.Join(hosts, " "),
			role+"_PORTS", strings.Join(ports, " "), role+"_COUNT", strconv.Itoa(in.count),
			role+"_QUOTED", strings.Join(quoted, ", "))
	}
	fill := strings.NewReplacer(words...)
	var command []string
	for _, w := range d.in[0].acc.Router[d.in[0].engine.Name] {
		if filled := fill.Replace(w); filled != w && !strings.Contains(w, " ") {
			command = append(command, strings.Fields(filled)...)
		} else {
			command = append(command, filled)
		}
	}
	return command
}

// fetched says that the router is not in the image of the servers; nothing where it is.
func (d *deployment) fetched() []message.Message {
	for _, w := range d.router(d.host) {
		if strings.Contains(w, "pip install") {
			return []message.Message{message.New("manifest.router")}
		}
	}
	return nil
}
